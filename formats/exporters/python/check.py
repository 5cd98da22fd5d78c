# ---------------------------------------------------------------------------------------------------------------------
# The check: the model file evaluated by its own rules, on every row of X


def _predict(file, book):
    """Linear predictors of every row by the model file's rules, NaN where the row would be refused."""
    columns = {}
    refused = np.zeros(book.rows, dtype=bool)

    def settle(name, values, column):
        missing = column.get("missing", "refuse")
        gone = _gone(values)
        if isinstance(missing, dict):
            fill = missing["impute"] if column["type"] == "category" else float(missing["impute"])
            values = np.where(gone, fill, values)
        elif missing == "refuse":
            refused[gone] = True
        if column["type"] == "category" and column.get("unknown", "refuse") == "refuse":
            known = set(column["levels"])
            refused[[v is not None and v not in known for v in values]] = True
        columns[name] = values

    for feature in file["features"]:
        settle(feature["name"], book.at(("raw", feature["name"])), feature)
    for column in file.get("derived", ()):
        settle(column["name"], _evaluate(column["expression"], columns.__getitem__, book.rows), column)
    out = []
    for head in file["heads"]:
        total = np.full(book.rows, float(head["intercept"]))
        for term in head["terms"]:
            values = columns[term["feature"]]
            if "level" in term:
                values = np.array([v == term["level"] for v in values], dtype=float)
            total = total + term["weight"] * values
        total[refused] = np.nan
        out.append(total)
    return np.array(out).T


def _check(file, book, result, slack=0.0):
    """Refuses a model file that does not say what the library says, on a row of X. `slack` is for rounded stand-ins of missing cells."""
    predicted = _predict(file, book)
    _compare(file, book, predicted, result.predictors, slack)
    with np.errstate(all="ignore"):
        _compare(file, book, _respond(file["link"], result.predictors), result.responses)


def _compare(file, book, predicted, expected, slack=0.0):
    if predicted.shape != expected.shape:
        raise Refused("The library predicts %s values, the model file %s." % (expected.shape, predicted.shape))
    size = np.max(np.abs(expected[np.isfinite(expected)]), initial=1.0)
    off = ~(np.abs(predicted - expected) <= 1e-8 * size + slack) & np.isfinite(expected)
    if off.any():
        row, head = (int(i) for i in np.argwhere(off)[0])
        terms = file["heads"][min(head, len(file["heads"]) - 1)]["terms"]
        heaviest = max(terms, key=lambda term: abs(term["weight"]), default={"weight": 0})
        if abs(heaviest["weight"]) > 1e10 * size:
            raise Refused(
                'The weight of "%s" is %.1e, so large that predictions lose their digits: columns repeat each other. '
                "Leave one out, or fit with a penalty (Ridge)." % (heaviest["feature"], heaviest["weight"])
            )
        if np.max(np.abs(predicted - expected)[np.isfinite(predicted - expected)], initial=0.0) < 0.1 * size:
            raise Refused(
                "The model file says almost what the model's own library says, but not to eight digits: weights cancel "
                "one another, as they do where columns repeat each other. Leave one out, or fit with a penalty (Ridge)."
            )
        raise Refused(
            "The model file would not say what the model's own library says: row %d of X, number %d (%d of %d rows). "
            "Was X the frame that the model was fitted on, with the same columns in the same order?"
            % (row, head + 1, int(off.any(axis=1).sum()), book.rows)
        )


def _respond(link, eta):
    """Responses by the link, as the model file means it."""
    if link in ("identity", "argmax"):
        return eta
    if link == "softmax":
        parts = np.exp(eta - eta.max(axis=1, keepdims=True))
        return parts / parts.sum(axis=1, keepdims=True)
    if link == "normalised":
        parts = _inverse("logit", eta)
        return parts / parts.sum(axis=1, keepdims=True)
    if isinstance(link, str):
        return _inverse(link, eta)
    if "power" in link:
        return eta ** (1 / link["power"])
    if "survival" in link:
        hazard = np.array([h for _, h in link["survival"]["baseline"]])
        return np.hstack([np.exp(eta), np.exp(-np.exp(eta) * hazard)])
    below = _inverse(link["cumulative"], np.array(link["thresholds"]) - eta)
    edge = np.zeros((len(eta), 1))
    return np.diff(np.hstack([edge, below, edge + 1]), axis=1)


def _inverse(link, eta):
    if link == "logit":
        return 1 / (1 + np.exp(-eta))
    if link == "probit":
        return np.vectorize(lambda x: math.erfc(-x / math.sqrt(2)) / 2)(eta)
    if link == "cloglog":
        return -np.expm1(-np.exp(eta))
    if link == "loglog":
        return np.exp(-np.exp(-eta))
    if link == "cauchit":
        return 0.5 + np.arctan(eta) / math.pi
    if link == "log":
        return np.exp(eta)
    if link == "log1p":
        return np.expm1(eta)
    return eta ** {"inverse": -1.0, "inverse-square": -0.5}[link]


def _real_records(file, book, result, wanted):
    """Rows spread over X, with the library's predictions."""
    fit = [i for i in range(book.rows) if np.all(np.isfinite(result.predictors[i]))]
    chosen = [fit[i] for i in sorted({round(k * (len(fit) - 1) / max(wanted - 1, 1)) for k in range(wanted)})] if fit else []
    return _recorded(file, book, result, chosen)


def _records(file, book, result, good, wanted):
    """The first of the made-up records that are good, with the library's predictions."""
    return _recorded(file, book, result, good[:wanted])


def _recorded(file, book, result, chosen):
    # By the link: libraries stop short of 0 and 1.
    with np.errstate(all="ignore"):
        responses = _respond(file["link"], result.predictors)
    out = []
    for i in (int(row) for row in chosen):
        record = {}
        for feature in file["features"]:
            value = book.at(("raw", feature["name"]))[i]
            if value is None or value != value:
                record[feature["name"]] = ""
            else:
                record[feature["name"]] = value if isinstance(value, str) else _json_number(value)
        entry = {"record": record, "predictors": [float(v) for v in result.predictors[i]]}
        if np.all(np.isfinite(responses[i])):
            entry["responses"] = [float(v) for v in responses[i]]
        out.append(entry)
    return out

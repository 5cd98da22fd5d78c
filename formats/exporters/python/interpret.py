# ---------------------------------------------------------------------------------------------------------------------
# interpret: explainable boosting machines. Read from the attributes that interpret documents (0.5 and later).


def _explainable_boosting(model, X, book):
    names = [str(name) for name in model.feature_names_in_]
    cache = {}

    def indicators(feature, dimensions):
        """Per row of a term's table the indicator of it: missing, the bins or levels, unknown."""
        levels = model.bins_[feature]
        bins = levels[min(len(levels), dimensions) - 1]
        key = (feature, min(len(levels), dimensions))
        if key not in cache:
            raw = _Raw(names[feature])
            suffix = "bin" if dimensions == 1 else "bin of %d" % dimensions
            if isinstance(bins, dict):
                cache[key] = _nominal(book, raw, bins, suffix)
            else:
                own = book.bins(book.column(raw), list(bins), "%s (%s)" % (raw.name, suffix), missing=MISSING_LEVEL)
                cache[key] = [own[-1]] + own[:-1] + [None]
        return cache[key]

    intercept = np.ravel(np.asarray(model.intercept_, dtype=float))
    count = len(intercept)
    parts = [[] for _ in range(count)]
    for term, scores in zip(model.term_features_, model.term_scores_):
        scores = np.asarray(scores, dtype=float)
        sides = [indicators(feature, len(term)) for feature in term]
        for place in itertools.product(*[range(len(side)) for side in sides]):
            chosen = [side[i] for side, i in zip(sides, place)]
            values = np.ravel(scores[place])
            if any(c is None for c in chosen):
                # No record gets there: a value that is no number is refused.
                continue
            product = chosen[0]
            for other in chosen[1:]:
                product = _times(product, other)
            for part, value in zip(parts, values):
                part.append((value, product))
    heads = [_sum(part, b) for part, b in zip(parts, intercept)]
    given = _given(X)
    if not hasattr(model, "classes_"):
        predicted = model.predict(given)
        link = getattr(model, "link_", "identity")
        if link not in ("identity", "log"):
            raise Refused("An explainable boosting machine with the link %r is not supported." % link)
        eta = np.log(predicted) if link == "log" else predicted
        return _Result(heads, link, eta, predicted, outcome="Predicted value")
    eta = model.decision_function(given)
    probability = model.predict_proba(given)
    if count == 1:
        return _two_classes(model, heads[0], eta, probability)
    return _classes(model, heads, "softmax", eta, probability)


def _nominal(book, raw, bins, suffix):
    """A nominal feature: levels by the bin that each belongs to; a level that is not among them is unknown."""
    count = max(bins.values(), default=0)
    text = book.kind(raw.name) in ("text", "bool")
    labels = {}
    for level, index in bins.items():
        labels.setdefault(index, []).append(level)
    rows = [[level if text else float(level), "%d: %s" % (index, ", ".join(labels[index])[:150])]
            for level, index in bins.items()]  # fmt: skip
    if text:
        # Every level that X has or the model knows is a level of the column; the others count as unknown.
        source = _Raw(raw.name, MISSING_LEVEL)
        known = list(dict.fromkeys(list(bins) + [v for v in book.at(("raw", raw.name)) if v is not None]))
        key = book.text(source, known + [MISSING_LEVEL], "reference")
        rows.append([MISSING_LEVEL, "missing"])
        expression = {"op": "lookup", "args": [{"column": ("c", key)}], "rows": rows, "otherwise": "unknown"}
    else:
        reference = {"column": ("raw", raw.name)}
        looked = {"op": "lookup", "args": [reference], "rows": rows, "otherwise": "unknown"}
        expression = _op("if", _op("missing", reference), {"constant": "missing"}, looked)
    by_index = {index: row[1] for row, index in zip(rows, bins.values())}
    levels = ["missing"] + [by_index[i] for i in range(1, count + 1)] + ["unknown"]
    key = book.category(expression, "%s (%s)" % (raw.name, suffix), levels)
    return [{(("l", key, level),): 1.0} for level in levels]

# ---------------------------------------------------------------------------------------------------------------------
# Records that are made up, for everybody to verify the served model with

# Made for each record that is wanted: some fall where the model has no value, or the library takes them otherwise.
_TRIED = 6


def _made_up(file, book, wanted):
    """A frame of X's own shape whose every column that is published is made up inside its range and its levels."""
    drawn = np.random.default_rng(20260101)
    count = max(wanted, 1) * _TRIED
    X = book.given
    columns = {}
    for feature in file["features"]:
        columns[feature["name"]] = _made_column(feature, file, book, count, drawn)
    if isinstance(X, _Named):
        values = np.repeat(X.values[:1], count, axis=0)
        for i, name in enumerate(X.names):
            if str(name) in columns:
                picked, numbers = columns[str(name)]
                values[:, i] = X.values[picked, i] if numbers is None else numbers
        return _Named(values, X.names)
    made = X.iloc[[0] * count].reset_index(drop=True).copy()
    for name in X.columns:
        if str(name) in columns:
            picked, numbers = columns[str(name)]
            made[name] = X[name].iloc[picked].reset_index(drop=True) if numbers is None else _as_kind(numbers, X[name])
    return made


def _as_kind(numbers, column):
    try:
        return numbers.astype(column.dtype)
    except (TypeError, ValueError):
        return numbers


def _made_column(feature, file, book, count, drawn):
    """Rows of X to take the values of, where those are published as levels; or numbers that are made up."""
    values = book.values[feature["name"]][0]
    if feature["type"] == "category":
        raw = list(book.at(("raw", feature["name"])))
        first = [raw.index(level) for level in feature["levels"] if level in raw]
        if feature.get("missing", "refuse") != "refuse" and None in raw:
            first.append(raw.index(None))
        return [first[i] for i in drawn.integers(len(first), size=count)], None
    told = _looked_up(feature["name"], file)
    low, high = (float(end) for end in feature["range"])
    if told:
        numbers = np.asarray(told)[drawn.integers(len(told), size=count)]
    else:
        # The middle of the range: at its ends a model is as far from what it was fitted on as it can be.
        numbers = low + (high - low) * drawn.uniform(0.25, 0.75, size=count)
        places = 0 if feature["type"] == "integer" else max(0, 2 - math.floor(math.log10(high - low or 1.0)))
        step = feature.get("step")
        numbers = np.clip(np.round(numbers, places if step is None else min(places, _places(step))), low, high)
    if feature.get("missing", "refuse") != "refuse" and np.isnan(values).any():
        numbers = np.where(drawn.uniform(size=count) < 0.25, np.nan, numbers)
    return None, numbers


def _looked_up(name, file):
    """The values of a column of numbers that the model file itself names, where it tells them apart one by one."""
    told = []
    for column in file.get("derived", ()):
        for part in _parts(column["expression"]):
            if part.get("op") == "lookup" and part["args"][0] == {"column": name}:
                told += [row[0] for row in part["rows"]]
    return sorted(set(told))


def _told(made, settings, read):
    """What the library says of made-up records, without those that it refuses, as for a level that it does not know there."""
    try:
        book = _Book(made, *settings)
        return book, read(made, book)
    except (ValueError, KeyError, IndexError, ArithmeticError):
        pass
    taken = []
    for row in range(len(made)):
        try:
            alone = _rows_of(made, [row])
            read(alone, _Book(alone, *settings))
            taken.append(row)
        except (ValueError, KeyError, IndexError, ArithmeticError):
            continue
    if not taken:
        raise Refused("The model's own library predicts nothing for records that are made up. Pass real_records=True or records=0.")
    some = _rows_of(made, taken)
    book = _Book(some, *settings)
    return book, read(some, book)


def _rows_of(X, rows):
    return _Named(X.values[rows], X.names) if isinstance(X, _Named) else X.iloc[rows].reset_index(drop=True)


def _verified(file, made, result, settings, read, slack):
    """The book of made-up records, what the library says of them, and which of them the model file agrees with."""
    book, said = _told(made, settings, read)
    predicted = _predict(file, book)
    size = np.max(np.abs(result.predictors[np.isfinite(result.predictors)]), initial=1.0)
    near = np.abs(predicted - said.predictors) <= 1e-8 * np.maximum(size, np.abs(said.predictors)) + slack
    with np.errstate(all="ignore"):
        responses = _respond(file["link"], said.predictors)
    usual = np.max(np.abs(result.responses[np.isfinite(result.responses)]), initial=1.0)
    # Far from what the model was fitted on an exponential has values that nobody would take for right.
    good = np.all(near, axis=1) & np.all(np.isfinite(responses) & (np.abs(responses) <= 100 * usual), axis=1)
    return book, said, np.flatnonzero(good)

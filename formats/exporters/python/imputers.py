# ---------------------------------------------------------------------------------------------------------------------
# scikit-learn: what is missing


def _imputer(step, columns, book):
    if not _is_missing(step.missing_values):
        raise Refused("SimpleImputer with missing_values=%r: only empty cells (NaN, None) can be imputed."
                      % (step.missing_values,))  # fmt: skip
    out = []
    for column, value in zip(columns, step.statistics_):
        if _is_missing(value):
            if step.strategy != "constant" and not getattr(step, "keep_empty_features", False):
                continue
            value = 0.0
        if isinstance(column, _Raw) and step.missing_values is not None and _holds_none(book, column.name):
            raise Refused(
                'Column "%s" holds None, which SimpleImputer only takes for missing when its missing_values is None. Fit '
                "on NaN, which is what an empty cell of a CSV becomes." % column.name
            )
        if isinstance(column, dict):
            out.append(_before(book, column, float(value)))
        elif column.fill is not None:
            out.append(column)
        else:
            text = book.kind(column.name) in ("text", "bool")
            out.append(_Raw(column.name, _level(value) if text else book.stand_in(column.name, float(value))))
    if step.indicator_ is not None:
        out += _missing_indicator(step.indicator_, columns, book)
    return out


def _holds_none(book, name):
    if isinstance(book.given, _Named):
        values = book.given.values[:, book.names.index(name)]
    else:
        values = book.given[next(c for c in book.given.columns if str(c) == name)]
    return any(value is None for value in values)


def _before(book, column, value):
    """An affine function of one number of X, imputed: the same function of the number that it comes from, imputed."""
    atoms = [m for m in column if m]
    if len(atoms) != 1 or len(atoms[0]) != 1 or atoms[0][0][0] != "n" or not column[atoms[0]]:
        raise Refused("A SimpleImputer after other transformers than a scaler is not supported: put it first.")
    atom = atoms[0][0]
    slope, shift = column[atoms[0]], column.get((), 0.0)
    if atom[2] is not None:
        return column
    return {(("n", atom[1], book.stand_in(atom[1], (value - shift) / slope + book.centre(atom[1]))),): slope, (): shift}


def _missing_indicator(step, columns, book):
    out = []
    for i in step.features_:
        column = columns[i]
        if isinstance(column, _Raw):
            sources = [(column.name, column.fill)]
        else:
            sources = sorted({(atom[1], atom[2]) for m in column for atom in m if atom[0] == "n"}, key=repr)
        if len(sources) != 1 or sources[0][1] is not None:
            raise Refused("A MissingIndicator after other transformers than a scaler is not supported: put it first.")
        name = sources[0][0]
        out.append(book.test(_op("missing", {"column": ("raw", name)}), "%s is missing" % name))
    return out

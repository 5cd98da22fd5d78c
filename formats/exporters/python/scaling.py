# ---------------------------------------------------------------------------------------------------------------------
# scikit-learn: transformers that scale, or compare with a threshold


def _affine(book, columns, scale, shift):
    """Per column scale · column + shift. A column that is still untouched keeps its missing cells for an imputer."""
    return [_scaled(book.column(c), a, b) for c, a, b in zip(columns, scale, shift)]


def _or(values, default, count):
    return np.full(count, float(default)) if values is None else np.asarray(values, dtype=float)


def _standard(step, columns, book):
    scale = 1 / _or(step.scale_, 1, len(columns))
    mean = _or(step.mean_ if step.with_mean else None, 0, len(columns))
    return _affine(book, columns, scale, -mean * scale)


def _robust(step, columns, book):
    scale = 1 / _or(step.scale_ if step.with_scaling else None, 1, len(columns))
    center = _or(step.center_ if step.with_centering else None, 0, len(columns))
    return _affine(book, columns, scale, -center * scale)


def _minmax(step, columns, book):
    out = _affine(book, columns, step.scale_, step.min_)
    if getattr(step, "clip", False):
        low, high = (float(end) for end in step.feature_range)
        name = "%s, clipped"
        return [
            book.apply(lambda x: _op("max", _op("min", x, high), low), [z], name % book.said(c))
            for z, c in zip(out, columns)
        ]
    return out


def _maxabs(step, columns, book):
    return _affine(book, columns, 1 / step.scale_, np.zeros(len(columns)))


def _normalizer(step, columns, book):
    columns = [book.column(c) for c in columns]

    def share(*xs):
        # The last argument is the column itself; the others make the norm, which counts as 1 where it is 0.
        *row, x = xs
        if step.norm == "l2":
            norm = _op("sqrt", _op("add", *[_op("square", r) for r in row]))
        else:
            norm = _op("add" if step.norm == "l1" else "max", *[_op("abs", r) for r in row])
        return _op("if", _op("equal", norm, 0), 0, _op("divide", x, norm))

    return [
        book.apply(share, columns + [column], "%s, normalised" % book.said(column), bounded=False) for column in columns
    ]


def _binarizer(step, columns, book):
    threshold = float(step.threshold)
    return [_above(book, column, threshold) for column in columns]


def _above(book, column, threshold):
    name = "%s above %s" % (book.said(column), _short(threshold))
    return book.apply(lambda x: _op("greater", x, threshold), [book.column(column)], name, test=True)

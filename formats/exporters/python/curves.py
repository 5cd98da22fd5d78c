# ---------------------------------------------------------------------------------------------------------------------
# scikit-learn: bins, powers, splines and functions of columns

_FUNCTIONS = {
    np.log: ("ln", False),
    np.log1p: ("ln1p", False),
    np.log10: ("log10", False),
    np.log2: ("log2", False),
    np.sqrt: ("sqrt", False),
    np.exp: ("exp", True),
    np.expm1: ("expm1", True),
    np.abs: ("abs", True),
    np.sign: ("sign", True),
    np.floor: ("floor", True),
    np.ceil: ("ceil", True),
    np.sin: ("sin", True),
    np.cos: ("cos", True),
    np.tan: ("tan", False),
    np.arctan: ("atan", True),
    np.tanh: ("tanh", True),
}


def _k_bins(step, columns, book):
    out = []
    for column, edges, count in zip(columns, step.bin_edges_, step.n_bins_):
        name = "%s (bin)" % book.said(column)
        indicators = book.bins(book.column(column), list(edges[1:-1]), name)[: int(count)]
        if step.encode == "ordinal":
            out.append(_sum([(float(i), c) for i, c in enumerate(indicators)]))
        else:
            out += indicators
    return out


def _polynomial(step, columns, book):
    columns = [book.column(c) for c in columns]
    if len(step.powers_) > MOST_COLUMNS:
        raise Refused("PolynomialFeatures makes %d columns, more than %d." % (len(step.powers_), MOST_COLUMNS))
    out = []
    for powers in step.powers_:
        product = _constant(1)
        for column, power in zip(columns, powers):
            for _ in range(int(power)):
                product = _times(product, column)
        out.append(product)
    return out


def _spline(step, columns, book):
    if step.extrapolation == "periodic":
        raise Refused("SplineTransformer with extrapolation='periodic' is not supported: use 'constant' or 'linear'.")
    out = []
    for column, spline in zip(columns, step.bsplines_):
        name = book.said(column)
        column = book.column(column)
        degree = spline.k
        low, high = float(spline.t[degree]), float(spline.t[-degree - 1])
        starts = [float(t) for t in np.unique(spline.t) if low <= t < high]
        # The Taylor coefficients at each knot, the highest power first.
        bases = np.array([[spline(t, j) / math.factorial(j) for j in range(degree, -1, -1)] for t in starts])
        for b in range(bases.shape[2] - (0 if step.include_bias else 1)):
            parts = [(t, [float(c) for c in own[:, b]]) for t, own in zip(starts, bases)]
            linear = step.extrapolation == "linear"
            ends = [(end, float(spline(end)[b]), float(spline(end, 1)[b])) for end in (low, high)] if linear else None
            clamp = (low, high) if step.extrapolation == "constant" else None
            within = (low, high) if step.extrapolation == "error" else None
            out.append(
                book.apply(
                    lambda x, p=parts, e=ends, c=clamp, w=within: _basis(x, p, e, c, w),
                    [column],
                    "%s (spline %d)" % (name, b + 1),
                    bounded=False,
                )
            )
    return out


def _basis(x, parts, ends=None, clamp=None, within=None):
    """
    A piecewise polynomial: per interval its start and its coefficients, the highest power first. Beyond the knots it goes
    on, goes on as a line (ends), stays (clamp), or has no value (within).
    """
    if clamp is not None:
        x = _op("max", _op("min", x, clamp[1]), clamp[0])

    def piece(start, coefficients):
        while len(coefficients) > 1 and coefficients[0] == 0:
            coefficients = coefficients[1:]
        away = _op("subtract", x, start)
        value = coefficients[0]
        for c in coefficients[1:]:
            value = _op("multiply", value, away)
            value = _op("add", value, c) if c else value
        return value

    value = piece(*parts[-1])
    if ends is not None:
        value = _op("if", _op("greater", x, ends[1][0]), piece(ends[1][0], [ends[1][2], ends[1][1]]), value)
    for (start, coefficients), after in reversed(list(zip(parts[:-1], parts[1:]))):
        value = _op("if", _op("less", x, after[0]), piece(start, coefficients), value)
    if ends is not None:
        value = _op("if", _op("less", x, ends[0][0]), piece(ends[0][0], [ends[0][2], ends[0][1]]), value)
    if within is not None:
        # What is divided by 0 has no value.
        held = _op("and", _op("greaterOrEqual", x, within[0]), _op("lessOrEqual", x, within[1]))
        value = _op("divide", value, held)
    return value


def _power(step, columns, book):
    out = []
    for column, power in zip(columns, step.lambdas_):
        power = float(power)
        name = "%s, %s" % (book.said(column), "Box–Cox" if step.method == "box-cox" else "Yeo–Johnson")

        def raised(x, p):
            return _op("ln", x) if p == 0 else _op("divide", _op("subtract", _op("power", x, p), 1), p)

        def bent(x, p=power):
            if step.method == "box-cox":
                return raised(x, p)
            above = raised(_op("add", x, 1), p)
            return _op("if", _op("less", x, 0), _op("negate", raised(_op("subtract", 1, x), 2 - p)), above)

        out.append(book.apply(bent, [book.column(column)], name, bounded=False))
    # PowerTransformer keeps its scaler to itself.
    return _standard(step._scaler, out, book) if step.standardize else out


def _function(step, columns, book):
    function = step.func
    if function is None:
        return columns
    if step.kw_args:
        raise Refused("FunctionTransformer with kw_args is not supported.")
    columns_said = [(book.column(c), book.said(c)) for c in columns]
    if function is np.square:
        return [_times(c, c) for c, _ in columns_said]
    if function is np.negative:
        return [_scaled(c, -1) for c, _ in columns_said]
    if function is np.reciprocal:
        return [book.apply(lambda x: _op("divide", 1, x), [c], "1/%s" % said, bounded=False) for c, said in columns_said]
    for known, (op, bounded) in _FUNCTIONS.items():
        if function is known:
            return [
                book.apply(lambda x: _op(op, x), [c], "%s(%s)" % (op, said), bounded=bounded) for c, said in columns_said
            ]
    raise Refused(
        'FunctionTransformer of "%s" is not supported: only numpy\'s own functions are known here (%s).'
        % (getattr(function, "__name__", function), ", ".join(sorted(f.__name__ for f in _FUNCTIONS)))
    )

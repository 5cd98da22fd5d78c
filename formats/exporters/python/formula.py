# ---------------------------------------------------------------------------------------------------------------------
# statsmodels: formulas


def _formula(design, names, X, book):
    """The columns of a patsy design, as polynomials and as numbers."""
    from patsy import dmatrix

    made, labels = [], []
    for term in design.terms:
        for part in design.term_codings[term]:
            sides = []
            for factor in part.factors:
                info = design.factor_infos[factor]
                try:
                    sides.append(_factor(factor, info, part.contrast_matrices.get(factor), book))
                except Refused as refusal:
                    raise Refused('The term "%s" of the formula: %s' % (term.name(), refusal)) from None
            # The leftmost factor of a term runs fastest.
            for chosen in itertools.product(*reversed(sides)):
                product = _constant(1)
                for column in reversed(chosen):
                    product = _times(product, column)
                made.append(product)
    labels = list(design.column_names)
    if len(made) != len(labels):
        raise Refused("The formula makes %d columns, and %d were read." % (len(labels), len(made)))
    values = np.asarray(dmatrix(design, X, NA_action="raise"), dtype=float)
    order = [labels.index(name) for name in names]
    return [made[i] for i in order], values[:, order]


def _factor(factor, info, contrast, book):
    """The columns of one factor: one for a number, one per contrast for a category."""
    tree = ast.parse(factor.code, mode="eval").body
    if info.type == "numerical":
        if isinstance(tree, ast.Call) and getattr(tree.func, "id", "") in ("bs", "cr"):
            return _formula_spline(factor, info, tree, book)
        if info.num_columns != 1:
            raise Refused('"%s" makes several columns. Write its columns into X and use them as plain ones.' % factor.code)
        return [_code(tree, book)]
    inner = tree
    if isinstance(tree, ast.Call) and getattr(tree.func, "id", "") == "C":
        inner = tree.args[0]
    if isinstance(inner, ast.Compare):
        true = _code(inner, book)
        indicators = [true if level else _sum([(-1, true)], 1) for level in info.categories]
    else:
        raw = _column_name(inner, book)
        if raw is None:
            raise Refused('"%s" is a category of something else than a column.' % factor.code)
        indicators = book.levels(raw, list(info.categories), "refuse")
    return [_sum(zip(column, indicators)) for column in np.asarray(contrast.matrix, dtype=float).T]


def _formula_spline(factor, info, tree, book):
    """patsy's bs() and cr() of a column: polynomials between knots, found from as many values as they have coefficients."""
    raw = _column_name(tree.args[0], book)
    if raw is None:
        raise Refused('"%s" is a spline of something else than a column. Write that into a column of X first.' % factor.code)
    (spline,) = info.state["transforms"].values()
    knots = [float(knot) for knot in np.unique(spline._all_knots)]
    degree = getattr(spline, "_degree", 3)

    def values(xs):
        out = np.asarray(factor.eval(info.state, {raw.name: np.asarray(xs, dtype=float)}), dtype=float)
        return out.reshape(len(xs), -1)

    at = np.arange(degree + 1) / max(degree, 1)
    pieces = []
    for low, high in zip(knots, knots[1:]):
        seen = values(low + at * (high - low))
        powers = np.linalg.solve(np.vander(at), seen) / (high - low) ** np.arange(degree, -1, -1.0)[:, None]
        pieces.append((low, powers))
    natural = tree.func.id == "cr"
    width = knots[-1] - knots[0]
    beyond = values([knots[0] - width, knots[0], knots[-1], knots[-1] + width]) if natural else None
    column = book.column(raw)
    out = []
    for k in range(info.num_columns):
        parts = [(start, [float(c) for c in powers[:, k]]) for start, powers in pieces]
        ends, within = None, (knots[0], knots[-1])
        if natural:
            a, b, c, d = (float(v) for v in beyond[:, k])
            ends, within = [(knots[0], b, (b - a) / width), (knots[-1], c, (d - c) / width)], None
        out.append(
            book.apply(
                lambda x, p=parts, e=ends, w=within: _basis(x, p, e, None, w),
                [column],
                "%s (spline %d)" % (factor.code, k + 1),
                bounded=False,
            )
        )
    return out


def _column_name(node, book):
    name = None
    if isinstance(node, ast.Name):
        name = node.id
    elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Q" and isinstance(node.args[0], ast.Constant):
        name = str(node.args[0].value)
    if name is None:
        return None
    if name not in book.values:
        raise Refused('X has no column "%s".' % name)
    return _Raw(name)


_CALLS = {getattr(function, "__name__"): (op, bounded) for function, (op, bounded) in _FUNCTIONS.items()}
_CALLS["abs"] = _CALLS["absolute"]
_TESTS = {
    ast.Lt: "less",
    ast.LtE: "lessOrEqual",
    ast.Gt: "greater",
    ast.GtE: "greaterOrEqual",
    ast.Eq: "equal",
}


def _code(node, book):
    """A formula's own arithmetic. Only what is listed here is read; nothing is executed."""
    said = ast.unparse(node)
    raw = _column_name(node, book)
    if raw is not None:
        return book.column(raw)
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return _constant(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        return _scaled(_code(node.operand, book), -1 if isinstance(node.op, ast.USub) else 1)
    if isinstance(node, ast.BinOp):
        left, right = _code(node.left, book), _code(node.right, book)
        fixed = set(right) <= {()}
        if isinstance(node.op, (ast.Add, ast.Sub)):
            return _sum([(1, left), (1 if isinstance(node.op, ast.Add) else -1, right)])
        if isinstance(node.op, ast.Mult):
            return _times(left, right)
        if isinstance(node.op, ast.Div):
            if fixed and right.get((), 0.0):
                return {monomial: coefficient / right[()] for monomial, coefficient in left.items()}
            return book.apply(lambda a, b: _op("divide", a, b), [left, right], said, bounded=False)
        if isinstance(node.op, ast.Pow) and fixed:
            power = right.get((), 0.0)
            if power in (1, 2, 3, 4, 5, 6):
                out = left
                for _ in range(int(power) - 1):
                    out = _times(out, left)
                return out
            return book.apply(lambda x: _op("power", x, power), [left], said, bounded=False)
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _TESTS:
        op = _TESTS[type(node.ops[0])]
        sides = [_code(node.left, book), _code(node.comparators[0], book)]
        return book.apply(lambda a, b: _op(op, a, b), sides, said, test=True)
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("np.power", "numpy.power") and len(node.args) == 2:
        return _code(ast.BinOp(node.args[0], ast.Pow(), node.args[1]), book)
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
        function = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        from_numpy = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") in ("np", "numpy")
        if function == "I" and not from_numpy:
            return _code(node.args[0], book)
        if from_numpy or function == "abs":
            inner = _code(node.args[0], book)
            if function == "square":
                return _times(inner, inner)
            if function in _CALLS:
                op, bounded = _CALLS[function]
                return book.apply(lambda x: _op(op, x), [inner], said, bounded=bounded)
    raise Refused('"%s" is not supported. Write it into a column of X, and use that.' % said)

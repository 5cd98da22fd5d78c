# ---------------------------------------------------------------------------------------------------------------------
# Expressions: made, walked and evaluated on rows


def _op(op, *args):
    return {"op": op, "args": list(args)}


def _parts(expression):
    if isinstance(expression, dict):
        yield expression
        for argument in expression.get("args", ()):
            yield from _parts(argument)


def _references(expression, way="other"):
    """Every column that an expression names, with "bin" where it stands directly under a bin."""
    if not isinstance(expression, dict):
        return
    if "column" in expression:
        yield expression["column"], way
    for argument in expression.get("args", ()):
        yield from _references(argument, "bin" if expression.get("op") == "bin" else "other")


def _resolved(expression, where):
    """An expression with names in the place of references."""
    if not isinstance(expression, dict):
        return _json_number(expression)
    if "column" in expression:
        return {"column": where[expression["column"]]}
    out = dict(expression)
    if "args" in out:
        out["args"] = [_resolved(argument, where) for argument in out["args"]]
    for member in ("edges", "points"):
        if member in out:
            out[member] = [_json_number(v) if member == "edges" else [_json_number(w) for w in v] for v in out[member]]
    if "rows" in out:
        out["rows"] = [[_json_number(v) if isinstance(v, float) else v for v in row] for row in out["rows"]]
    return out


def _kept(expression):
    """An expression whose missing values are not refused but reach what uses it."""
    if isinstance(expression, dict) and "column" in expression and expression["column"][0] == "n":
        return {"column": ("raw", expression["column"][1])}
    if isinstance(expression, dict) and "args" in expression:
        return {**expression, "args": [_kept(argument) for argument in expression["args"]]}
    return expression


_UNARY = {
    "negate": np.negative,
    "abs": np.abs,
    "exp": np.exp,
    "expm1": np.expm1,
    "ln": np.log,
    "ln1p": np.log1p,
    "log10": np.log10,
    "log2": np.log2,
    "sqrt": np.sqrt,
    "square": np.square,
    "floor": np.floor,
    "ceil": np.ceil,
    "sign": np.sign,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "atan": np.arctan,
    "tanh": np.tanh,
}
_BINARY = {
    "subtract": np.subtract,
    "divide": np.divide,
    "power": np.power,
    "modulo": np.mod,
    "less": np.less,
    "lessOrEqual": np.less_equal,
    "greater": np.greater,
    "greaterOrEqual": np.greater_equal,
}
_VARIADIC = {"add": np.add, "multiply": np.multiply, "min": np.minimum, "max": np.maximum}


def _evaluate(expression, at, rows):
    """An expression on columns: numbers with NaN for missing, or objects with None for missing."""
    if not isinstance(expression, dict):
        return np.full(rows, float(expression))
    if "column" in expression:
        return at(expression["column"])
    if "constant" in expression:
        out = np.empty(rows, dtype=object)
        out[:] = expression["constant"]
        return out
    op = expression["op"]
    args = [_evaluate(argument, at, rows) for argument in expression["args"]]
    gone = np.any([_gone(a) for a in args], axis=0)
    with np.errstate(all="ignore"):
        if op in _UNARY:
            return _finite(_UNARY[op](args[0]), gone)
        if op in _BINARY:
            return _finite(_BINARY[op](args[0], args[1]).astype(float), gone)
        if op in _VARIADIC:
            out = args[0]
            for argument in args[1:]:
                out = _VARIADIC[op](out, argument)
            return _finite(out, gone)
    if op == "missing":
        return _gone(args[0]).astype(float)
    if op == "equal":
        return _finite(np.array([float(a == b) for a, b in zip(*args)]), gone)
    if op == "and":
        return _finite(np.all([a == 1 for a in args], axis=0).astype(float), gone)
    if op == "if":
        test = np.nan_to_num(args[0]) == 1
        return np.where(test, args[1], args[2])
    if op == "coalesce":
        out = args[0]
        for argument in args[1:]:
            out = np.where(_gone(out), argument, out)
        return out
    if op == "concat":
        return _texts(["".join(parts) if not m else None for *parts, m in zip(*args, gone)])
    if op == "bin":
        places = np.searchsorted(expression["edges"], args[0], side="right")
        return _texts([None if m else expression["labels"][i] for i, m in zip(places, gone)])
    if op == "lookup":
        table = {tuple(row[:-1]): row[-1] for row in reversed(expression["rows"])}
        otherwise = expression.get("otherwise")
        return _texts([None if m else table.get(tuple(key), otherwise) for *key, m in zip(*args, gone)])
    raise AssertionError(op)


def _texts(values):
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def _gone(values):
    if values.dtype == object:
        return np.array([v is None for v in values], dtype=bool)
    return ~np.isfinite(values)


def _finite(values, gone):
    values = np.array(values, dtype=float)
    values[gone | ~np.isfinite(values)] = np.nan
    return values

# Joined from formats/exporters/python by tools/exporters.mjs: what is to change, changes there.
"""Writes a fitted Python model as a Blindscore model file. Copy this one file; nothing needs to be installed for it.

    from blindscore_export import export
    export(model, X, "risk.model.json", id="risk", title="Risk of default", description="...")

`model` is a fitted object in memory (nothing is ever unpickled): an estimator or Pipeline of scikit-learn, an
explainable boosting machine of interpret, or a results object of statsmodels. `X` is the frame it was fitted on:
ranges, steps and levels are read from it, and every one of its rows is scored twice, by the model's own library and
from the model file, before anything is written. Where the two differ, or a part of the model is no weighted sum of
public columns, `Refused` says which part it is and what to use instead.

How it works: every column that the model sees is kept as a polynomial in the columns that X has, in indicators of
levels and in public functions of them. Affine steps (scaling, centring, principal components, coefficients) fold into
the weights, which stay private; only what is not affine becomes a derived column, which is public.

Needs Python 3.9 and numpy.
"""

import ast
import itertools
import json
import math
import re
import sys
from fractions import Fraction

import numpy as np

__all__ = ["export", "Refused"]
__version__ = "0.2.0"

MISSING_LEVEL = "(missing)"
MOST_COLUMNS = 20000
MOST_LEVELS = 2000


class Refused(ValueError):
    """The model, or the part that the message names, cannot be written as a Blindscore model."""


def export(
    model,
    X,
    path=None,
    *,
    id,
    title,
    description,
    version="1",
    outcome=None,
    data=None,
    quality=None,
    tolerance=None,
    margin=1.0,
    steps=False,
    ranges=None,
    labels=None,
    units=None,
    feature_names=None,
    outputs=None,
    output=None,
    offset=None,
    exposure=None,
    baseline=False,
    records=8,
    real_records=False,
    held_out=None,
    quiet=False,
):
    """Returns the model file as a dict, and writes it to `path` when one is given.

    X             the training frame: a pandas DataFrame, or a 2-d numpy array (then `feature_names` names its columns).
    data          provenance: {"name": ..., "source": ..., "licence": ..., "rows": ...}.
    quality       held-out quality: {"metric": ..., "value": ..., "on": ...}.
    tolerance     on the linear predictor; when absent 1e-6, or finer where the link is steep.
    margin        how far a number's range goes beyond what X has, in widths of that, on either side. A column that
                  is never negative in X stays so.
    steps         a mapping from a name to a power of ten declares the steps of those columns, and True that of every column
                  whose values in X all have the same few decimals. That makes smaller ciphertexts, and a record with more
                  decimals is refused. Otherwise the server picks steps that rounding to cannot hurt.
    ranges        a mapping from a name to (min, max), in place of what X says.
    labels, units mappings from a column's name to what people read.
    outputs       names of the outputs of a regression with several.
    output        KMeans: "distance" (the default) or "label".
    offset        statsmodels: the column of X that was the model's offset; `exposure`: whose logarithm was.
    baseline      statsmodels' PHReg: publish the baseline cumulative hazard, so that survival is scored as well.
    records       how many verification records to write, with the library's own predictions. They are public, and made up inside
                  the ranges and levels.
    real_records  True: they are rows of X instead. Everybody who reaches the server then reads those rows.
    held_out      (X, y) that the model was not fitted on: `quality` is found by them, as an AUC or R².
    quiet         True: what is published and what stays private is not printed to standard error.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,99}", id):
        raise Refused('"id" is at most 100 small letters, digits, points, hyphens and underscores.')
    X = _plain_frame(X, feature_names)
    options = {"outputs": outputs, "output": output, "offset": offset, "exposure": exposure, "baseline": baseline}
    settings = (margin, steps, ranges or {}, labels or {}, units or {})
    if held_out is not None:
        if quality is not None:
            raise Refused("Pass quality= or held_out=, not both.")
        quality = _held_out(held_out, settings, lambda X, book: _read(model, X, book, options), feature_names)
    about = {"outcome": outcome, "data": data, "quality": quality}
    start = {
        "format": "blindscore-model/1",
        "id": id,
        "version": version,
        "title": title,
        "description": description,
    }
    # Means that stand in for missing cells are public: with as few digits as the tolerance allows.
    for digits in (3, 5, 7, None):
        book = _Book(X, *settings, fill_digits=digits)
        slack = 0.0 if digits is None else (_TOLERANCE if tolerance is None else tolerance) / 4
        try:
            file, verified = _written(start, about, model, X, book, options, settings, slack, records, real_records)
            break
        except Refused:
            if digits is None or not book.rounds:
                raise
    if tolerance is not None:
        file["tolerance"] = tolerance
    file["verification"] = _real_records(file, *verified[:2], records) if real_records else _records(file, *verified[2:], records)
    if not quiet:
        for line in _summary(file, book, book.rows, real_records):
            print(line, file=sys.stderr)
    text = json.dumps(file, indent=1, ensure_ascii=False, allow_nan=False)
    if path is not None:
        with open(path, "w", encoding="utf-8") as out:
            out.write(text + "\n")
    return json.loads(text)


# Finer than the server's own for a link that is not steep: what a served model is off by is for rounding its weights.
_TOLERANCE = 4e-7


def _written(start, about, model, X, book, options, settings, slack, records, real):
    """The model file but for its verification records; and X and made-up records, with what the library says of either."""
    result = _read(model, X, book, options)
    file = dict(start)
    if about["outcome"] is None:
        about = {**about, "outcome": result.outcome}
    for name, value in about.items():
        if value is not None:
            file[name] = value
    file.update(_Writing(book).written(result))
    _check(file, book, result, slack)
    if not records or real:
        return file, (book, result, book, result, [])
    made = _made_up(file, book, records)
    made_book, said, good = _verified(file, made, result, settings, lambda X, book: _read(model, X, book, options), slack)
    if book.rounds and slack and len(good) < min(records, _TRIED):
        raise Refused("What stands in for missing cells was rounded too far.")
    return file, (book, result, made_book, said, good)


class _Result:
    """What a reader found: one polynomial per head, and what the library itself predicts for X."""

    def __init__(self, heads, link, predictors, responses, names=None, response_names=None, label=False, outcome=None):
        self.heads = heads
        self.link = link
        self.predictors = _matrix(predictors)
        self.responses = _matrix(responses)
        self.names = names
        self.response_names = response_names
        self.label = label
        self.outcome = outcome


def _matrix(values):
    values = np.asarray(values, dtype=float)
    return values.reshape(len(values), -1)


def _read(model, X, book, options):
    if _module(model).startswith("statsmodels."):
        return _statsmodels(model, X, book, options)
    columns = [_Raw(name) for name in book.names]
    return _estimator(model, columns, X, book, options)


def _module(thing):
    return type(thing).__module__ or ""


def _kind(thing):
    return type(thing).__name__


# ---------------------------------------------------------------------------------------------------------------------
# Frames


def _plain_frame(X, feature_names):
    """X as the library will predict from it: dense, and single precision as the doubles its decimals say."""
    if hasattr(X, "toarray"):
        raise Refused("X is a sparse matrix. Pass a dense array or a DataFrame.")
    if hasattr(X, "columns"):
        if len(set(map(str, X.columns))) < len(X.columns):
            raise Refused("Two columns of X have the same name.")
        X = X.copy()
        for name in X.columns:
            if X[name].dtype == np.float32:
                X[name] = _widened(X[name].to_numpy())
        return X
    X = np.asarray(X)
    if X.ndim != 2:
        raise Refused("X is not a frame: it needs rows and columns.")
    if X.dtype == np.float32:
        X = _widened(X)
    if feature_names is None:
        return _Named(X, ["x%d" % i for i in range(X.shape[1])])
    if len(feature_names) != X.shape[1]:
        raise Refused("feature_names has %d names for %d columns." % (len(feature_names), X.shape[1]))
    return _Named(X, list(feature_names))


class _Named:
    def __init__(self, values, names):
        self.values = values
        self.names = names

    def __array__(self, dtype=None, copy=None):
        return self.values if dtype is None else self.values.astype(dtype)

    def __len__(self):
        return len(self.values)


def _widened(values):
    return np.array([float(str(v)) for v in np.ravel(values)]).reshape(values.shape)


def _given(X):
    """What the library gets."""
    return X.values if isinstance(X, _Named) else X


def _columns_of(X):
    """Per column its name and values: float64 (NaN where missing), bool, or objects (str, None where missing)."""
    if isinstance(X, _Named):
        pairs = [(name, X.values[:, i]) for i, name in enumerate(X.names)]
    else:
        pairs = [(name, X[name].to_numpy() if hasattr(X[name], "to_numpy") else X[name]) for name in X.columns]
    out = {}
    for name, values in pairs:
        out[str(name)] = _typed(str(name), np.asarray(values))
    return out


def _typed(name, values):
    if values.dtype == bool:
        return values, "bool"
    if np.issubdtype(values.dtype, np.integer):
        return values.astype(float), "integer"
    if np.issubdtype(values.dtype, np.floating):
        return values.astype(float), "integer" if _whole_but_for_missing(values) else "number"
    if values.dtype == object or values.dtype.kind in "US":
        gone = np.array([_is_missing(v) for v in values], dtype=bool)
        present = [v for v, m in zip(values, gone) if not m]
        if present and all(isinstance(v, (bool, np.bool_)) for v in present):
            if not gone.any():
                return values.astype(bool), "bool"
        elif present and all(isinstance(v, (int, float, np.number)) for v in present):
            return np.array([np.nan if m else float(v) for v, m in zip(values, gone)]), "number"
        texts = np.empty(len(values), dtype=object)
        for i, v in enumerate(values):
            texts[i] = None if gone[i] else _level(v)
        return texts, "text"
    return None, "%s values" % values.dtype


def _whole_but_for_missing(values):
    """Whole numbers that pandas holds as others because some are missing."""
    present = values[np.isfinite(values)]
    return np.isnan(values).any() and len(present) >= 20 and bool(np.all(present == np.rint(present)))


def _is_missing(value):
    # None, NaN and pandas' NA and NaT: the last three are not equal to themselves, or not truly so.
    if value is None:
        return True
    try:
        return bool(value != value)
    except TypeError:
        return True


def _level(value):
    """A level as a CSV holds it. Cells are read without the white space around them."""
    if isinstance(value, (bool, np.bool_)):
        return "True" if value else "False"
    if isinstance(value, (float, np.floating)):
        return "%d" % value if value == int(value) and abs(value) < 1e15 else repr(float(value))
    return str(value).strip()


# ---------------------------------------------------------------------------------------------------------------------
# Decimals: places, steps and round ends, exactly


def _most_places(values):
    """The decimal places that all values have at most; infinite where they are more than 6, or too few tell."""
    values = values[np.isfinite(values)]
    for places in range(7):
        # A whole number over a power of ten is the double nearest to that decimal, which is how a cell is read.
        if len(values) >= 20 and np.all(np.rint(values * 10.0**places) / 10.0**places == values):
            return places
    return math.inf


def _places(value):
    """The decimal places of a double's shortest text."""
    exponent = _decimal(value)[1]
    return max(0, -exponent)


def _decimal(value):
    """(digits, exponent) of a double's shortest text."""
    mantissa, _, exponent = repr(float(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    return int(whole + fraction), int(exponent or 0) - len(fraction)


def _exact(value):
    digits, exponent = _decimal(value)
    return Fraction(digits) * Fraction(10) ** exponent


def _json_number(value):
    """Whole numbers without a point."""
    value = float(value)
    return int(value) if value == int(value) and abs(value) < 2**53 else value


def _grid(value, step, round):
    """The multiple of a power of ten at or beyond a value, exactly."""
    step = _exact(step)
    return float(round(_exact(value) / step) * step)


def _rounded(value, width, round, digits):
    """A value at `digits` digits of a width."""
    exponent = math.floor(math.log10(width)) - digits + 1
    unit = Fraction(10) ** exponent
    return float(round(_exact(value) / unit) * unit)


def _short(value):
    return "%.6g" % value


# ---------------------------------------------------------------------------------------------------------------------
# Polynomials in atoms. A monomial is a sorted tuple of atoms; a column is {monomial: coefficient}; () is the constant.
# Atoms are tuples, as references in expressions are:
#   ("n", name, fill)       a number of X, less its centre; fill takes the place of a missing cell (None: refused)
#   ("d", key)              a derived number, by its entry in the book
#   ("l", category, level)  1 where the category has the level, else 0


def _constant(value):
    return {(): float(value)}


def _sum(parts, constant=0.0):
    """Σ coefficient · column + constant, each coefficient rounded once."""
    gathered = {(): [float(constant)]}
    for coefficient, column in parts:
        coefficient = float(coefficient)
        for monomial, own in column.items():
            gathered.setdefault(monomial, []).append(coefficient * own)
    return {monomial: math.fsum(values) for monomial, values in gathered.items()}


def _scaled(column, factor, shift=0.0):
    return _sum([(factor, column)], shift)


def _times(a, b):
    """The product of two columns."""
    if len(a) * len(b) > 50 * MOST_COLUMNS:
        raise Refused("A product of two columns has more than a million terms.")
    out = {}
    for m, u in a.items():
        for n, v in b.items():
            both = _monomial(m, n)
            if both is not None:
                out.setdefault(both, []).append(u * v)
    return {monomial: math.fsum(values) for monomial, values in out.items()}


def _monomial(m, n):
    """The product of two monomials; None where two levels of one category exclude each other."""
    numbers = [atom for atom in m + n if atom[0] != "l"]
    held = {}
    for atom in m + n:
        if atom[0] == "l" and held.setdefault(atom[1], atom) != atom:
            return None
    return tuple(sorted(numbers + list(held.values()), key=repr))


def _quadratic(matrix, columns):
    """Σ matrix[i, j] · column i · column j, over the products of what the columns are made of."""
    basis = sorted({monomial for column in columns for monomial in column}, key=repr)
    if len(basis) * (len(basis) + 1) // 2 > MOST_COLUMNS:
        raise Refused("Squares and products of %d columns are more than %d." % (len(basis), MOST_COLUMNS))
    parts = np.array([[column.get(monomial, 0.0) for monomial in basis] for column in columns])
    square = parts.T @ np.asarray(matrix, dtype=float) @ parts
    out = {}
    for i, m in enumerate(basis):
        for j in range(i, len(basis)):
            both = _monomial(m, basis[j])
            if both is not None and (square[i, j] or square[j, i]):
                out.setdefault(both, []).append(square[i, j] + (square[j, i] if i != j else 0.0))
    return {monomial: math.fsum(values) for monomial, values in out.items()}


def _single_category(columns):
    """The category that all columns are functions of, with no other atom in them; else None."""
    held = {atom[1] if atom[0] == "l" else None for column in columns for m in column for atom in m}
    return held.pop() if len(held) == 1 and all(len(m) < 2 for c in columns for m in c) else None


class _Raw:
    """A column of X that nothing has touched but an imputer: `fill` stands in the place of its missing cells."""

    def __init__(self, name, fill=None):
        self.name = name
        self.fill = fill


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


# ---------------------------------------------------------------------------------------------------------------------
# The book: what is known of X, and which derived columns and categories are in use


class _Book:
    def __init__(self, X, margin, steps, ranges, labels, units, fill_digits=None):
        self.fill_digits = fill_digits
        # Whether a number that stands in for missing cells was rounded.
        self.rounds = False
        self.margin = margin
        self.steps = steps
        self.ranges = ranges
        self.labels = labels
        self.units = units
        self.values = _columns_of(X)
        self.given = X
        self.names = list(self.values)
        self.rows = len(next(iter(self.values.values()))[0]) if self.names else 0
        if not self.rows:
            raise Refused("X has no rows or no columns.")
        for named in (steps if isinstance(steps, dict) else {}, ranges, labels, units):
            for name in named:
                if name not in self.values:
                    raise Refused('X has no column "%s".' % name)
        self.derived = {}
        self.categories = {}
        self.cache = {}
        self.centres = {}
        self.measured = {}

    # Columns of X

    def kind(self, name):
        values, kind = self.values[name]
        if values is None:
            raise Refused('Column "%s" holds %s. Only numbers, truth values and texts can be scored.' % (name, kind))
        return kind

    def column(self, raw):
        """A column that the model uses as a number."""
        if isinstance(raw, dict):
            return raw
        kind = self.kind(raw.name)
        if kind == "text":
            raise Refused('Column "%s" holds texts, and the model uses it as a number. Encode it first.' % raw.name)
        if kind == "bool":
            return {(("l", self.text(raw, ["False", "True"], "refuse"), "True"),): 1.0}
        atom = ("n", raw.name, None if raw.fill is None else float(raw.fill))
        return {(atom,): 1.0, (): float(self.centre(raw.name))}

    def centre(self, name):
        """
        What is taken off a number before it is multiplied: the middle of its range where the range is far from zero,
        so that a product keeps its digits. It is public, and says no more than the range does.
        """
        if name not in self.centres:
            low, high = self.range_of(name)
            middle, width = (low + high) / 2, high - low
            self.centres[name] = 0.0 if abs(middle) <= width else _rounded(middle, width, math.floor, 1)
        return self.centres[name]

    def range_of(self, name, *more):
        if name in self.ranges:
            return tuple(float(end) for end in self.ranges[name])
        return self.spread(self.values[name][0], self.step_of(name), more)

    def stand_in(self, name, value):
        """What stands in for a column's missing cells, at so many digits of what the column spans."""
        values = self.values[name][0]
        values = values[np.isfinite(values)]
        if self.fill_digits is None or not len(values) or not math.isfinite(value):
            return value
        width = float(values.max() - values.min()) or abs(value) or 1.0
        rounded = _rounded(value, width, round, self.fill_digits)
        self.rounds = self.rounds or rounded != value
        return rounded

    def spread(self, values, step, more=()):
        values = np.concatenate([values, np.asarray(more, dtype=float)])
        values = values[np.isfinite(values)]
        if not len(values):
            return 0.0, 1.0
        low, high = float(values.min()), float(values.max())
        width = high - low or abs(high) or 1.0
        start, end = low - self.margin * width, high + self.margin * width
        if low >= 0:
            start = max(start, 0.0)
        if step is not None:
            return _grid(start, step, math.floor), _grid(end, step, math.ceil)
        return _rounded(start, width, math.floor, 3), _rounded(end, width, math.ceil, 3)

    def step_of(self, name, *more):
        """The declared step of a number, or None: then the server picks one that rounding cannot hurt."""
        values, kind = self.values[name]
        if isinstance(self.steps, dict) and name in self.steps:
            return float(self.steps[name])
        if kind == "integer":
            return 1.0 if all(_places(v) == 0 for v in more) else None
        if self.steps is not True:
            return None
        if name not in self.measured:
            self.measured[name] = _most_places(values)
        places = max([self.measured[name]] + [_places(v) for v in more])
        return 10.0**-places if places <= 6 else None

    # Values on X, for the ranges of derived columns

    def at(self, reference):
        if reference not in self.cache:
            self.cache[reference] = self._at(reference)
        return self.cache[reference]

    def _at(self, reference):
        if reference[0] in ("n", "raw"):
            values, kind = self.values[reference[1]]
            if reference[0] == "n" and reference[2] is not None:
                values = np.where(np.isnan(values), reference[2], values)
            if kind == "bool":
                return np.array(["True" if v else "False" for v in values], dtype=object)
            return values
        if reference[0] == "d":
            return _evaluate(self.derived[reference[1]]["expression"], self.at, self.rows)
        entry = self.categories[reference[1]]
        if entry["source"] is not None:
            values = self.at(("raw", entry["source"]))
        else:
            values = _evaluate(entry["expression"], self.at, self.rows)
        fill = entry["fill"]
        return values if fill is None else np.array([fill if v is None else v for v in values], dtype=object)

    # Expressions

    def expression(self, column):
        """A column as an expression."""
        terms = []
        column = self.plain(column)
        constant = column.get((), 0.0)
        for monomial, coefficient in column.items():
            if monomial and coefficient:
                alone = len(monomial) == 1 and monomial[0][0] != "l"
                body = {"column": monomial[0]} if alone else self.body(monomial)
                terms.append(body if coefficient == 1 else _op("multiply", coefficient, body))
        if constant or not terms:
            if len(terms) == 1:
                return _op("subtract", terms[0], -constant) if constant < 0 else _op("add", terms[0], constant)
            terms.append(constant)
        return terms[0] if len(terms) == 1 else _op("add", *terms)

    def body(self, monomial):
        numbers = [self.factor(atom) for atom in monomial if atom[0] != "l"]
        tests = [_op("equal", {"column": ("c", a[1])}, {"constant": a[2]}) for a in monomial if a[0] == "l"]
        if len(numbers) == 2 and numbers[0] == numbers[1]:
            product = _op("square", numbers[0])
        elif numbers:
            product = numbers[0] if len(numbers) == 1 else _op("multiply", *numbers)
        else:
            product = 1
        if not tests:
            return product
        return _op("if", tests[0] if len(tests) == 1 else _op("and", *tests), product, 0)

    def factor(self, atom):
        if atom[0] == "d" or not self.centre(atom[1]):
            return {"column": atom}
        return _op("subtract", {"column": atom}, self.centre(atom[1]))

    # What is not affine

    def apply(self, template, columns, name, *, test=False, bounded=True):
        """
        A function of columns: `template` makes its expression from theirs. A function of one category's indicators is
        only a table over its levels, and needs no public column.
        test: its values are 1 and 0. bounded: it is finite wherever its columns are in their ranges.
        """
        category = _single_category(columns)
        if category is not None or all(set(column) <= {()} for column in columns):
            levels = [] if category is None else self.categories[category]["levels"]
            rows = [[c.get((), 0.0) for c in columns]]
            rows += [[c.get((), 0.0) + c.get((("l", category, level),), 0.0) for c in columns] for level in levels]
            table = np.array(rows).T
            places = [{"column": i} for i in range(len(columns))]
            values = _evaluate(template(*places), lambda i: table[i], len(rows))
            if not np.all(np.isfinite(values)):
                raise Refused('"%s" has no value for every level.' % name)
            out = {(("l", category, level),): v - values[0] for level, v in zip(levels, values[1:]) if v != values[0]}
            out[()] = values[0]
            return out
        expression = template(*[self.expression(column) for column in columns])
        if test:
            return self.test(expression, name)
        key = repr(expression)
        if key not in self.derived:
            if len(self.derived) >= MOST_COLUMNS:
                raise Refused("The model needs more than %d derived columns." % MOST_COLUMNS)
            self.derived[key] = {"name": name, "expression": expression, "whole": False, "range": None}
            if not bounded:
                self.derived[key]["range"] = self.spread(self.at(("d", key)), None, self.swept(expression))
        return {(("d", key),): 1.0}

    def test(self, expression, name):
        """The column that is 1 where an expression is true: the indicator of a category of "yes" and "no"."""
        answer = {"op": "lookup", "args": [expression], "rows": [[0.0, "no"], [1.0, "yes"]]}
        return {(("l", self.category(answer, name, ["no", "yes"]), "yes"),): 1.0}

    def swept(self, expression):
        """A function of one number of X, over the whole of that number's range."""
        references = {reference for reference, _ in _references(expression)}
        if len(references) != 1 or next(iter(references))[0] != "n":
            return ()
        (reference,) = references
        values = np.linspace(*self.range_of(reference[1]), 501)
        swept = _evaluate(expression, lambda _: values, len(values))
        return swept[np.isfinite(swept)]

    def said(self, column):
        """What a column is called in the name of what is derived from it."""
        if isinstance(column, _Raw):
            return column.name
        atoms = sorted({atom for m in column for atom in m}, key=repr)
        if len(atoms) == 1 and atoms[0][0] == "n":
            return atoms[0][1]
        if len(atoms) == 1 and atoms[0][0] == "d":
            return self.derived[atoms[0][1]]["name"]
        names = list(dict.fromkeys(self.atom_name(atom) for atom in atoms))
        return "(%s)" % ", ".join(names[:3] + (["…"] if len(names) > 3 else []))

    def atom_name(self, atom):
        if atom[0] == "n":
            return atom[1]
        return self.derived[atom[1]]["name"] if atom[0] == "d" else self.categories[atom[1]]["name"]

    # Categories

    def text(self, raw, levels, unknown):
        """The category that a column of texts is. Levels that an encoder refuses are not levels of the column."""
        fill = None if raw.fill is None else _level(raw.fill)
        key = ("text", raw.name, fill)
        cleaned = [_level(level) for level in levels]
        if fill is not None and fill not in cleaned:
            cleaned = cleaned + [fill]
        if len(set(cleaned)) != len(cleaned):
            raise Refused('Two levels of "%s" differ only in white space or in how they are written.' % raw.name)
        held = self.categories.get(key)
        if held is None:
            held = {"name": raw.name, "source": raw.name, "fill": fill, "levels": cleaned, "unknown": unknown}
            self.categories[key] = held
        elif unknown == "refuse" and held["unknown"] == "refuse":
            held["levels"] = [level for level in held["levels"] if level in set(cleaned)]
        elif unknown == "refuse":
            held["levels"], held["unknown"] = cleaned, "refuse"
        elif held["unknown"] != "refuse":
            held["levels"] = held["levels"] + [level for level in cleaned if level not in set(held["levels"])]
        return key

    def category(self, expression, name, levels, unknown="refuse", fill=None):
        key = ("derived", repr(expression), unknown, fill)
        if len(levels) > MOST_LEVELS:
            raise Refused('"%s" has %d levels; a category can have %d.' % (name, len(levels), MOST_LEVELS))
        if key not in self.categories:
            self.categories[key] = {
                "name": name,
                "source": None,
                "expression": expression,
                "fill": fill,
                "levels": list(levels),
                "unknown": unknown,
            }
        return key

    def levels(self, raw, categories, unknown):
        """
        Per member of `categories` the column that is 1 where `raw` equals it. A missing member stands for missing
        cells. `unknown` is "refuse", or "reference" (all of them 0).
        """
        present = [value for value in categories if not _is_missing(value)]
        gone = len(present) < len(categories)
        if isinstance(raw, dict):
            raw = self.untouched(raw) or raw
        if isinstance(raw, dict):
            if gone or unknown == "reference":
                raise Refused("An encoder after other transformers can neither ignore unknown nor take missing values.")
            said = self.said(raw)
            return [self.apply(lambda x, v=v: _op("equal", x, float(v)), [raw], "%s = %s" % (said, _level(v)), test=True)
                    for v in present]  # fmt: skip
        if gone and raw.fill is not None:
            gone = False
        if self.kind(raw.name) in ("text", "bool"):
            source = _Raw(raw.name, MISSING_LEVEL) if gone else raw
            key = self.text(source, present + ([MISSING_LEVEL] if gone else []), unknown)
        else:
            # A number by its value, however it is written.
            rows = [[float(value), _level(value)] for value in present]
            reference = ("raw", raw.name) if gone else ("n", raw.name, None if raw.fill is None else float(raw.fill))
            expression = {"op": "lookup", "args": [{"column": reference}], "rows": rows, "otherwise": "(other)"}
            levels = [row[1] for row in rows]
            if gone:
                tested = _op("missing", {"column": reference})
                expression = _op("if", tested, {"constant": MISSING_LEVEL}, expression)
                levels.append(MISSING_LEVEL)
            key = self.category(expression, "%s (level)" % raw.name, levels, unknown)
        return [{(("l", key, MISSING_LEVEL if _is_missing(value) else _level(value)),): 1.0} for value in categories]

    def untouched(self, column):
        """The column of X that a polynomial is, if it is one as it stands."""
        atoms = [m for m in column if m and column[m]]
        if len(atoms) == 1 and len(atoms[0]) == 1 and atoms[0][0][0] == "n" and column[atoms[0]] == 1:
            _, name, fill = atoms[0][0]
            if column.get((), 0.0) == self.centre(name):
                return _Raw(name, fill)
        return None

    def bins(self, column, edges, name, labels=None, missing=None):
        """Per interval between ascending edges, closed on the left, the column that is 1 in it; then that for missing."""
        edges = [float(edge) for edge in edges]
        if _single_category([column]) is not None:
            ends = [-math.inf] + edges + [math.inf]
            return [
                self.apply(lambda x, a=a, b=b: _op("and", _op("greaterOrEqual", x, a), _op("less", x, b)), [column], name)
                for a, b in zip(ends[:-1], ends[1:])
            ]
        labels = labels or _interval_labels(edges)
        expression = self.expression(column)
        if missing is not None:
            expression = _kept(expression)
        expression = {"op": "bin", "args": [expression], "edges": edges, "closed": "left", "labels": labels}
        key = self.category(expression, name, labels + ([missing] if missing else []), fill=missing)
        return [{(("l", key, label),): 1.0} for label in labels + ([missing] if missing else [])]

    def plain(self, head):
        """A head with its numbers uncentred wherever they stand alone."""
        extra = [
            -coefficient * self.centre(m[0][1]) for m, coefficient in head.items() if len(m) == 1 and m[0][0] == "n"
        ]
        out = dict(head)
        out[()] = math.fsum([head.get((), 0.0)] + extra)
        for monomial, coefficient in out.items():
            if not math.isfinite(coefficient):
                raise Refused("A weight is not a finite number.")
        return out


def _interval_labels(edges):
    if not edges:
        return ["all"]
    middle = ["%s to below %s" % (_short(a), _short(b)) for a, b in zip(edges[:-1], edges[1:])]
    labels = ["below %s" % _short(edges[0])] + middle + ["%s and above" % _short(edges[-1])]
    if len(set(labels)) < len(labels):
        labels = ["%d: %s" % (i + 1, label) for i, label in enumerate(labels)]
    return labels


# ---------------------------------------------------------------------------------------------------------------------
# Writing: the members of the model file that the book and the heads make


class _Writing:
    """How a book and its heads become members of a model file."""

    def __init__(self, book):
        self.book = book

    def written(self, result):
        """The members `features`, `derived`, `heads`, `link` and what goes with it."""
        heads = [self.book.plain(head) for head in result.heads]
        products = {}
        for head in heads:
            for monomial in head:
                if len(monomial) > 1 and all(atom[0] == "l" for atom in monomial):
                    products.setdefault(tuple(a[1] for a in monomial), {})[tuple(a[2] for a in monomial)] = None
        for categories, levels in products.items():
            products[categories] = self.crossed(categories, list(levels))
        for head in heads:
            for monomial in head:
                if len(monomial) > 1 and any(atom[0] != "l" for atom in monomial):
                    self.product(monomial)

        used = self.reached(heads, products)
        names = _Namer(self.book.names)
        policies = self.policies(used)
        where = {}
        features = [self.feature(name, policies[name], used) for name in self.book.names if name in policies]
        derived = []
        for name in self.book.names:
            for reference in policies.get(name, ()):
                where[reference] = name
                if self.keeps(name, policies[name]) and reference[0] != "raw":
                    fill = reference[2] if reference[0] == "n" else self.book.categories[reference[1]]["fill"]
                    where[reference] = names.fresh("%s (%s)" % (name, "present" if fill is None else "filled"))
                    derived.append(self.policy_column(name, reference, where[reference]))
        for reference in used["derived"]:
            entry = self.entry(reference)
            where[reference] = names.fresh(entry["name"])
            derived.append(self.derived_column(entry, where[reference], where, reference))

        file = {"features": features}
        if derived:
            file["derived"] = derived
        file["heads"] = []
        for i, head in enumerate(heads):
            terms = []
            for monomial, weight in head.items():
                if monomial:
                    term = {"feature": where[self.target(monomial, products)]}
                    if all(atom[0] == "l" for atom in monomial):
                        crossed = products.get(tuple(a[1] for a in monomial))
                        term["level"] = monomial[0][2] if len(monomial) == 1 else crossed[1][tuple(a[2] for a in monomial)]
                    terms.append({**term, "weight": weight})
            written = {"intercept": head.get((), 0.0), "terms": terms}
            if result.names is not None:
                written = {"name": result.names[i], **written}
            file["heads"].append(written)
        file["link"] = result.link
        if result.response_names is not None:
            file["responses"] = result.response_names
        if result.label:
            file["label"] = True
        return file

    def crossed(self, categories, combinations):
        """The category that several categories make together, and the name of each combination of their levels."""
        every = [level for levels in combinations for level in levels]
        mark = next(m for m in (" & ", " | ", " && ", " ## ") if not any(m in level for level in every))
        arguments = [{"column": ("c", key)} for key in categories]
        joined = [part for argument in arguments for part in ({"constant": mark}, argument)][1:]
        names = {levels: mark.join(levels) for levels in combinations}
        name = " × ".join(self.book.categories[key]["name"] for key in categories)
        key = self.book.category(_op("concat", *joined), name, list(names.values()), unknown="reference")
        return key, names

    def product(self, monomial):
        """The derived column of a product with a number in it."""
        key = ("product",) + monomial
        if key not in self.book.derived:
            if len(self.book.derived) >= MOST_COLUMNS:
                raise Refused("The model needs more than %d products of columns." % MOST_COLUMNS)
            numbers = [a for a in monomial if a[0] != "l"]
            powers = ["%s^%d" % (n, len(list(g))) for n, g in itertools.groupby(self.book.atom_name(a) for a in numbers)]
            names = [p[:-2] if p.endswith("^1") else p for p in powers]
            names += ["[%s = %s]" % (self.book.atom_name(a), a[2]) for a in monomial if a[0] == "l"]
            steps = [self.atom_step(a) for a in numbers]
            places = None if None in steps else sum(_places(step) for step in steps)
            if places is not None and self.extent(numbers) * 10.0**places > 2.0**45:
                # Too many steps for a slot: the server picks a coarser one that rounding cannot hurt.
                places = None
            self.book.derived[key] = {
                "name": " × ".join(names),
                "expression": self.book.body(monomial),
                "whole": places == 0,
                "range": None,
                "step": 10.0**-places if places else None,
            }
        return key

    def extent(self, atoms):
        """How large a product of numbers can be."""
        sizes = []
        for atom in atoms:
            ends = self.book.range_of(atom[1]) if atom[0] == "n" else self.book.spread(self.book.at(atom), None)
            centre = self.book.centre(atom[1]) if atom[0] == "n" else 0.0
            sizes.append(max(abs(end - centre) for end in ends))
        return math.prod(sizes)

    def atom_step(self, atom):
        if atom[0] == "d":
            return 1.0 if self.book.derived[atom[1]]["whole"] else None
        step = self.book.step_of(atom[1], *([] if atom[2] is None else [atom[2]]))
        return step if step is not None and step <= 1 and _places(self.book.centre(atom[1])) <= _places(step) else None

    def target(self, monomial, products):
        """What a term of this monomial names: a reference."""
        if len(monomial) == 1:
            return ("c", monomial[0][1]) if monomial[0][0] == "l" else monomial[0]
        if all(atom[0] == "l" for atom in monomial):
            return ("c", products[tuple(a[1] for a in monomial)][0])
        return ("d", ("product",) + monomial)

    def entry(self, reference):
        return self.book.derived[reference[1]] if reference[0] == "d" else self.book.categories[reference[1]]

    def reached(self, heads, products):
        """Which references the heads use, directly or through derived columns."""
        used = {"derived": [], "direct": set(), "raw": {}}
        seen = set()

        def visit(reference, through):
            if reference[0] in ("n", "raw"):
                used["raw"].setdefault(reference[1], {}).setdefault(reference, set()).add(through)
                return
            if reference[0] == "c" and self.book.categories[reference[1]]["source"] is not None:
                used["raw"].setdefault(self.book.categories[reference[1]]["source"], {}).setdefault(reference, set()).add(through)
                return
            if reference in seen:
                return
            seen.add(reference)
            entry = self.entry(reference)
            for inner, way in _references(entry["expression"]):
                # A column with a declared step needs one in what it is made of.
                visit(inner, "term" if entry.get("step") or entry.get("whole") and inner[0] == "n" else way)
            used["derived"].append(reference)

        for head in heads:
            for monomial in head:
                if monomial:
                    visit(self.target(monomial, products), "term")
        return used

    def policies(self, used):
        """Per column of X the ways in which its missing cells are treated: references, in order."""
        return {name: list(ways) for name, ways in used["raw"].items()}

    def keeps(self, name, references):
        """
        Whether a missing cell stays missing in the column itself, and is stood in for in columns made of it: where that is done in
        several ways, and where a whole number would have to be no whole one.
        """
        if len(references) > 1 or references[0][0] == "raw":
            return True
        fill = references[0][2] if references[0][0] == "n" else None
        return fill is not None and self.book.values[name][1] == "integer" and _places(fill) > 0

    def feature(self, name, references, used):
        kind = self.book.kind(name)
        kept = self.keeps(name, references)
        base = {"name": name}
        if name in self.book.labels:
            base["label"] = self.book.labels[name]
        if kind in ("text", "bool"):
            held = [self.book.categories[r[1]] for r in references if r[0] == "c"]
            values = self.book.at(("raw", name))
            levels = list(dict.fromkeys(level for entry in held for level in entry["levels"]))
            refuses = any(entry["unknown"] == "refuse" for entry in held)
            if not refuses:
                levels += sorted({v for v in values if v is not None and v not in set(levels)})
            if len(levels) > MOST_LEVELS:
                raise Refused('"%s" has %d levels; a category can have %d.' % (name, len(levels), MOST_LEVELS))
            base.update(type="category", levels=levels)
            if not refuses:
                base["unknown"] = "reference"
            if kept:
                base["missing"] = "keep"
            elif held[0]["fill"] is not None:
                base["missing"] = {"impute": held[0]["fill"]}
            return base
        fills = [r[2] for r in references if r[0] == "n" and r[2] is not None]
        ways = set().union(*used["raw"][name].values())
        step = self.book.step_of(name, *([] if kept else fills))
        low, high = self.book.range_of(name, *fills)
        if ways <= {"bin"}:
            edges = self.edges_of(name, used)
            if edges and name not in self.book.ranges:
                # No value beyond the outer edges changes its bin: cells out there are read as the end of the range.
                unit = step or 10.0 ** math.floor(math.log10(max(abs(e) for e in edges) or 1))
                low, high = min(low, _grid(edges[0] - unit, unit, math.floor)), max(high, _grid(edges[-1] + unit, unit, math.ceil))
                base["outside"] = "clamp"
        whole = step == 1 and (self.book.values[name][1] == "integer" or "term" in ways)
        number = {"name": name, **({"label": base["label"]} if "label" in base else {})}
        number["type"] = "integer" if whole else "number"
        if name in self.book.units:
            number["unit"] = self.book.units[name]
        number["range"] = [_json_number(low), _json_number(high)]
        if step is not None and not whole and ways & {"term"}:
            number["step"] = _json_number(step)
        if kept:
            number["missing"] = "keep"
        elif fills:
            number["missing"] = {"impute": _json_number(fills[0])}
        if "outside" in base:
            number["outside"] = base["outside"]
        return number

    def edges_of(self, name, used):
        edges = []
        for reference in used["derived"]:
            for part in _parts(self.entry(reference)["expression"]):
                if part.get("op") == "bin" and part["args"][0].get("column", ("",))[:2] in (("n", name), ("raw", name)):
                    edges += part["edges"]
        return sorted(edges)

    def policy_column(self, name, reference, written):
        if reference[0] == "n":
            out = {"name": written, "type": "number", "expression": {"column": name}}
            if reference[2] is not None:
                out["expression"] = _op("coalesce", {"column": name}, _json_number(reference[2]))
            step = self.book.step_of(name, *([] if reference[2] is None else [reference[2]]))
            if step is not None:
                out["step"] = _json_number(step)
            return out
        entry = self.book.categories[reference[1]]
        expression = {"column": name}
        if entry["fill"] is not None:
            expression = _op("coalesce", expression, {"constant": entry["fill"]})
        return {
            "name": written,
            "type": "category",
            "expression": expression,
            "levels": entry["levels"],
            **({"unknown": "reference"} if entry["unknown"] == "reference" else {}),
        }

    def derived_column(self, entry, name, where, reference):
        expression = _resolved(entry["expression"], where)
        if reference[0] == "c":
            out = {"name": name, "type": "category", "expression": expression, "levels": entry["levels"]}
            if entry["unknown"] == "reference":
                out["unknown"] = "reference"
            if entry["fill"] is not None:
                out["missing"] = {"impute": entry["fill"]}
            return out
        out = {"name": name, "type": "number", "expression": expression}
        if entry["range"] is not None:
            out["range"] = [_json_number(end) for end in entry["range"]]
        if entry["whole"]:
            out["step"] = 1
        elif entry.get("step"):
            out["step"] = _json_number(entry["step"])
        return out


class _Namer:
    def __init__(self, taken):
        self.taken = set(taken)

    def fresh(self, wish):
        wish = wish if len(wish) <= 180 else wish[:179] + "…"
        name, n = wish, 1
        while name in self.taken:
            n += 1
            name = "%s (%d)" % (wish, n)
        self.taken.add(name)
        return name


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


# ---------------------------------------------------------------------------------------------------------------------
# What is published and what stays private, in five lines; and quality on data that was held out


def _summary(file, book, X_rows, real):
    """Five lines about what everybody will see of the model, and a line for each thing that is worth saying beside."""
    features = file["features"]
    derived = len(file.get("derived", ()))
    weights = sum(1 + len(head["terms"]) for head in file["heads"])
    records = len(file.get("verification", ()))
    kept = sum(1 for feature in features if feature["type"] != "category" and feature["name"] not in book.ranges)
    lines = [
        "Published: title, description, %d columns by name, with their ranges and levels." % len(features),
        "Published: %s." % _counted(derived, "column made of them, with its formula", "columns made of them, with their formulas"),
        "Published: %s." % _records_said(records, real),
        "Private: %d numbers, the weights and the intercepts. They stay in this file and on the server." % weights,
        "Private: %s." % ("%d rows of X are NOT private, see above; the others are" % records if real and records else
                          "every row of X" + (", but for what ranges tell of the least and largest of %s"
                                              % _counted(kept, "column", "columns") if kept else "")),
    ]  # fmt: skip
    if "quality" not in file:
        lines.append('Not said: how good it is. Pass quality={"metric": ..., "value": ..., "on": ...}, or held_out=(X, y).')
    named = [feature["name"] for feature in features if "label" not in feature]
    if named:
        lines.append("Not said: what %s mean. Pass labels={%r: ...}." % (_counted(len(named), "column", "columns"), named[0]))
    return lines


def _records_said(records, real):
    if records == 0:
        return "no verification record, so nobody can tell a wrong model from the right one"
    if real:
        return "%d REAL rows of X with their predictors, since real_records=True" % records
    return "%d verification records with their predictors, made up inside the ranges and levels" % records


def _counted(count, one, many):
    return "%s %s" % (count or "no", one if count == 1 else many)


def _held_out(held_out, settings, read, feature_names):
    """Quality by the library's own predictions for rows that the model was not fitted on."""
    X, y = held_out
    X = _plain_frame(X, feature_names)
    result = read(X, _Book(X, *settings))
    y = np.asarray(y).ravel()
    said = result.responses[:, -1] if result.responses.shape[1] <= 2 else None
    if said is None or len(said) != len(y):
        raise Refused("held_out= tells the quality of a model with one response, for as many outcomes as rows. Pass quality=.")
    on = "%d records that it was not fitted on" % len(y)
    kinds = sorted(set(y.tolist()), key=repr)
    if isinstance(result.link, str) and result.link in ("logit", "probit", "cloglog", "loglog", "cauchit"):
        if len(kinds) != 2:
            raise Refused("held_out= of a model of two classes needs outcomes of both of them.")
        return {"metric": "AUC", "value": round(_auc(said, y == kinds[1]), 4), "on": on}
    y = y.astype(float)
    rest, spread = np.sum((y - said) ** 2), np.sum((y - y.mean()) ** 2)
    if not spread > 0:
        raise Refused("held_out= has the same outcome in every row.")
    return {"metric": "R²", "value": round(1 - rest / spread, 4), "on": on}


def _auc(scores, positive):
    """The share of pairs of a positive and a negative in which the positive scores higher; a tie is half a pair."""
    order = np.argsort(scores, kind="mergesort")
    sorted_scores = scores[order]
    ranks = np.empty(len(scores))
    starts = np.flatnonzero(np.r_[True, np.diff(sorted_scores) != 0])
    ends = np.r_[starts[1:], len(scores)]
    for start, end in zip(starts, ends):
        ranks[order[start:end]] = (start + 1 + end) / 2
    above, below = int(positive.sum()), int((~positive).sum())
    return float((ranks[positive].sum() - above * (above + 1) / 2) / (above * below))


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


# ---------------------------------------------------------------------------------------------------------------------
# scikit-learn: encoders of categories


def _one_hot(step, columns, book):
    unknown = "refuse" if step.handle_unknown == "error" else "reference"
    infrequent = getattr(step, "infrequent_categories_", None) if getattr(step, "_infrequent_enabled", False) else None
    drops = getattr(step, "drop_idx_", None)
    out = []
    for i, (column, categories) in enumerate(zip(columns, step.categories_)):
        indicators = book.levels(column, list(categories), unknown)
        rare = None if infrequent is None or infrequent[i] is None else set(infrequent[i])
        drop = None if drops is None else drops[i]
        if rare:
            if drop is not None:
                raise Refused("OneHotEncoder with both drop and infrequent categories is not supported.")
            common = [c for c, value in zip(indicators, categories) if value not in rare]
            if step.handle_unknown == "infrequent_if_exist":
                last = _sum([(-1, c) for c in common], 1)
            else:
                last = _sum([(1, c) for c, value in zip(indicators, categories) if value in rare])
            out += common + [last]
        else:
            out += [c for j, c in enumerate(indicators) if drop is None or j != int(drop)]
    return out


def _ordinal(step, columns, book):
    other = step.handle_unknown == "use_encoded_value"
    out = []
    for column, categories in zip(columns, step.categories_):
        indicators = book.levels(column, list(categories), "reference" if other else "refuse")
        codes = [float(i) for i in range(len(categories))]
        base = 0.0
        if other:
            base = float(step.unknown_value)
        for i, value in enumerate(categories):
            if _is_missing(value):
                codes[i] = float(getattr(step, "encoded_missing_value", math.nan))
        if any(code != code for code in codes + [base]):
            raise Refused(
                "OrdinalEncoder turns a missing or unknown value into NaN. Put a SimpleImputer before it, or set "
                "encoded_missing_value and unknown_value to numbers."
            )
        out.append(_sum([(code - base, c) for code, c in zip(codes, indicators)], base))
    return out


def _target(step, columns, book):
    """Each level's mean of the target, one column per class where there are more than two."""
    means = np.ravel(step.target_mean_)
    per = len(step.encodings_) // len(step.categories_)
    out = []
    for f, (column, categories) in enumerate(zip(columns, step.categories_)):
        indicators = book.levels(column, list(categories), "reference")
        for k in range(per):
            other = float(means[k % len(means)])
            codes = step.encodings_[f * per + k]
            out.append(_sum([(float(code) - other, c) for code, c in zip(codes, indicators)], other))
    return out


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


# ---------------------------------------------------------------------------------------------------------------------
# scikit-learn: projections on axes


def _linear_map(book, columns, matrix, shift):
    """matrix (outputs × columns) · columns + shift."""
    columns = [book.column(c) for c in columns]
    return [_sum(zip(row, columns), b) for row, b in zip(np.asarray(matrix, dtype=float), shift)]


def _pca(step, columns, book):
    matrix = np.asarray(step.components_, dtype=float)
    mean = _or(getattr(step, "mean_", None), 0, matrix.shape[1])
    if getattr(step, "whiten", False):
        matrix = matrix / np.sqrt(step.explained_variance_)[:, None]
    return _linear_map(book, columns, matrix, -(matrix @ mean))


def _svd(step, columns, book):
    return _linear_map(book, columns, step.components_, np.zeros(len(step.components_)))


def _factors(step, columns, book):
    weighted = step.components_ / step.noise_variance_
    matrix = np.linalg.inv(np.eye(len(step.components_)) + weighted @ step.components_.T) @ weighted
    return _linear_map(book, columns, matrix, -(matrix @ step.mean_))


def _independent(step, columns, book):
    mean = _or(getattr(step, "mean_", None), 0, np.shape(step.components_)[1])
    return _linear_map(book, columns, step.components_, -(np.asarray(step.components_) @ mean))


def _discriminant_axes(step, columns, book):
    if step.solver not in ("svd", "eigen"):
        raise Refused("LinearDiscriminantAnalysis has no axes to project on with solver='lsqr'.")
    matrix = step.scalings_.T[: step._max_components]
    shift = -(matrix @ step.xbar_) if step.solver == "svd" else np.zeros(len(matrix))
    return _linear_map(book, columns, matrix, shift)


# ---------------------------------------------------------------------------------------------------------------------
# scikit-learn: transformers by name, and those that hold others


def _transform(step, columns, book, names=None):
    """The columns that a fitted transformer makes of columns."""
    kind = _kind(step)
    if step is None or (isinstance(step, str) and step == "passthrough"):
        return columns
    if kind == "Pipeline":
        for _, inner in step.steps:
            columns = _transform(inner, columns, book)
        return columns
    if kind == "FeatureUnion":
        parts = [inner for _, inner in step.transformer_list if inner is not None and inner != "drop"]
        weights = step.transformer_weights or {}
        if weights:
            raise Refused("FeatureUnion with transformer_weights is not supported: put a scaler in each part instead.")
        return [column for part in parts for column in _transform(part, columns, book)]
    if kind == "ColumnTransformer":
        return _column_transformer(step, columns, book)
    if kind in _TRANSFORMERS:
        return _TRANSFORMERS[kind](step, columns, book)
    if hasattr(step, "get_support"):
        return [column for column, kept in zip(columns, step.get_support()) if kept]
    raise Refused("%s is a transformer that this exporter does not know. %s" % (kind, _ADVICE.get(kind, _KNOWN)))


_KNOWN = (
    "It knows ColumnTransformer, StandardScaler, MinMaxScaler, MaxAbsScaler, RobustScaler, Normalizer, Binarizer, "
    "OneHotEncoder, OrdinalEncoder, SimpleImputer, MissingIndicator, KBinsDiscretizer, PolynomialFeatures, "
    "SplineTransformer, PowerTransformer, FunctionTransformer of a numpy function, PCA, TruncatedSVD, FactorAnalysis, "
    "and anything that selects columns."
)
_ADVICE = {
    "KNNImputer": "It looks at other records; a SimpleImputer puts a stated constant in the place of what is missing.",
    "IterativeImputer": "Use a SimpleImputer with add_indicator=True.",
    "QuantileTransformer": "Use KBinsDiscretizer or SplineTransformer, which do the same with fewer public numbers.",
    "TfidfVectorizer": "Turn the text into numbers in columns of their own first.",
    "CountVectorizer": "Turn the text into numbers in columns of their own first.",
    "HashingVectorizer": "Turn the text into numbers in columns of their own first.",
}


def _column_transformer(step, columns, book):
    names = [c.name if isinstance(c, _Raw) else None for c in columns]
    out = []
    for label, part, selected in step.transformers_:
        if isinstance(part, str) and part == "drop":
            continue
        chosen = [columns[i] for i in _selected(selected, names, label)]
        if chosen:
            out += _transform(part, chosen, book)
    return out


def _selected(selected, names, label):
    if isinstance(selected, (str, int, np.integer)):
        selected = [selected]
    if isinstance(selected, slice):
        ends = [names.index(e) if isinstance(e, str) else e for e in (selected.start, selected.stop)]
        # A slice of names holds its last one too.
        stop = ends[1] + 1 if isinstance(selected.stop, str) else ends[1]
        return range(len(names))[slice(ends[0], stop, selected.step)]
    selected = list(selected)
    if selected and all(isinstance(s, (bool, np.bool_)) for s in selected):
        return [i for i, s in enumerate(selected) if s]
    for s in selected:
        if isinstance(s, str) and s not in names:
            raise Refused('"%s" of the ColumnTransformer takes the column "%s", which is not a column of X.' % (label, s))
    return [names.index(s) if isinstance(s, str) else int(s) for s in selected]


_TRANSFORMERS = {
    "StandardScaler": _standard,
    "RobustScaler": _robust,
    "MinMaxScaler": _minmax,
    "MaxAbsScaler": _maxabs,
    "Normalizer": _normalizer,
    "Binarizer": _binarizer,
    "OneHotEncoder": _one_hot,
    "OrdinalEncoder": _ordinal,
    "TargetEncoder": _target,
    "SimpleImputer": _imputer,
    "MissingIndicator": _missing_indicator,
    "KBinsDiscretizer": _k_bins,
    "PolynomialFeatures": _polynomial,
    "SplineTransformer": _spline,
    "PowerTransformer": _power,
    "FunctionTransformer": _function,
    "PCA": _pca,
    "IncrementalPCA": _pca,
    "TruncatedSVD": _svd,
    "FactorAnalysis": _factors,
    "FastICA": _independent,
    "LinearDiscriminantAnalysis": _discriminant_axes,
}


# ---------------------------------------------------------------------------------------------------------------------
# scikit-learn: linear models


def _linear_heads(model, columns):
    coefficients = np.atleast_2d(np.asarray(model.coef_, dtype=float))
    intercepts = np.broadcast_to(np.ravel(np.asarray(model.intercept_, dtype=float)), len(coefficients))
    if coefficients.shape[1] != len(columns):
        raise Refused("%s has %d coefficients for %d columns." % (_kind(model), coefficients.shape[1], len(columns)))
    return [_sum(zip(row, columns), b) for row, b in zip(coefficients, intercepts)]


def _regression(model, heads, Z, options):
    predicted = model.predict(Z)
    names = None
    if len(heads) > 1:
        names = list(options["outputs"] or ["output%d" % (i + 1) for i in range(len(heads))])
        if len(names) != len(heads):
            raise Refused("outputs has %d names for %d outputs." % (len(names), len(heads)))
    return _Result(heads, "identity", predicted, predicted, names, outcome="Predicted value")


def _class_names(model):
    if isinstance(model.classes_, list):
        raise Refused("%s has several outputs of classes: export one classifier per output." % _kind(model))
    names = [_level(c) for c in model.classes_]
    if len(names) < 2:
        raise Refused("%s knows one class only." % _kind(model))
    return names


def _classes(model, heads, link, predictors, responses):
    """k heads, one per class."""
    names = _class_names(model)
    outcome = "Probability of each class" if link != "argmax" else "Decision value of each class"
    return _Result(heads, link, predictors, responses, names, names, True, outcome)


def _two_classes(model, head, predictor, responses):
    names = _class_names(model)
    return _Result([head], "logit", predictor, responses[:, 1], outcome='Probability of class "%s"' % names[1])


def _logistic(model, columns, Z, options):
    names = _class_names(model)
    heads = _linear_heads(model, columns)
    eta = model.decision_function(Z)
    probability = model.predict_proba(Z)
    asked = getattr(model, "multi_class", "auto")
    rest = asked == "ovr" or asked != "multinomial" and (len(names) == 2 or model.solver == "liblinear")
    if len(names) == 2:
        # A multinomial model of two classes gives them −η and η.
        factor = 1.0 if rest else 2.0
        return _two_classes(model, _scaled(heads[0], factor), factor * eta, probability)
    return _classes(model, heads, "normalised" if rest else "softmax", eta, probability)


def _decisions(model, columns, Z, options):
    heads = _linear_heads(model, columns)
    eta = model.decision_function(Z)
    logistic = _kind(model) == "SGDClassifier" and model.loss in ("log_loss", "log")
    names = _class_names(model)
    if len(heads) != (1 if len(names) == 2 else len(names)):
        raise Refused("%s with several labels per record is not supported: export one classifier per label." % _kind(model))
    if logistic and len(heads) == 1:
        return _two_classes(model, heads[0], eta, model.predict_proba(Z))
    if logistic:
        return _classes(model, heads, "normalised", eta, model.predict_proba(Z))
    if len(heads) == 1:
        outcome = 'Decision value: above 0 means "%s", else "%s"' % (names[1], names[0])
        return _Result(heads, "identity", eta, eta, outcome=outcome)
    return _classes(model, heads, "argmax", eta, eta)


def _support_vectors(model, columns, Z, options):
    if model.kernel != "linear":
        raise Refused(
            "%s with kernel=%r compares a record with the training records, and a sealed record can only be scored by "
            "weighted sums. Use kernel='linear', or PolynomialFeatures and LinearSVC." % (_kind(model), model.kernel)
        )
    if _kind(model).endswith("R"):
        return _regression(model, _linear_heads(model, columns), Z, options)
    # Since 1.8 the default of probability is a word that says that it is going.
    if len(model.classes_) != 2 or model.probability is True:
        raise Refused(
            "%s of more than two classes, or with probability=True, is not supported: use LinearSVC or "
            "LogisticRegression." % _kind(model)
        )
    return _decisions(model, columns, Z, options)


def _one_vs_rest(model, columns, X, book, options):
    if getattr(model, "multilabel_", False):
        raise Refused("OneVsRestClassifier with several labels per record is not supported.")
    Z = _given(X)
    parts = [_estimator(e, columns, X, book, options) for e in model.estimators_]
    if any(len(part.heads) != 1 or part.link not in ("logit", "identity") for part in parts):
        raise Refused("OneVsRestClassifier is supported for linear models of two classes.")
    heads = [part.heads[0] for part in parts]
    eta = np.hstack([part.predictors for part in parts])
    logistic = all(part.link == "logit" for part in parts)
    if len(heads) == 1:
        if logistic:
            return _two_classes(model, heads[0], eta, model.predict_proba(Z))
        names = _class_names(model)
        outcome = 'Decision value: above 0 means "%s", else "%s"' % (names[1], names[0])
        return _Result(heads, "identity", eta, eta, outcome=outcome)
    if logistic:
        return _classes(model, heads, "normalised", eta, model.predict_proba(Z))
    return _classes(model, heads, "argmax", eta, eta)


def _calibrated(model, columns, X, book, options):
    """Platt's sigmoids over decision values: 1 / (1 + exp(a·f + b)), divided by their sum where there are more classes."""
    if len(model.calibrated_classifiers_) != 1:
        raise Refused("CalibratedClassifierCV averages the probabilities of several models. Fit it with ensemble=False.")
    (fitted,) = model.calibrated_classifiers_
    if any(_kind(c) != "_SigmoidCalibration" for c in fitted.calibrators):
        raise Refused("CalibratedClassifierCV is supported with method='sigmoid' only.")
    inner = _estimator(fitted.estimator, columns, X, book, options)
    if not hasattr(fitted.estimator, "decision_function") or len(inner.heads) != len(fitted.calibrators):
        raise Refused("CalibratedClassifierCV around %s is not supported." % _kind(fitted.estimator))
    heads = [_scaled(head, -c.a_, -c.b_) for head, c in zip(inner.heads, fitted.calibrators)]
    eta = np.column_stack([-c.a_ * f - c.b_ for f, c in zip(inner.predictors.T, fitted.calibrators)])
    if len(heads) == 1:
        return _two_classes(model, heads[0], eta, model.predict_proba(_given(X)))
    return _classes(model, heads, "normalised", eta, model.predict_proba(_given(X)))


def _transformed_target(model, columns, X, book, options):
    inner = _estimator(model.regressor_, columns, X, book, options)
    if inner.link != "identity":
        raise Refused("TransformedTargetRegressor around %s is not supported." % _kind(model.regressor_))
    predicted = model.predict(_given(X))
    back = model.transformer_
    if _kind(back) == "FunctionTransformer":
        if back.inverse_func is None and back.func is None:
            return inner
        link = {np.exp: "log", np.expm1: "log1p", np.square: {"power": 0.5}}.get(back.inverse_func)
        if link is not None:
            return _Result(inner.heads, link, inner.predictors, predicted, inner.names, outcome="Predicted value")
        raise Refused("TransformedTargetRegressor: the inverse functions that are supported are numpy.exp, numpy.expm1 and numpy.square.")
    if _kind(back) not in ("StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler"):
        raise Refused("TransformedTargetRegressor with %s is not supported." % _kind(back))
    count = len(inner.heads)
    shift = back.inverse_transform(np.zeros((1, count)))[0]
    scale = back.inverse_transform(np.ones((1, count)))[0] - shift
    heads = [_scaled(head, a, b) for head, a, b in zip(inner.heads, scale, shift)]
    return _Result(heads, "identity", predicted, predicted, inner.names, outcome="Predicted value")


def _linear_regression(model, columns, Z, options):
    return _regression(model, _linear_heads(model, columns), Z, options)


def _generalised_linear(model, columns, Z, options):
    eta = np.asarray(Z, dtype=float) @ np.ravel(model.coef_) + model.intercept_
    log = _kind(model) != "TweedieRegressor" or model.link == "log" or (model.link == "auto" and model.power > 0)
    link = "log" if log else "identity"
    return _Result(_linear_heads(model, columns), link, eta, model.predict(Z), outcome="Predicted mean")


_LINEAR = {
    **dict.fromkeys(
        (
            "LinearRegression Ridge RidgeCV Lasso LassoCV ElasticNet ElasticNetCV Lars LarsCV LassoLars LassoLarsCV "
            "LassoLarsIC OrthogonalMatchingPursuit OrthogonalMatchingPursuitCV MultiTaskLasso MultiTaskLassoCV "
            "MultiTaskElasticNet MultiTaskElasticNetCV HuberRegressor QuantileRegressor SGDRegressor "
            "PassiveAggressiveRegressor LinearSVR BayesianRidge ARDRegression TheilSenRegressor"
        ).split(),
        _linear_regression,
    ),
    **dict.fromkeys(("PoissonRegressor", "GammaRegressor", "TweedieRegressor"), _generalised_linear),
    **dict.fromkeys(("LogisticRegression", "LogisticRegressionCV"), _logistic),
    **dict.fromkeys(
        "LinearSVC RidgeClassifier RidgeClassifierCV SGDClassifier Perceptron PassiveAggressiveClassifier".split(),
        _decisions,
    ),
}


# ---------------------------------------------------------------------------------------------------------------------
# scikit-learn: discriminants, naive Bayes, distances


def _posterior(model, heads, joint, probability):
    """Heads of log joint probabilities. Two classes need their difference only."""
    if len(heads) == 2:
        head = _sum([(1, heads[1]), (-1, heads[0])])
        return _two_classes(model, head, joint[:, 1] - joint[:, 0], probability)
    return _classes(model, heads, "softmax", joint, probability)


def _linear_discriminant(model, columns, Z, book, options):
    heads = _linear_heads(model, columns)
    eta = model.decision_function(Z)
    if len(heads) == 1:
        return _two_classes(model, heads[0], eta, model.predict_proba(Z))
    return _classes(model, heads, "softmax", eta, model.predict_proba(Z))


def _quadratic_discriminant(model, columns, Z, book, options):
    heads = []
    for mean, rotation, scaling, prior in zip(model.means_, model.rotations_, model.scalings_, model.priors_):
        centred = [_sum([(1, column)], -m) for column, m in zip(columns, mean)]
        inverse = (rotation / scaling) @ rotation.T
        constant = math.log(prior) - 0.5 * float(np.sum(np.log(scaling)))
        heads.append(_sum([(-0.5, _quadratic(inverse, centred))], constant))
    joint = np.asarray(model._decision_function(Z))
    return _posterior(model, heads, joint, model.predict_proba(Z))


def _gaussian_bayes(model, columns, Z, book, options):
    variances = model.var_ if hasattr(model, "var_") else model.sigma_
    heads = []
    for mean, variance, prior in zip(model.theta_, variances, model.class_prior_):
        centred = [_sum([(1, column)], -m) for column, m in zip(columns, mean)]
        constant = math.log(prior) - 0.5 * float(np.sum(np.log(2 * math.pi * variance)))
        squares = [(-0.5 / v, _times(c, c)) for c, v in zip(centred, variance)]
        heads.append(_sum(squares, constant))
    return _posterior(model, heads, model._joint_log_likelihood(Z), model.predict_proba(Z))


def _bernoulli_bayes(model, columns, Z, book, options):
    if model.binarize is not None:
        columns = [_above(book, column, float(model.binarize)) for column in columns]
    negative = np.log1p(-np.exp(model.feature_log_prob_))
    weights = model.feature_log_prob_ - negative
    constants = model.class_log_prior_ + negative.sum(axis=1)
    heads = [_sum(zip(row, columns), b) for row, b in zip(weights, constants)]
    flags = np.asarray(Z) if model.binarize is None else np.asarray(Z) > model.binarize
    return _posterior(model, heads, _joint(model, flags), model.predict_proba(Z))


def _joint(model, Z):
    return model._joint_log_likelihood(np.asarray(Z, dtype=float))


def _multinomial_bayes(model, columns, Z, book, options):
    constants = model.class_log_prior_
    if _kind(model) == "ComplementNB" and len(model.classes_) > 1:
        constants = np.zeros(len(model.classes_))
    heads = [_sum(zip(row, columns), b) for row, b in zip(model.feature_log_prob_, constants)]
    return _posterior(model, heads, _joint(model, Z), model.predict_proba(Z))


def _categorical_bayes(model, columns, Z, book, options):
    parts = [[] for _ in model.classes_]
    for column, table in zip(columns, model.feature_log_prob_):
        for code, indicator in enumerate(book.levels(column, [float(c) for c in range(table.shape[1])], "refuse")):
            for k, row in enumerate(table):
                parts[k].append((row[code], indicator))
    heads = [_sum(part, prior) for part, prior in zip(parts, model.class_log_prior_)]
    return _posterior(model, heads, model._joint_log_likelihood(np.asarray(Z, dtype=int)), model.predict_proba(Z))


def _k_means(model, columns, Z, book, options):
    return _nearest(model, columns, Z, model.cluster_centers_, ["%d" % i for i in range(len(model.cluster_centers_))],
                    options["output"] or "distance")  # fmt: skip


def _nearest_centroid(model, columns, Z, book, options):
    if model.metric != "euclidean":
        raise Refused("NearestCentroid with metric=%r is not supported: use 'euclidean'." % (model.metric,))
    if getattr(model, "priors_", None) is not None and len(set(np.round(model.priors_, 12))) > 1:
        raise Refused("NearestCentroid with unequal priors is not supported.")
    return _nearest(model, columns, Z, model.centroids_, _class_names(model), options["output"] or "label")


def _nearest(model, columns, Z, centroids, names, output):
    Z = np.asarray(Z, dtype=float)
    if output == "label":
        # ‖x − c‖² without ‖x‖², which all share: no squares are needed to tell which is smallest.
        heads = [_sum(zip(c, columns), -0.5 * float(c @ c)) for c in centroids]
        values = Z @ centroids.T - 0.5 * np.sum(centroids**2, axis=1)
        outcome = "Closeness to each centroid: larger is closer"
        return _Result(heads, "argmax", values, values, names, names, True, outcome)
    if output != "distance":
        raise Refused('output is "distance" or "label".')
    heads = []
    for centroid in centroids:
        away = [_sum([(1, column)], -c) for column, c in zip(columns, centroid)]
        heads.append(_sum([(1, _times(a, a)) for a in away]))
    if hasattr(model, "transform"):
        distances = model.transform(Z)
    else:
        distances = np.array([np.sqrt(((Z - centroid) ** 2).sum(axis=1)) for centroid in centroids]).T
    names = ["distance to %s" % name for name in names]
    return _Result(heads, {"power": 2}, distances**2, distances, names, names, outcome="Distance to each centroid")


_CLASSIFIERS = {
    "LinearDiscriminantAnalysis": _linear_discriminant,
    "QuadraticDiscriminantAnalysis": _quadratic_discriminant,
    "GaussianNB": _gaussian_bayes,
    "BernoulliNB": _bernoulli_bayes,
    "MultinomialNB": _multinomial_bayes,
    "ComplementNB": _multinomial_bayes,
    "CategoricalNB": _categorical_bayes,
    "KMeans": _k_means,
    "MiniBatchKMeans": _k_means,
    "NearestCentroid": _nearest_centroid,
}


# ---------------------------------------------------------------------------------------------------------------------
# scikit-learn: estimators by name

_SCORES = ("PCA", "IncrementalPCA", "TruncatedSVD", "FactorAnalysis", "FastICA")


def _estimator(model, columns, X, book, options):
    kind = _kind(model)
    if hasattr(model, "best_estimator_"):
        return _estimator(model.best_estimator_, columns, X, book, options)
    if kind == "Pipeline":
        given = X
        for _, step in model.steps[:-1]:
            if step is None or (isinstance(step, str) and step == "passthrough"):
                continue
            columns = _transform(step, columns, book)
            given = step.transform(_given(given))
        last = model.steps[-1][1]
        if last is None or isinstance(last, str):
            raise Refused("The pipeline ends without an estimator.")
        return _estimator(last, columns, given, book, options)
    Z = _given(X)
    if hasattr(Z, "toarray"):
        Z = Z.toarray()
    if kind == "TransformedTargetRegressor":
        return _transformed_target(model, columns, X, book, options)
    if kind in ("VotingRegressor", "MultiOutputRegressor"):
        parts = [_estimator(e, columns, X, book, options) for e in model.estimators_]
        if any(part.link != "identity" for part in parts):
            raise Refused("%s of models that are not linear is not supported." % kind)
        heads = [head for part in parts for head in part.heads]
        if kind == "VotingRegressor":
            weights = model._weights_not_none or [1.0] * len(parts)
            heads = [_sum([(w / sum(weights), head) for w, head in zip(weights, heads)])]
        return _regression(model, heads, Z, options)
    if kind == "BaggingRegressor":
        return _bagged(model, columns, Z, book, options)
    if kind in ("PLSRegression", "PLSCanonical", "CCA"):
        return _latent(model, [book.column(c) for c in columns], Z, options)
    if kind == "OneVsRestClassifier":
        return _one_vs_rest(model, columns, X, book, options)
    if kind == "CalibratedClassifierCV":
        return _calibrated(model, columns, X, book, options)
    if kind == "FrozenEstimator":
        return _estimator(model.estimator, columns, X, book, options)
    if kind in _SCORES or (kind == "FeatureUnion" or kind == "ColumnTransformer"):
        heads = [book.column(c) for c in _transform(model, columns, book)]
        scores = model.transform(Z)
        scores = scores.toarray() if hasattr(scores, "toarray") else scores
        names = ["score%d" % (i + 1) for i in range(len(heads))]
        return _Result(heads, "identity", scores, scores, names, outcome="Scores on %d axes" % len(heads))
    if kind in _CLASSIFIERS:
        return _CLASSIFIERS[kind](model, [book.column(c) for c in columns], Z, book, options)
    if kind in ("SVR", "NuSVR", "SVC", "NuSVC"):
        return _support_vectors(model, [book.column(c) for c in columns], Z, options)
    if kind == "RANSACRegressor":
        return _estimator(model.estimator_, columns, X, book, options)
    if _module(model).startswith("interpret.") or hasattr(model, "term_scores_"):
        return _explainable_boosting(model, X, book)
    if kind in _LINEAR:
        return _LINEAR[kind](model, [book.column(c) for c in columns], Z, options)
    raise Refused(_unscorable(kind))


def _bagged(model, columns, Z, book, options):
    """The average of models, each of its own choice of columns."""
    Z = np.asarray(Z)
    parts = [
        _estimator(e, [columns[i] for i in chosen], Z[:, chosen], book, options)
        for e, chosen in zip(model.estimators_, model.estimators_features_)
    ]
    if any(part.link != "identity" for part in parts):
        raise Refused("BaggingRegressor of models that are not linear is not supported.")
    heads = [_sum([(1.0 / len(parts), head) for head in of_output]) for of_output in zip(*(part.heads for part in parts))]
    return _regression(model, heads, Z, options)


def _latent(model, columns, Z, options):
    """Partial least squares: a linear map that versions of scikit-learn keep in different attributes, by what it does."""
    Z = np.asarray(Z, dtype=float)
    centre, scale = Z.mean(axis=0), Z.std(axis=0)
    scale[scale == 0] = 1.0
    at = np.atleast_2d(model.predict(np.vstack([centre, centre + np.diag(scale)])).T)
    weights = (at[:, 1:] - at[:, :1]) / scale
    heads = [_sum(zip(row, columns), b - row @ centre) for row, b in zip(weights, at[:, 0])]
    return _regression(model, heads, Z, options)


def _unscorable(kind):
    if re.search("Voting|Stacking|Bagging|Chain|MultiOutput|OneVsOne|OutputCode", kind):
        return "%s combines several models in a way that is no weighted sum. Export one of those inside it." % kind
    if re.search("Tree|Forest|Boost", kind):
        return (
            "%s is made of trees, and a sealed record can only be scored by weighted sums. Use an explainable boosting "
            "machine, or logistic or linear regression on binned columns (KBinsDiscretizer) with interactions." % kind
        )
    if re.search("MLP|Neural|Boltzmann", kind):
        return (
            "%s has hidden layers, and a sealed record can only be scored by weighted sums. Use SplineTransformer or "
            "PolynomialFeatures and a linear model, or run all but the last layer in public." % kind
        )
    if re.search("SV|Kernel|Gaussian.*Process|Neighbors|KNN|Radius", kind):
        return (
            "%s compares a record with the training records through a kernel or a distance, and a sealed record can "
            "only be scored by weighted sums. Use PolynomialFeatures or SplineTransformer and a linear model." % kind
        )
    return "%s is a model that this exporter does not know. README.md lists those that it does." % kind


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


# ---------------------------------------------------------------------------------------------------------------------
# statsmodels


def _statsmodels(results, X, book, options):
    results = getattr(results, "_results", results)
    model = results.model
    kind = _kind(model)
    if isinstance(X, _Named):
        X = {name: X.values[:, i] for i, name in enumerate(X.names)}
    names = list(model.exog_names) if kind != "MNLogit" else list(model.data.xnames)
    if kind == "OrderedModel":
        names = names[: model.exog.shape[1]]
    elif len(names) > model.exog.shape[1]:
        names = names[: model.exog.shape[1]]
    # From 0.15 on statsmodels calls it model_spec, and may have it from formulaic.
    design = getattr(model.data, "design_info", None) or getattr(model.data, "model_spec", None)
    if design is not None and not _module(design).startswith("patsy"):
        raise Refused(
            "The formula was read by %s. Set statsmodels.formula.options.formula_engine to 'patsy' before fitting."
            % _module(design).split(".")[0]
        )
    if design is not None:
        columns, exog = _formula(design, names, X, book)
    else:
        columns, exog = _plain_design(model, names, X, book)

    shift, shift_values = _offset(model, X, book, options)
    params = np.asarray(results.params, dtype=float)
    if kind in ("OLS", "WLS", "GLS", "GLSAR", "RLM", "QuantReg"):
        eta = exog @ params
        return _Result([_sum(zip(params, columns))], "identity", eta, results.model.predict(params, exog),
                       outcome="Predicted value")  # fmt: skip
    if kind in ("GLM", "GEE"):
        head = _sum(list(zip(params, columns)) + shift)
        eta = exog @ params + shift_values
        link = _glm_link(model.family.link)
        return _Result([head], link, eta, model.family.link.inverse(eta), outcome="Predicted mean")
    if kind in ("Logit", "Probit"):
        head = _sum(list(zip(params, columns)) + shift)
        eta = exog @ params + shift_values
        link = "logit" if kind == "Logit" else "probit"
        return _Result([head], link, eta, model.cdf(eta), outcome="Probability")
    if kind in ("Poisson", "NegativeBinomial", "NegativeBinomialP", "GeneralizedPoisson"):
        own = params[: exog.shape[1]]
        eta = exog @ own + shift_values
        head = _sum(list(zip(own, columns)) + shift)
        return _Result([head], "log", eta, np.exp(eta), outcome="Predicted count")
    if kind == "MNLogit":
        params = params.reshape(exog.shape[1], -1)
        heads = [_constant(0)] + [_sum(zip(column, columns)) for column in params.T]
        eta = np.hstack([np.zeros((len(exog), 1)), exog @ params])
        classes = [_level(model._ynames_map[i]) for i in range(len(heads))]
        return _Result(heads, "softmax", eta, model.predict(params, exog), classes, classes, True,
                       "Probability of each class")  # fmt: skip
    if kind == "OrderedModel":
        return _ordered(model, results, params, columns, exog)
    if kind == "PHReg":
        return _proportional_hazards(model, results, params, columns, exog, shift, shift_values, options)
    raise Refused(
        "statsmodels' %s is a model that this exporter does not know. It knows OLS, WLS, GLS, QuantReg, RLM, GLM, GEE, "
        "Logit, Probit, Poisson, NegativeBinomial, MNLogit, OrderedModel and PHReg." % kind
    )


def _glm_link(link):
    name = _kind(link).lower().replace("_", "")
    simple = {
        "identity": "identity",
        "log": "log",
        "logit": "logit",
        "probit": "probit",
        "cloglog": "cloglog",
        "loglog": "loglog",
        "cauchy": "cauchit",
        "inversepower": "inverse",
        "inversesquared": "inverse-square",
    }
    if name in simple:
        return simple[name]
    if name in ("sqrt", "power"):
        power = float(getattr(link, "power", 0.5))
        special = {1.0: "identity", -1.0: "inverse", -2.0: "inverse-square", 0.0: "log"}
        return special.get(power, {"power": power})
    raise Refused("The link %s of the GLM's family is not supported." % _kind(link))


def _offset(model, X, book, options):
    """The parts of the linear predictor that have no coefficient."""
    parts, values = [], np.zeros(book.rows)
    for name, log in ((options["offset"], False), (options["exposure"], True)):
        if name is None:
            continue
        if name not in book.values:
            raise Refused('X has no column "%s".' % name)
        column = book.column(_Raw(name))
        if log:
            column = book.apply(lambda x: _op("ln", x), [column], "ln(%s)" % name, bounded=False)
        own = np.asarray(X[name], dtype=float)
        values = values + (np.log(own) if log else own)
        parts.append((1, column))
    held = [getattr(model, member, None) for member in ("offset", "exposure")]
    held = [h for h in held if h is not None and np.size(h) > 1 and np.any(np.asarray(h) != 0)]
    if held and not parts:
        raise Refused(
            "The model was fitted with an offset or an exposure: name the column that it was, with offset= or exposure=."
        )
    return parts, values


def _plain_design(model, names, X, book):
    """Design columns that are columns of X, with constants among them."""
    columns, values = [], []
    for i, name in enumerate(names):
        if str(name) in book.values:
            columns.append(book.column(_Raw(str(name))))
            values.append(np.asarray(X[name], dtype=float))
            continue
        own = np.asarray(model.exog)[:, i]
        if np.ptp(own) > 0:
            raise Refused(
                'The design matrix has the column "%s", which X has not. Fit with a formula, or pass the design matrix '
                "as X with its names." % name
            )
        columns.append(_constant(own[0]))
        values.append(np.full(book.rows, float(own[0])))
    return columns, np.array(values).T


def _ordered(model, results, params, columns, exog):
    distribution = getattr(model.distr, "name", "")
    links = {"norm": "probit", "logistic": "logit", "gumbel_l": "cloglog", "gumbel_r": "loglog", "cauchy": "cauchit"}
    if distribution not in links:
        raise Refused("OrderedModel with the distribution %r is not supported." % distribution)
    own = params[: exog.shape[1]]
    thresholds = [float(t) for t in model.transform_threshold_params(params)[1:-1]]
    categories = [_level(label) for label in model.labels]
    eta = exog @ own
    link = {"cumulative": links[distribution], "categories": categories, "thresholds": thresholds}
    probability = model.predict(params, exog=exog)
    return _Result([_sum(zip(own, columns))], link, eta, probability, response_names=categories, label=True,
                   outcome="Probability of each category")  # fmt: skip


def _proportional_hazards(model, results, params, columns, exog, shift, shift_values, options):
    if getattr(model, "strata", None) is not None and len(set(np.ravel(model.strata))) > 1:
        raise Refused("PHReg with strata is not supported: its baseline differs from stratum to stratum.")
    if shift:
        raise Refused("PHReg with an offset is not supported.")
    eta = exog @ params
    head = _sum(zip(params, columns))
    if not options["baseline"]:
        return _Result([head], "log", eta, np.exp(eta), outcome="Hazard ratio")
    times, hazard, _ = results.baseline_cumulative_hazard[0]
    table = sorted({float(t): float(h) for t, h in zip(times, hazard)}.items())
    survival = np.exp(-np.exp(eta)[:, None] * np.array([h for _, h in table])[None])
    responses = np.hstack([np.exp(eta)[:, None], survival])
    link = {"survival": {"baseline": [[_json_number(t), h] for t, h in table]}}
    return _Result([head], link, eta, responses, outcome="Hazard ratio, and survival at each time of the baseline")

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

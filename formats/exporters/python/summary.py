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

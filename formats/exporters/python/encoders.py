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

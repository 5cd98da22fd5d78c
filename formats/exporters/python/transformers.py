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

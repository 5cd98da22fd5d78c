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

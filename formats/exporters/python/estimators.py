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

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

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

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

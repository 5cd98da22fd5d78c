# Joined from formats/exporters/r by tools/exporters.mjs: what is to change, changes there.
# Writes a model fitted in R as a Blindscore model file. Copy this one file; it needs base R only.
#
#   source("blindscore_export.R")
#   blindscore_export(fit, frame, "risk.model.json", id = "risk", title = "Risk of default", description = "...")
#
# `fit` is a fitted object: lm (of several outcomes, too), glm (every family and link), MASS::glm.nb, MASS::polr, MASS::rlm,
# nnet::multinom, survival::coxph, survival::survreg, quantreg::rq, glmnet::glmnet and cv.glmnet, or mgcv::gam with smooths of one column. `frame` is the data frame it was fitted on: ranges, steps and levels are read from it, and every one
# of its rows is scored twice, by predict() and from the terms that are written, before anything is written. Where the
# two differ, or a term is no weighted sum of public columns, the error says which term it is and what to write instead.
#
# Affine parts fold into the weights, which stay private; only what is not affine (a logarithm, a product, a power)
# becomes a derived column, which is public.

blindscore_export_version <- "0.2.0"

#' @param data list(name =, source =, licence =, rows =); quality: list(metric =, value =, on =) of held-out quality.
#' @param tolerance on the linear predictor; when NULL 1e-6, or finer where the link is steep.
#' @param margin how far a number's range goes beyond what the frame has, in widths of that, on either side. A column
#'   that is never negative stays so.
#' @param steps TRUE: declare the step of a column whose values in the frame all have the same few decimals. It makes smaller
#'   ciphertexts, and a record with more decimals is refused.
#' @param s glmnet: the penalty, a number or one of "lambda.1se" and "lambda.min".
#' @param ranges named list of c(min, max); labels, units: named character vectors.
#' @param baseline coxph: publish the baseline cumulative hazard, so that survival is scored as well.
#' @param records how many verification records to write, with R's own predictions. They are public, and made up inside the ranges
#'   and levels.
#' @param real_records TRUE: they are rows of the frame instead. Everybody who reaches the server then reads those rows.
#' @param quiet TRUE: what is published and what stays private is not said.
#' @return the model file as a nested list, invisibly.
blindscore_export <- function(fit, frame, path = NULL, id, title, description, version = "1", outcome = NULL,
                              data = NULL, quality = NULL, tolerance = NULL, margin = 1, steps = FALSE,
                              ranges = list(), labels = NULL, units = NULL, baseline = FALSE, records = 8,
                              real_records = FALSE, quiet = FALSE, s = NULL) {
  if (!grepl("^[a-z0-9][a-z0-9._-]{0,99}$", id)) {
    refuse("id is at most 100 small letters, digits, points, hyphens and underscores.")
  }
  frame <- as.data.frame(frame)
  book <- new.env()
  book$frame <- frame
  book$margin <- margin
  book$steps <- steps
  book$ranges <- ranges
  book$derived <- list()
  book$used <- list()
  book$direct <- character()
  again <- function(frame, book) {
    if (inherits(fit, c("glmnet", "cv.glmnet"))) read_glmnet(fit, frame, book, s) else read_fit(fit, frame, book, baseline)
  }
  read <- again(frame, book)
  check_heads(read, book)

  heads <- lapply(seq_along(read$heads), function(h) {
    head <- read$heads[[h]]
    terms <- lapply(head$terms, function(t) {
      if (is.null(t$level)) list(feature = t$column, weight = t$weight)
      else list(feature = t$column, level = t$level, weight = t$weight)
    })
    out <- list(intercept = head$intercept, terms = unname(terms))
    if (!is.null(read$names)) c(list(name = read$names[[h]]), out) else out
  })
  features <- lapply(intersect(names(frame), names(book$used)), function(name) {
    feature_of(book, name, labels, units)
  })
  if (length(features) == 0) refuse("The model uses no column of the frame.")
  file <- list(format = "blindscore-model/1", id = id, version = version, title = title, description = description,
               outcome = if (is.null(outcome)) read$outcome else outcome, data = data, quality = quality,
               features = features)
  file$derived <- if (length(book$derived)) unname(lapply(book$derived, `[[`, "column"))
  file$heads <- heads
  file$link <- read$link
  file$responses <- if (!is.null(read$responses_named)) as.list(read$responses_named)
  file$label <- if (isTRUE(read$label)) TRUE
  file$tolerance <- tolerance
  file$verification <- if (real_records) real_records_of(read, book, records) else {
    made <- if (records > 0) made_records(read, book, features, records, again)
    if (length(made$rows)) recorded(made$read, made$book, intersect(names(frame), names(book$used)), made$rows, read$link)
  }
  file <- file[!vapply(file, is.null, logical(1))]
  if (!is.null(path)) {
    out <- base::file(path, "w", encoding = "UTF-8")
    on.exit(close(out))
    writeLines(json(file), out, useBytes = TRUE)
  }
  if (!quiet) say_what_is_published(file, real_records)
  invisible(file)
}

refuse <- function(...) stop(paste0(...), call. = FALSE)

# --------------------------------------------------------------------------------------------------------------------
# What each kind of fit says: heads (intercept and named coefficients over design columns), a link, R's predictions

read_fit <- function(fit, frame, book, baseline) {
  kind <- class(fit)[1]
  if (kind == "aov") kind <- "lm"
  known <- c("lm", "mlm", "glm", "negbin", "rlm", "rq", "gam", "polr", "multinom", "coxph", "survreg")
  if (!kind %in% known) {
    refuse(kind, " is a kind of model that this exporter does not know. It knows ", paste(c(known, "glmnet", "cv.glmnet"), collapse = ", "), ". ",
           if (kind %in% c("randomForest", "rpart", "gbm", "xgb.Booster", "ranger", "tree"))
             "Trees can not be scored sealed: cut() the columns beforehand and fit a glm on the bins."
           else if (kind %in% c("loess", "Gam", "smooth.spline")) "Use splines::ns() in a glm, or mgcv::gam().")
  }
  if (kind == "polr") return(read_polr(fit, frame, book))
  if (kind == "multinom") return(read_multinom(fit, frame, book))
  if (kind == "coxph") return(read_coxph(fit, frame, book, baseline))
  if (kind == "survreg") return(read_survreg(fit, frame, book))
  if (kind == "gam") return(read_gam(fit, frame, book))
  if (kind == "mlm") {
    coefficients <- stats::coef(fit)
    predicted <- stats::predict(fit, frame)
    return(list(heads = lapply(colnames(coefficients), function(k) linear_head(fit, coefficients[, k], frame, book)),
                names = colnames(coefficients), link = "identity", predictors = predicted, responses = predicted,
                outcome = "Predicted values"))
  }
  head <- linear_head(fit, stats::coef(fit), frame, book)
  if (kind %in% c("lm", "rlm", "rq")) {
    predicted <- as.numeric(stats::predict(fit, frame))
    return(list(heads = list(head), link = "identity", predictors = cbind(predicted), responses = cbind(predicted),
                outcome = "Predicted value"))
  }
  eta <- as.numeric(stats::predict(fit, frame, type = "link"))
  mean <- as.numeric(stats::predict(fit, frame, type = "response"))
  list(heads = list(head), link = glm_link(fit$family), predictors = cbind(eta), responses = cbind(mean),
       outcome = if (grepl("binomial", fit$family$family)) "Probability" else "Predicted mean")
}

glm_link <- function(family) {
  link <- family$link
  simple <- c(identity = "identity", log = "log", logit = "logit", probit = "probit", cloglog = "cloglog",
              cauchit = "cauchit", inverse = "inverse", "1/mu^2" = "inverse-square")
  if (link %in% names(simple)) return(simple[[link]])
  if (link == "sqrt") return(list(power = 0.5))
  # The name of a power link is rounded; the power itself is what its function closes over.
  power <- environment(family$linkfun)$lambda
  if (grepl("^mu\\^", link) && is.numeric(power)) return(list(power = power))
  refuse("The link ", link, " of the family ", family$family, " is not supported.")
}

# --------------------------------------------------------------------------------------------------------------------
# glmnet: weights of the columns of a matrix, at one penalty

read_glmnet <- function(fit, frame, book, s) {
  if (is.null(s)) {
    if (!inherits(fit, "cv.glmnet")) refuse("glmnet has a model for each penalty. Say which: s = a number, or export the result of cv.glmnet().")
    s <- "lambda.1se"
  }
  inner <- if (inherits(fit, "cv.glmnet")) fit$glmnet.fit else fit
  if (isTRUE(inner$offset)) refuse("glmnet with an offset is not supported: predict() asks for it anew. Fit a glm().")
  kind <- class(inner)[1]
  betas <- stats::coef(fit, s = s)
  if (!is.list(betas)) betas <- list(betas)
  columns <- setdiff(rownames(betas[[1]]), "(Intercept)")
  strangers <- setdiff(columns, names(frame))
  if (length(strangers)) {
    refuse("\"", strangers[1], "\" is a column of the matrix and not of the frame. Give the frame that the matrix is of: ",
           "as.data.frame(x), where x is what glmnet was fitted on.")
  }
  for (name in columns) {
    if (!is.numeric(frame[[name]])) refuse("The column \"", name, "\" is no number in the frame.")
  }
  heads <- lapply(betas, function(beta) penalised_head(beta[, 1], book))
  x <- as.matrix(frame[columns])
  said <- function(type) matrix(as.numeric(stats::predict(fit, x, s = s, type = type)), nrow(x))
  eta <- said("link")
  if (kind == "multnet") {
    return(list(heads = heads, names = names(betas), link = "softmax", predictors = eta, responses = said("response"),
                responses_named = names(betas), label = TRUE, outcome = "Probability of each class"))
  }
  if (kind == "mrelnet") {
    return(list(heads = heads, names = names(betas), link = "identity", predictors = eta, responses = eta,
                outcome = "Predicted values"))
  }
  if (kind == "coxnet") {
    return(list(heads = heads, link = "log", predictors = eta, responses = exp(eta), outcome = "Hazard ratio"))
  }
  link <- switch(kind, elnet = "identity", lognet = "logit", fishnet = "log", glmnetfit = glm_link(inner$family),
                 refuse("glmnet of the kind ", kind, " is not supported."))
  list(heads = heads, link = link, predictors = eta, responses = said("response"),
       outcome = if (kind == "lognet") paste0("Probability of \"", inner$classnames[2], "\"") else "Predicted mean")
}

#' What the penalty has left of a row of weights: columns of weight 0 are no part of the model.
penalised_head <- function(beta, book) {
  intercept <- if ("(Intercept)" %in% names(beta)) beta[["(Intercept)"]] else 0
  beta <- beta[names(beta) != "(Intercept)" & beta != 0]
  terms <- lapply(names(beta), function(name) {
    use(book, name, list(kind = "number"))
    list(column = name, weight = beta[[name]])
  })
  list(intercept = intercept, terms = terms)
}

# --------------------------------------------------------------------------------------------------------------------
# Fits of ordered and of several categories, and of survival

read_polr <- function(fit, frame, book) {
  link <- c(logistic = "logit", probit = "probit", cloglog = "cloglog", loglog = "loglog", cauchit = "cauchit")[[fit$method]]
  head <- linear_head(fit, stats::coef(fit), frame, book)
  if (length(fit$lev) < 3) refuse("polr of fewer than three categories.")
  # MASS calls Gumbel's own distribution loglog, and that of its mirror image cloglog.
  probability <- stats::predict(fit, frame, type = "probs")
  eta <- design_values(fit, stats::coef(fit), frame)
  list(heads = list(head), link = list(cumulative = link, categories = as.list(fit$lev), thresholds = as.list(unname(fit$zeta))),
       predictors = cbind(eta), responses = matrix(probability, nrow = nrow(frame)), responses_named = fit$lev, label = TRUE,
       outcome = "Probability of each category")
}

read_multinom <- function(fit, frame, book) {
  coefficients <- stats::coef(fit)
  probability <- stats::predict(fit, frame, type = "probs")
  if (!is.matrix(coefficients)) {
    head <- linear_head(fit, coefficients, frame, book)
    eta <- design_values(fit, coefficients, frame)
    # nnet says 0 and 1 beyond 15 on either side, where the probability itself is within 4e-7 of that.
    probability <- ifelse(abs(eta) > 15, stats::plogis(eta), as.numeric(probability))
    return(list(heads = list(head), link = "logit", predictors = cbind(eta), responses = cbind(probability), outcome = paste0("Probability of \"", fit$lev[2], "\"")))
  }
  heads <- c(list(list(intercept = 0, terms = list())),
             lapply(rownames(coefficients), function(row) linear_head(fit, coefficients[row, ], frame, book)))
  eta <- sapply(rownames(coefficients), function(row) design_values(fit, coefficients[row, ], frame))
  list(heads = heads, names = fit$lev, link = "softmax", predictors = cbind(0, matrix(eta, nrow = nrow(frame))),
       responses = matrix(probability, nrow = nrow(frame)), responses_named = fit$lev, label = TRUE,
       outcome = "Probability of each class")
}

read_coxph <- function(fit, frame, book, baseline) {
  specials <- attr(fit$terms, "specials")
  for (name in c("strata", "tt", "cluster", "frailty", "ridge", "pspline")) {
    if (length(specials[[name]])) {
      refuse("coxph with ", name, "() is not supported", if (name == "strata") ": its baseline differs from stratum to stratum." else ".")
    }
  }
  head <- linear_head(fit, stats::coef(fit), frame, book)
  # predict() counts from the mean of each column.
  eta <- as.numeric(stats::predict(fit, frame, type = "lp", reference = "sample"))
  plain <- design_values(fit, stats::coef(fit), frame)
  head$intercept <- head$intercept + stats::median(eta - plain, na.rm = TRUE)
  if (!baseline) {
    return(list(heads = list(head), link = "log", predictors = cbind(eta), responses = cbind(exp(eta)),
                outcome = "Hazard ratio, against a record at the means"))
  }
  if (!is.null(attr(fit$terms, "offset"))) refuse("coxph with an offset: its baseline can not be published.")
  # At the means, which is where eta is 0; R warns that no such record need exist.
  hazard <- suppressWarnings(survival::basehaz(fit, centered = TRUE))
  curves <- survival::survfit(fit, newdata = frame[stats::complete.cases(eta), , drop = FALSE])
  at <- match(hazard$time, curves$time)
  survived <- matrix(NA_real_, nrow(frame), length(at))
  survived[stats::complete.cases(eta), ] <- t(as.matrix(curves$surv))[, at]
  table <- lapply(seq_along(hazard$time), function(i) list(hazard$time[i], hazard$hazard[i]))
  list(heads = list(head), link = list(survival = list(baseline = table)), predictors = cbind(eta),
       responses = cbind(exp(eta), survived), outcome = "Hazard ratio, and survival at each time of the baseline")
}

read_survreg <- function(fit, frame, book) {
  head <- linear_head(fit, stats::coef(fit), frame, book)
  response <- as.numeric(stats::predict(fit, frame, type = "response"))
  link <- if (fit$dist %in% c("weibull", "exponential", "rayleigh", "lognormal", "loggaussian", "loglogistic")) "log" else "identity"
  list(heads = list(head), link = link, predictors = cbind(as.numeric(stats::predict(fit, frame, type = "lp"))),
       responses = cbind(response), outcome = "Predicted time")
}

# --------------------------------------------------------------------------------------------------------------------
# Smooths of mgcv

read_gam <- function(fit, frame, book) {
  if (is.list(fit$pterms) || NCOL(fit$linear.predictors) > 1) refuse("gam of several linear predictors is not supported.")
  if (!is.null(fit$call$offset)) refuse("The offset stands in an argument of its own, which predict() leaves out: write it into the formula, as offset(...).")
  coefficients <- stats::coef(fit)
  parts <- unlist(lapply(fit$smooth, smooth_parts, coefficients, book), recursive = FALSE)
  head <- linear_head(fit, coefficients[seq_len(fit$nsdf)], frame, book, parts)
  list(heads = list(head), link = glm_link(fit$family), predictors = cbind(as.numeric(stats::predict(fit, frame, type = "link"))),
       responses = cbind(as.numeric(stats::predict(fit, frame, type = "response"))),
       outcome = if (grepl("binomial", fit$family$family)) "Probability" else "Predicted mean")
}

#' A smooth's weighted basis columns. Of one column they are cubics between knots.
smooth_parts <- function(smooth, coefficients, book) {
  label <- smooth$label
  kind <- class(smooth)[1]
  own <- coefficients[smooth$first.para:smooth$last.para]
  if (kind == "random.effect" && length(smooth$term) == 1 && smooth$by == "NA" && !is.numeric(book$frame[[smooth$term]])) {
    category <- category_of(as.name(smooth$term), as.factor(book$frame[[smooth$term]]), book, label)
    return(lapply(seq_along(own), function(i) {
      list(weight = own[[i]], atoms = list(list(kind = "level", column = category$column, level = category$levels[i])))
    }))
  }
  knots <- if (length(smooth$term) > 1) NULL
  else if (kind == "tprs.smooth" && smooth$p.order[1] %in% c(0, 2)) as.numeric(smooth$Xu) + smooth$shift
  else if (kind == "cr.smooth") smooth$xp
  else if (kind == "pspline.smooth" && smooth$m[1] <= 2) smooth$knots
  if (smooth$by != "NA" && is.character(book$frame[[smooth$by]])) book$frame[[smooth$by]] <- factor(book$frame[[smooth$by]])
  if (is.null(knots)) refuse("The term \"", label, "\" is not supported: use smooths of one column, s(x, bs = \"cr\"), or products of columns.")
  factors <- list()
  given <- list()
  if (smooth$by != "NA") {
    by <- str2lang(smooth$by)
    level <- smooth$by.level
    if (is.null(level)) factors <- list(number_atom(by, book, label))
    else factors <- list(list(kind = "level", column = category_of(by, as.factor(book$frame[[smooth$by]]), book, label)$column, level = level))
    given[[smooth$by]] <- if (is.null(level)) 1 else factor(level, levels(book$frame[[smooth$by]]))
  }
  basis <- function(x) mgcv::PredictMat(smooth, as.data.frame(c(stats::setNames(list(x), smooth$term), given), optional = TRUE))
  columns <- piecewise(str2lang(smooth$term), basis, knots, 3, book, label)
  Map(function(weight, atom) list(weight = weight, atoms = c(list(atom), factors)), unname(own), columns)
}

# --------------------------------------------------------------------------------------------------------------------
# From a formula's terms to weighted columns. A column is an R expression over the frame, so that it can be checked.

terms_of <- function(fit) {
  terms <- stats::delete.response(if (inherits(fit, "gam")) fit$pterms else stats::terms(fit))
  if (inherits(fit, c("coxph", "polr")) && attr(terms, "intercept") == 0) attr(terms, "intercept") <- 1
  terms
}

model_frame <- function(fit, frame) {
  terms <- terms_of(fit)
  stats::model.frame(terms, frame, na.action = stats::na.pass, xlev = fit$xlevels)
}

design_of <- function(fit, frame) {
  terms <- terms_of(fit)
  held <- model_frame(fit, frame)
  list(matrix = stats::model.matrix(terms, held, contrasts.arg = fit$contrasts), frame = held, terms = terms)
}

#' R's own design matrix times the coefficients, with the offset.
design_values <- function(fit, coefficients, frame) {
  design <- design_of(fit, frame)
  coefficients <- coefficients[!is.na(coefficients)]
  as.numeric(design$matrix[, names(coefficients), drop = FALSE] %*% coefficients) + offset_values(design)
}

offset_values <- function(design) {
  at <- attr(design$terms, "offset")
  if (is.null(at)) return(0)
  Reduce(`+`, lapply(at, function(i) as.numeric(design$frame[[i]])))
}

linear_head <- function(fit, coefficients, frame, book, parts = list()) {
  design <- design_of(fit, frame)
  terms <- design$terms
  variables <- as.list(attr(terms, "variables"))[-1]
  # The same calls with what they learnt from the data, as predict() makes them.
  fitted <- as.list(attr(terms, "predvars"))[-1]
  if (length(fitted) == 0) fitted <- variables
  factors <- attr(terms, "factors")
  labels <- attr(terms, "term.labels")
  assign <- attr(design$matrix, "assign")
  contrasts <- attr(design$matrix, "contrasts")
  if (attr(terms, "intercept") == 0) factors <- without_intercept(factors, design$frame)
  intercept <- 0
  for (name in names(coefficients)) {
    weight <- coefficients[[name]]
    if (is.na(weight)) next
    if (name == "(Intercept)") {
      intercept <- intercept + weight
      next
    }
    at <- match(name, colnames(design$matrix))
    if (is.na(at)) refuse("The coefficient \"", name, "\" belongs to no column of the design.")
    label <- labels[assign[at]]
    # Which of the term's columns it is.
    column <- sum(assign[seq_len(at)] == assign[at])
    involved <- which(factors[, label] > 0)
    sides <- lapply(involved, function(i) {
      side_of(variables[[i]], factors[i, label], names(design$frame)[i], contrasts, design$frame[[i]], book, label, fitted[[i]])
    })
    # The first variable of a term runs fastest.
    rest <- column - 1
    product <- list(list(weight = weight, atoms = list()))
    for (side in sides) {
      chosen <- side[[rest %% length(side) + 1]]
      rest <- rest %/% length(side)
      product <- unlist(lapply(product, function(p) lapply(chosen, function(c) {
        list(weight = p$weight * c$weight, atoms = c(p$atoms, c$atoms))
      })), recursive = FALSE)
    }
    parts <- c(parts, product)
  }
  for (at in attr(terms, "offset")) {
    call <- variables[[at]]
    parts <- c(parts, list(list(weight = 1, atoms = list(number_atom(call[[2]], book, deparse1(call))))))
  }
  # An offset in an argument of its own: predict() looks it up in the frame, as it does those of the formula.
  own <- fit$call$offset
  if (!is.null(own)) parts <- c(parts, list(list(weight = 1, atoms = list(number_atom(own, book, deparse1(own))))))
  collect_terms(parts, intercept, book)
}

#' Without an intercept the first factor of the first term that has one gets an indicator per level, as in model.matrix.
without_intercept <- function(factors, frame) {
  categories <- vapply(frame, function(values) is.factor(values) || is.character(values) || is.logical(values), TRUE)
  for (j in seq_len(ncol(factors))) for (i in seq_len(nrow(factors))) {
    if (categories[i] && factors[i, j] > 0) {
      factors[i, j] <- 2
      return(factors)
    }
  }
  factors
}

# --------------------------------------------------------------------------------------------------------------------
# A variable of a term: the columns that its coding makes

#' One variable of a term: per design column a sum of weighted atoms.
side_of <- function(expression, coding, name, contrasts, values, book, label, fitted) {
  if (is.factor(values) || is.character(values) || is.logical(values)) {
    category <- category_of(expression, values, book, label)
    indicators <- lapply(category$levels, function(level) list(kind = "level", column = category$column, level = level))
    if (coding == 2) return(lapply(indicators, function(atom) list(list(weight = 1, atoms = list(atom)))))
    matrix <- contrasts[[name]]
    if (is.character(matrix)) matrix <- get(matrix, mode = "function")(category$levels)
    if (is.null(matrix)) refuse("The contrasts of \"", name, "\" are not known.")
    return(lapply(seq_len(ncol(matrix)), function(j) {
      weights <- as.numeric(matrix[, j])
      lapply(which(weights != 0), function(i) list(weight = weights[i], atoms = list(indicators[[i]])))
    }))
  }
  if (is.matrix(values)) {
    function_name <- called(expression)
    learnt <- as.list(fitted)
    if (function_name == "scale" && ncol(values) == 1 && is.numeric(learnt$center) + is.numeric(learnt$scale) > 0) {
      atom <- number_atom(expression[[2]], book, label)
      by <- if (is.numeric(learnt$scale)) learnt$scale else 1
      from <- if (is.numeric(learnt$center)) learnt$center else 0
      return(list(list(list(weight = 1 / by, atoms = list(atom)), list(weight = -from / by, atoms = list()))))
    }
    if (function_name == "poly") {
      given <- as.list(expression)[-1]
      unnamed <- sum(!names2(given) %in% c("raw", "degree", "simple"))
      # Unless it is named, the degree is one of them.
      if (unnamed > if ("degree" %in% names(given)) 1 else 2) {
        refuse("The term \"", label, "\": poly() of several columns is not supported. Write the products out.")
      }
      atom <- number_atom(given[[1]], book, label)
      powers <- if (is.null(learnt$coefs)) diag(ncol(values) + 1)[-1, , drop = FALSE] else orthogonal(learnt$coefs, ncol(values))
      return(lapply(seq_len(ncol(values)), function(k) {
        weights <- powers[k, ]
        lapply(which(weights != 0), function(i) list(weight = weights[i], atoms = rep(list(atom), i - 1)))
      }))
    }
    if (function_name %in% c("ns", "bs")) {
      here <- list2env(list(.call = as.call(c(list(getExportedValue("splines", function_name), quote(.x)), learnt[-(1:2)]))))
      basis <- function(x) suppressWarnings(eval(here$.call, list(.x = x)))
      degree <- if (function_name == "bs") attr(values, "degree") else 3
      columns <- piecewise(expression[[2]], basis, c(attr(values, "knots"), attr(values, "Boundary.knots")), degree, book, label)
      return(lapply(columns, function(atom) list(list(weight = 1, atoms = list(atom)))))
    }
    refuse("The term \"", label, "\" makes several columns (", deparse1(expression), "). Write them into the frame and use them as plain ones.")
  }
  list(list(list(weight = 1, atoms = list(number_atom(expression, book, label)))))
}

#' The name of the function that a call is of, without its package.
called <- function(expression) {
  if (!is.call(expression)) return("")
  if (is.call(expression[[1]])) as.character(expression[[1]])[3] else as.character(expression[[1]])
}

#' Columns of a basis that are polynomials between knots, as derived columns: which interval, and per interval the
#' polynomial in the distance from its start, found from as many values as it has coefficients.
piecewise <- function(expression, basis, knots, degree, book, label) {
  knots <- sort(unique(as.numeric(knots)))
  if (length(knots) > 200) {
    refuse("The term \"", label, "\" has a knot at each of ", length(knots), " values; a card can list 200. Use s(x, bs = \"cr\"), or fewer knots.")
  }
  x <- number_atom(expression, book, label)$column
  name <- gsub("\\s+", " ", label)
  widths <- c(diff(knots)[1], diff(knots), diff(knots)[length(knots) - 1])
  starts <- c(knots[1], knots)
  at <- (0:degree) / max(degree, 1)
  inside <- lapply(seq_along(starts), function(i) if (i == 1) starts[i] - at * widths[i] else starts[i] + at * widths[i])
  seen <- basis(unlist(inside))
  tables <- lapply(seq_along(starts), function(i) {
    rows <- (i - 1) * (degree + 1) + seq_len(degree + 1)
    sign <- if (i == 1) -1 else 1
    solve(outer(at, 0:degree, `^`), seen[rows, , drop = FALSE]) / (sign * widths[i])^(0:degree)
  })
  labels <- as.character(seq_along(starts))
  interval <- derive(book, paste0(name, ": interval"), "category",
                     as.call(list(function(v) labels[findInterval(v, knots) + 1], as.name(x))),
                     list(op = "bin", args = list(list(column = x)), edges = as.list(knots), closed = "left", labels = as.list(labels)),
                     levels = labels)
  look <- function(values) list(op = "lookup", args = list(list(column = interval)), rows = Map(list, labels, values, USE.NAMES = FALSE))
  distance <- derive(book, paste0(name, ": from knot"), "number",
                     as.call(list(function(v) v - starts[findInterval(v, knots) + 1], as.name(x))),
                     list(op = "subtract", args = list(list(column = x), look(starts))))
  lapply(seq_len(ncol(seen)), function(j) {
    powers <- vapply(tables, function(table) table[, j], numeric(degree + 1))
    json <- look(powers[degree + 1, ])
    for (k in rev(seq_len(degree))) {
      json <- list(op = "add", args = list(look(powers[k, ]), list(op = "multiply", args = list(list(column = distance), json))))
    }
    source <- as.call(list(function(v) {
      i <- findInterval(v, knots) + 1
      colSums(powers[, i, drop = FALSE] * outer(0:degree, v - starts[i], function(p, d) d^p))
    }, as.name(x)))
    list(kind = "number", column = derive(book, paste0(name, " ", j), "number", source, json, range = reach(source[[1]], knots, x, book)))
  })
}

#' The range of a smooth function of a column, over all that the column may hold.
reach <- function(f, knots, x, book) {
  ends <- range_of(book, x)
  values <- f(c(seq(ends[1], ends[2], length.out = 2000), knots[knots > ends[1] & knots < ends[2]]))
  spread(values, NULL, 0.05, signed = TRUE)
}

#' Orthogonal polynomials by powers: a row per degree, a column per power from 0. The recurrence of predict.poly.
orthogonal <- function(coefs, degree) {
  if (is.call(coefs)) coefs <- eval(coefs, baseenv())
  rows <- matrix(0, degree + 1, degree + 1)
  rows[1, 1] <- 1
  rows[2, 1:2] <- c(-coefs$alpha[1], 1)
  for (i in seq_len(degree)[-1]) {
    times_x <- c(0, rows[i, -(degree + 1)])
    rows[i + 1, ] <- times_x - coefs$alpha[i] * rows[i, ] - coefs$norm2[i + 1] / coefs$norm2[i] * rows[i - 1, ]
  }
  (rows / sqrt(coefs$norm2[-1]))[-1, , drop = FALSE]
}

names2 <- function(x) if (is.null(names(x))) rep("", length(x)) else names(x)

category_of <- function(expression, values, book, label) {
  inner <- expression
  while (is.call(inner) && as.character(inner[[1]])[1] %in% c("factor", "as.factor", "C", "ordered", "I", "relevel")) inner <- inner[[2]]
  if (is.call(inner) && is.logical(values)) {
    levels <- c("FALSE", "TRUE")
    column <- derive(book, deparse1(inner), "category", call("as.character", inner),
                     list(op = "lookup", args = list(translate(inner, book, label)$json), rows = list(list(0, "FALSE"), list(1, "TRUE"))),
                     levels = levels)
    return(list(column = column, levels = levels))
  }
  if (called(inner) == "cut") return(cut_of(inner, values, book, label))
  if (!is.name(inner) || !as.character(inner) %in% names(book$frame)) {
    refuse("The term \"", label, "\": ", deparse1(expression), " is a category of something else than a column. Write it into the frame as a column of its own.")
  }
  name <- as.character(inner)
  levels <- if (is.logical(values)) c("FALSE", "TRUE") else if (is.factor(values)) levels(values) else sort(unique(values))
  if (any(trimws(levels) != levels)) refuse("A level of \"", name, "\" begins or ends with white space, which a CSV's cells do not keep.")
  own <- book$frame[[name]]
  if (is.numeric(own)) {
    # A number by its value, however it is written.
    numbers <- suppressWarnings(as.numeric(levels))
    if (anyNA(numbers)) refuse("The term \"", label, "\": the levels of ", deparse1(expression), " are not the numbers of the column \"", name, "\".")
    use(book, name, list(kind = "number"))
    column <- derive(book, paste0(name, " (level)"), "category", call("as.character", inner),
                     list(op = "lookup", args = list(list(column = name)), rows = Map(function(n, l) list(n, l), numbers, levels, USE.NAMES = FALSE),
                          otherwise = "(other)"),
                     levels = levels)
    return(list(column = column, levels = levels))
  }
  before <- book$used[[name]]
  if (!is.null(before) && !identical(before$levels, levels)) refuse("The column \"", name, "\" is used with different levels.")
  use(book, name, list(kind = "category", levels = levels))
  list(column = name, levels = levels)
}

#' cut() at stated breaks. Beyond them there is no level, as in R.
cut_of <- function(call, values, book, label) {
  given <- match.call(cut.default, call)
  breaks <- tryCatch(sort(as.numeric(eval(given$breaks, baseenv()))), error = function(e) NULL)
  if (length(breaks) < 2) refuse("The term \"", label, "\": cut() needs its breaks written out, or a column in the frame that holds its result.")
  x <- number_atom(given$x, book, label)$column
  right <- if (is.null(given$right)) TRUE else eval(given$right, baseenv())
  levels <- levels(values)
  # The model knows the intervals that had a row; the rest is beyond them, as it is for predict().
  given$x <- numeric(0)
  every <- levels(eval(given, baseenv()))
  finite <- is.finite(breaks)
  ends <- c(if (finite[1]) "(below)", every, if (finite[length(breaks)]) "(above)")
  json <- list(op = "bin", args = list(list(column = x)), edges = as.list(breaks[finite]), closed = if (right) "right" else "left", labels = as.list(ends))
  if (isTRUE(eval(given$include.lowest, baseenv()))) {
    edge <- if (right) 1 else length(breaks)
    json <- list(op = "if", args = list(list(op = "equal", args = list(list(column = x), breaks[edge])),
                                        list(constant = every[if (right) 1 else length(every)]), json))
  }
  given$x <- as.name(x)
  column <- derive(book, deparse1(call), "category", call("as.character", given), json, levels = levels)
  list(column = column, levels = levels)
}

# --------------------------------------------------------------------------------------------------------------------
# R expressions in the language of derived columns

use <- function(book, name, how) if (is.null(book$used[[name]])) book$used[[name]] <- how

number_atom <- function(expression, book, label) {
  made <- translate(expression, book, label)
  if (is.character(made$json$column)) return(list(kind = "number", column = made$json$column))
  column <- derive(book, deparse1(strip(expression)), "number", strip(expression), made$json, whole = made$whole, unbounded = made$unbounded)
  list(kind = "number", column = column)
}

strip <- function(expression) {
  while (is.call(expression) && identical(expression[[1]], quote(I))) expression <- expression[[2]]
  expression
}

calls <- c(exp = "exp", expm1 = "expm1", log1p = "ln1p", log10 = "log10", log2 = "log2", sqrt = "sqrt", abs = "abs",
           floor = "floor", ceiling = "ceil", sign = "sign", sin = "sin", cos = "cos", tan = "tan", atan = "atan", tanh = "tanh")
logic <- c("&" = "and", "|" = "or", "!" = "not")
arithmetic <- c("+" = "add", "-" = "subtract", "*" = "multiply", "/" = "divide", "^" = "power", "%%" = "modulo")
comparisons <- c("<" = "less", "<=" = "lessOrEqual", ">" = "greater", ">=" = "greaterOrEqual", "==" = "equal", "!=" = "notEqual")

#' An R expression in the language of derived columns. Only what is listed here is read; nothing is guessed.
translate <- function(expression, book, label) {
  expression <- strip(expression)
  if (is.numeric(expression)) return(list(json = expression, whole = expression == round(expression), unbounded = FALSE))
  if (is.name(expression)) {
    name <- as.character(expression)
    if (name == "pi") return(list(json = pi, whole = FALSE, unbounded = FALSE))
    if (!name %in% names(book$frame)) refuse("The term \"", label, "\" uses \"", name, "\", which is no column of the frame.")
    values <- book$frame[[name]]
    if (is.logical(values)) {
      use(book, name, list(kind = "category", levels = c("FALSE", "TRUE")))
      return(list(json = list(op = "equal", args = list(list(column = name), list(constant = "TRUE"))), whole = TRUE, unbounded = FALSE))
    }
    if (!is.numeric(values)) refuse("The term \"", label, "\": \"", name, "\" is not a number.")
    use(book, name, list(kind = "number"))
    return(list(json = list(column = name), whole = is.integer(values), unbounded = FALSE))
  }
  if (!is.call(expression)) refuse("The term \"", label, "\" is not clear: ", deparse1(expression), ".")
  name <- as.character(expression[[1]])[1]
  given <- as.list(expression)[-1]
  args <- function() lapply(given, translate, book = book, label = label)
  if (name == "(" ) return(translate(given[[1]], book, label))
  if (name == "-" && length(given) == 1) {
    inner <- args()[[1]]
    return(list(json = list(op = "negate", args = list(inner$json)), whole = inner$whole, unbounded = inner$unbounded))
  }
  if (name == "ifelse" && length(given) == 3) {
    made <- args()
    return(list(json = list(op = "if", args = lapply(made, `[[`, "json")), whole = made[[2]]$whole && made[[3]]$whole,
                unbounded = made[[2]]$unbounded || made[[3]]$unbounded))
  }
  if (name %in% c("==", "!=", "%in%")) {
    made <- text_test(name, given, book)
    if (!is.null(made)) return(made)
  }
  if (name == "log") {
    base <- if (length(given) > 1) eval(given[[2]], baseenv()) else NULL
    given <- given[1]
    made <- list(op = "ln", args = list(args()[[1]]$json))
    if (!is.null(base)) made <- list(op = "divide", args = list(made, log(base)))
    return(list(json = made, whole = FALSE, unbounded = TRUE))
  }
  if (name %in% c("pmin", "pmax") && all(names2(given) == "")) {
    made <- args()
    return(list(json = list(op = sub("p", "", name), args = lapply(made, `[[`, "json")),
                whole = all(vapply(made, `[[`, TRUE, "whole")), unbounded = any(vapply(made, `[[`, TRUE, "unbounded"))))
  }
  if (name %in% c(names(calls), names(logic), names(arithmetic), names(comparisons)) && all(names2(given) == "")) {
    made <- args()
    whole <- all(vapply(made, `[[`, TRUE, "whole")) && name %in% c("+", "-", "*", "abs", names(logic), names(comparisons))
    if (name == "^" && is.numeric(made[[2]]$json) && made[[2]]$json == 2) {
      return(list(json = list(op = "square", args = list(made[[1]]$json)), whole = made[[1]]$whole, unbounded = made[[1]]$unbounded))
    }
    op <- c(calls, logic, arithmetic, comparisons)[[name]]
    return(list(json = list(op = op, args = lapply(made, `[[`, "json")), whole = whole,
                unbounded = any(vapply(made, `[[`, TRUE, "unbounded")) || name %in% c("/", "^", "log10", "log2", "log1p", "tan")))
  }
  if (name == "as.numeric" || name == "as.integer") {
    inner <- strip(given[[1]])
    if (name == "as.numeric" || is.call(inner) && as.character(inner[[1]]) %in% names(comparisons)) return(translate(inner, book, label))
  }
  refuse("The term \"", label, "\": ", deparse1(expression), " is not supported. Write it into the frame as a column of its own, and use that.")
}

#' A column of texts compared with texts: NULL where it is something else.
text_test <- function(name, given, book) {
  if (!is.name(given[[1]])) return(NULL)
  column <- as.character(given[[1]])
  values <- book$frame[[column]]
  texts <- tryCatch(eval(given[[2]], baseenv()), error = function(e) NULL)
  if (!(is.character(values) || is.factor(values)) || !is.character(texts)) return(NULL)
  use(book, column, list(kind = "category", levels = if (is.factor(values)) levels(values) else sort(unique(values))))
  tests <- lapply(texts, function(text) list(op = "equal", args = list(list(column = column), list(constant = text))))
  json <- if (length(tests) == 1) tests[[1]] else list(op = "or", args = tests)
  if (name == "!=") json <- list(op = "not", args = list(json))
  list(json = json, whole = TRUE, unbounded = FALSE)
}

#' Adds a derived column, or finds it. `source` is an R call that makes its values.
derive <- function(book, name, type, source, json, levels = NULL, whole = FALSE, unbounded = FALSE, range = NULL) {
  held <- Find(function(d) identical(d$column$expression, json) && d$column$type == type, book$derived)
  if (!is.null(held)) return(held$column$name)
  while (name %in% c(names(book$frame), names(book$derived))) name <- paste0(name, "'")
  column <- list(name = name, type = type, expression = json)
  if (type == "category") column$levels <- as.list(levels)
  values <- eval_derived(book, source)
  if (type == "number") {
    if (!is.null(range)) column$range <- as.list(range)
    else if (unbounded) column$range <- as.list(spread(values, NULL, book$margin))
    if (whole) column$step <- 1
  }
  book$derived[[name]] <- list(column = column, values = values)
  name
}

eval_derived <- function(book, source) {
  frame <- book$frame
  for (name in names(book$derived)) frame[[name]] <- book$derived[[name]]$values
  values <- eval(source, frame, baseenv())
  if (is.logical(values)) as.numeric(values) else values
}

# --------------------------------------------------------------------------------------------------------------------
# Products of columns

#' Products of atoms become terms: a number, a level, a product of numbers, of levels, or of both.
collect_terms <- function(parts, intercept, book) {
  terms <- list()
  for (part in parts) {
    atoms <- part$atoms
    levels <- unique(Filter(function(a) a$kind == "level", atoms))
    numbers <- Filter(function(a) a$kind == "number", atoms)
    of <- vapply(levels, `[[`, "", "column")
    # Two levels of one category exclude each other.
    if (anyDuplicated(of)) next
    if (length(atoms) == 0) {
      intercept <- intercept + part$weight
      next
    }
    term <- if (length(numbers) == 0 && length(levels) == 1) list(column = levels[[1]]$column, level = levels[[1]]$level)
    else if (length(numbers) == 1 && length(levels) == 0) list(column = numbers[[1]]$column)
    else if (length(numbers) == 0) crossed(levels, book)
    else list(column = product_of(numbers, levels, book))
    key <- paste(c(term$column, term$level), collapse = "\r")
    if (is.null(terms[[key]])) terms[[key]] <- c(term, weight = 0)
    terms[[key]]$weight <- terms[[key]]$weight + part$weight
  }
  list(intercept = intercept, terms = terms)
}

levels_of <- function(column, book) {
  if (!is.null(book$used[[column]])) book$used[[column]]$levels else unlist(book$derived[[column]]$column$levels)
}

crossed <- function(levels, book) {
  levels <- levels[order(vapply(levels, `[[`, "", "column"))]
  columns <- vapply(levels, `[[`, "", "column")
  every <- lapply(columns, levels_of, book = book)
  mark <- Find(function(m) !any(grepl(m, unlist(every), fixed = TRUE)), c(" & ", " | ", " && ", " ## "))
  all <- do.call(expand.grid, c(every, stringsAsFactors = FALSE))
  names <- apply(all, 1, paste, collapse = mark)
  if (length(names) > 2000) refuse("The interaction of ", paste(columns, collapse = " and "), " has ", length(names), " combinations; a category can have 2000.")
  args <- list(list(column = columns[1]))
  for (column in columns[-1]) args <- c(args, list(list(constant = mark), list(column = column)))
  source <- as.call(c(quote(paste), lapply(columns, as.name), sep = mark))
  column <- derive(book, paste(columns, collapse = " \u00d7 "), "category", source, list(op = "concat", args = args), levels = names)
  list(column = column, level = paste(vapply(levels, `[[`, "", "level"), collapse = mark))
}

product_of <- function(numbers, levels, book) {
  columns <- sort(vapply(numbers, `[[`, "", "column"))
  sources <- lapply(columns, as.name)
  json <- lapply(columns, function(column) list(column = column))
  # As doubles: R's integers overflow.
  source <- Reduce(function(a, b) call("*", a, b), sources[-1], call("as.numeric", sources[[1]]))
  body <- if (length(columns) == 1) json[[1]]
  else if (length(columns) == 2 && columns[1] == columns[2]) list(op = "square", args = json[1])
  else list(op = "multiply", args = json)
  name <- paste(columns, collapse = " \u00d7 ")
  whole <- all(vapply(columns, function(column) is.integer(book$frame[[column]]), TRUE))
  if (length(levels)) {
    tests <- lapply(levels, function(l) list(op = "equal", args = list(list(column = l$column), list(constant = l$level))))
    test <- if (length(tests) == 1) tests[[1]] else list(op = "and", args = tests)
    body <- list(op = "if", args = list(test, body, 0))
    name <- paste0(name, paste0(" [", vapply(levels, function(l) paste(l$column, "=", l$level), ""), "]", collapse = ""))
    for (l in levels) source <- call("*", source, call("==", call("as.character", as.name(l$column)), l$level))
  }
  derive(book, name, "number", source, body, whole = whole)
}

# --------------------------------------------------------------------------------------------------------------------
# Features: ranges, steps and levels, from the frame

feature_of <- function(book, name, labels, units) {
  how <- book$used[[name]]
  out <- list(name = name)
  if (name %in% names(labels)) out$label <- labels[[name]]
  if (how$kind == "category") {
    return(c(out, list(type = "category", levels = as.list(how$levels))))
  }
  values <- book$frame[[name]]
  step <- step_of(values, book)
  out$type <- if (identical(step, 1)) "integer" else "number"
  out$unit <- if (name %in% names(units)) units[[name]]
  out$range <- as.list(range_of(book, name))
  if (!is.null(step) && step != 1) out$step <- step
  out
}

#' What a column of numbers may hold: a feature's stated range, or what its values span and some more.
range_of <- function(book, name) {
  derived <- book$derived[[name]]
  if (!is.null(derived)) return(spread(derived$values, NULL, book$margin))
  if (!is.null(book$ranges[[name]])) return(book$ranges[[name]])
  values <- book$frame[[name]]
  spread(values, step_of(values, book), book$margin)
}

#' The step of a column: a power of ten of which every value is a multiple. NULL: the server picks one.
step_of <- function(values, book) {
  if (is.integer(values)) return(1)
  if (!isTRUE(book$steps)) return(NULL)
  seen <- values[is.finite(values)]
  if (length(seen) < 20) return(NULL)
  for (places in 0:6) if (all(abs(round(seen, places) - seen) <= 1e-9 * 10^-places)) return(10^-places)
  NULL
}

spread <- function(values, step, margin, signed = FALSE) {
  seen <- range(values[is.finite(values)])
  width <- diff(seen)
  if (width == 0) width <- max(abs(seen[1]), 1)
  ends <- c(seen[1] - margin * width, seen[2] + margin * width)
  if (seen[1] >= 0 && !signed) ends[1] <- max(ends[1], 0)
  places <- if (is.null(step)) 2 - floor(log10(width)) else round(-log10(step))
  round(c(floor(ends[1] * 10^places), ceiling(ends[2] * 10^places)) / 10^places, max(places, 0))
}

# --------------------------------------------------------------------------------------------------------------------
# Checks and verification: what the terms say of the frame, against what R says of it

#' Every row of the frame, from the terms that are written: what R says, or an error.
check_heads <- function(read, book) {
  compare(book, respond(read$link, read$predictors), read$responses)
  for (h in seq_along(read$heads)) {
    compare(book, cbind(head_values(read$heads[[h]], book)), read$predictors[, h, drop = FALSE])
  }
}

#' What one head's terms say of every row of the frame.
head_values <- function(head, book) {
  total <- rep(head$intercept, nrow(book$frame))
  for (term in head$terms) {
    values <- if (is.null(book$derived[[term$column]])) book$frame[[term$column]] else book$derived[[term$column]]$values
    if (!is.null(term$level)) values <- as.numeric(as.character(values) == term$level)
    total <- total + term$weight * values
  }
  total
}

compare <- function(book, said, expected) {
  told <- is.finite(expected)
  agrees <- abs(said - expected) <= 1e-8 * max(1, abs(expected[told]))
  off <- which(rowSums(told & (is.na(agrees) | !agrees)) > 0)
  if (length(off)) {
    refuse("The model file would not say what R says: row ", off[1], " of the frame (", length(off), " of ", nrow(book$frame),
           " rows). Was it the frame that the model was fitted on?")
  }
}

#' Responses by the link, as the model file means it.
respond <- function(link, eta) {
  inverse <- list(identity = identity, logit = stats::plogis, probit = stats::pnorm, cauchit = stats::pcauchy, log = exp,
                  cloglog = function(x) -expm1(-exp(x)), loglog = function(x) exp(-exp(-x)), inverse = function(x) 1 / x,
                  "inverse-square" = function(x) 1 / sqrt(x))
  if (identical(link, "softmax")) {
    parts <- exp(eta - apply(eta, 1, max))
    return(parts / rowSums(parts))
  }
  if (is.character(link)) return(inverse[[link]](eta))
  if (!is.null(link$power)) return(eta^(1 / link$power))
  if (!is.null(link$survival)) {
    hazard <- vapply(link$survival$baseline, `[[`, 0, 2)
    return(cbind(exp(eta), exp(-exp(eta) %*% t(hazard))))
  }
  below <- inverse[[link$cumulative]](outer(-as.numeric(eta), unlist(link$thresholds), `+`))
  cbind(below, 1) - cbind(0, below)
}

real_records_of <- function(read, book, wanted) {
  columns <- intersect(names(book$frame), names(book$used))
  good <- which(stats::complete.cases(book$frame[columns]) & rowSums(!is.finite(read$predictors)) == 0)
  if (length(good) == 0) return(NULL)
  chosen <- unique(good[round(seq(1, length(good), length.out = min(wanted, length(good))))])
  recorded(read, book, columns, chosen, read$link)
}

#' Rows of a book's frame as verification records.
recorded <- function(read, book, columns, chosen, link) {
  # By the link and not by predict(), which stops short of 0 and 1.
  responses <- as.matrix(respond(link, read$predictors))
  lapply(chosen, function(i) {
    record <- lapply(columns, function(name) {
      value <- book$frame[[name]][i]
      if (is.numeric(value)) value else as.character(value)
    })
    list(record = stats::setNames(record, columns), predictors = as.list(unname(read$predictors[i, ])),
         responses = as.list(unname(responses[i, ])))
  })
}

# --------------------------------------------------------------------------------------------------------------------
# Records that are made up, for everybody to verify the served model with; and what is published, in five lines

#' A frame like the model's own whose every published column is made up inside its range and its levels. Nothing is drawn from
#' the session's random numbers.
made_up <- function(book, features, wanted) {
  count <- 6 * max(wanted, 1)
  made <- book$frame[rep(1L, count), , drop = FALSE]
  rownames(made) <- NULL
  for (j in seq_along(features)) {
    feature <- features[[j]]
    values <- book$frame[[feature$name]]
    spread_out <- (seq_len(count) * (0.6180339887498949 + 0.7548776662466927 * j)) %% 1
    if (feature$type == "category") {
      first <- match(unlist(feature$levels), as.character(values))
      first <- first[!is.na(first)]
      made[[feature$name]] <- values[first[1 + floor(spread_out * length(first))]]
      next
    }
    told <- looked_up(lapply(book$derived, function(each) each$column$expression), feature$name)
    if (length(told)) {
      made[[feature$name]] <- told[1 + floor(spread_out * length(told))]
      next
    }
    ends <- as.numeric(unlist(feature$range))
    # The middle of the range: at its ends a model is as far from what it was fitted on as it can be.
    numbers <- ends[1] + diff(ends) * (0.25 + 0.5 * spread_out)
    places <- if (feature$type == "integer") 0 else max(0, 2 - floor(log10(diff(ends))))
    numbers <- round(numbers, places)
    made[[feature$name]] <- if (is.integer(values)) as.integer(numbers) else numbers
  }
  made
}

#' The values of a column of numbers that the model file itself names, where it tells them apart one by one.
looked_up <- function(expression, name) {
  if (!is.list(expression)) return(NULL)
  own <- if (identical(expression$op, "lookup") && identical(expression$args[[1]]$column, name)) {
    as.numeric(vapply(expression$rows, function(row) as.numeric(row[[1]]), 0))
  }
  unique(c(own, unlist(lapply(expression, looked_up, name))))
}

#' The made-up records that the terms and R agree about: what R says of them, and the frame that they stand in. NULL: none.
made_records <- function(read, book, features, wanted, again) {
  frame <- made_up(book, features, wanted)
  told <- told_of(frame, book, again)
  if (is.null(told)) {
    # R refuses a frame for one row of it that it cannot predict.
    takes <- vapply(seq_len(nrow(frame)), function(i) !is.null(told_of(frame[i, , drop = FALSE], book, again)), NA)
    if (any(takes)) told <- told_of(frame[takes, , drop = FALSE], book, again)
  }
  if (is.null(told)) return(NULL)
  own <- told$book
  said <- told$read
  said$predictors <- as.matrix(said$predictors)
  good <- rowSums(!is.finite(said$predictors)) == 0
  for (h in seq_along(said$heads)) {
    total <- head_values(said$heads[[h]], own)
    good <- good & !is.na(total) & abs(total - said$predictors[, h]) <= 1e-8 * pmax(1, abs(said$predictors[, h]))
  }
  responses <- as.matrix(suppressWarnings(respond(read$link, said$predictors)))
  usual <- max(1, abs(read$responses[is.finite(as.matrix(read$responses))]))
  # Far from what the model was fitted on an exponential has values that nobody would take for right.
  good <- good & rowSums(!is.finite(responses) | abs(responses) > 100 * usual) == 0
  list(read = said, book = own, rows = utils::head(unname(which(good)), wanted))
}

#' What R says of a frame, and a book about it; NULL where it refuses to.
told_of <- function(frame, book, again) {
  own <- new.env()
  for (name in c("margin", "steps", "ranges")) own[[name]] <- book[[name]]
  rownames(frame) <- NULL
  own$frame <- frame
  own$derived <- list()
  own$used <- list()
  own$direct <- character()
  read <- tryCatch(suppressWarnings(again(frame, own)), error = function(e) NULL)
  if (is.null(read)) NULL else list(read = read, book = own)
}

say_what_is_published <- function(file, real) {
  records <- length(file$verification)
  weights <- sum(vapply(file$heads, function(head) 1 + length(head$terms), 0))
  message("Published: title, description, ", length(file$features), " columns by name, with their ranges and levels.")
  message("Published: ", length(file$derived), " columns made of them, with their formulas.")
  message("Published: ", if (records == 0) "no verification record, so nobody can tell a wrong model from the right one."
          else if (real) paste0(records, " REAL rows of the frame with their predictors, since real_records = TRUE.")
          else paste0(records, " verification records with their predictors, made up inside the ranges and levels."))
  message("Private: ", weights, " numbers, the weights and the intercepts.")
  message("Private: ", if (real && records) "the other rows of the frame."
          else "every row of the frame, but for what ranges tell of the least and largest of a column.")
  if (is.null(file$quality)) message("Not said: how good it is. Pass quality = list(metric =, value =, on =).")
  unnamed <- Filter(function(feature) is.null(feature$label), file$features)
  if (length(unnamed)) {
    message("Not said: what ", length(unnamed), " columns mean. Pass labels = c(", unnamed[[1]]$name, " = \"...\").")
  }
}

# --------------------------------------------------------------------------------------------------------------------
# JSON. Numbers in the fewest digits, at most 17, that read back as the same double.

json <- function(value, indent = "") {
  inner <- paste0(indent, " ")
  if (is.list(value)) {
    if (length(value) == 0) return("[]")
    named <- !is.null(names(value))
    parts <- vapply(seq_along(value), function(i) {
      body <- json(value[[i]], inner)
      if (named) paste0(inner, json_text(names(value)[i]), ": ", body) else paste0(inner, body)
    }, "")
    ends <- if (named) c("{", "}") else c("[", "]")
    return(paste0(ends[1], "\n", paste(parts, collapse = ",\n"), "\n", indent, ends[2]))
  }
  if (length(value) != 1) return(json(as.list(value), indent))
  if (is.logical(value)) return(if (value) "true" else "false")
  if (is.numeric(value)) return(json_number(value))
  json_text(value)
}

json_number <- function(value) {
  if (!is.finite(value)) refuse("A weight, a range or a prediction is not a finite number.")
  for (digits in c(15, 16, 17)) {
    text <- formatC(as.numeric(value), digits = digits, format = "g", width = 1)
    if (as.numeric(text) == value) break
  }
  trimws(text)
}

json_text <- function(value) {
  value <- enc2utf8(as.character(value))
  value <- gsub("\\", "\\\\", value, fixed = TRUE)
  value <- gsub("\"", "\\\"", value, fixed = TRUE)
  for (code in 1:31) {
    value <- gsub(intToUtf8(code), sprintf("\\u%04x", code), value, fixed = TRUE)
  }
  paste0("\"", value, "\"")
}

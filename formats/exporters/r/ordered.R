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

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

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

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

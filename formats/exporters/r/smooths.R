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

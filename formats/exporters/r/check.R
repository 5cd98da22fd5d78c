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

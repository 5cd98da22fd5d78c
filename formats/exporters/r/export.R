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

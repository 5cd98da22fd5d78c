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

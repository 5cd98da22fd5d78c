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

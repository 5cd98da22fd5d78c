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

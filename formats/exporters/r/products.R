# --------------------------------------------------------------------------------------------------------------------
# Products of columns

#' Products of atoms become terms: a number, a level, a product of numbers, of levels, or of both.
collect_terms <- function(parts, intercept, book) {
  terms <- list()
  for (part in parts) {
    atoms <- part$atoms
    levels <- unique(Filter(function(a) a$kind == "level", atoms))
    numbers <- Filter(function(a) a$kind == "number", atoms)
    of <- vapply(levels, `[[`, "", "column")
    # Two levels of one category exclude each other.
    if (anyDuplicated(of)) next
    if (length(atoms) == 0) {
      intercept <- intercept + part$weight
      next
    }
    term <- if (length(numbers) == 0 && length(levels) == 1) list(column = levels[[1]]$column, level = levels[[1]]$level)
    else if (length(numbers) == 1 && length(levels) == 0) list(column = numbers[[1]]$column)
    else if (length(numbers) == 0) crossed(levels, book)
    else list(column = product_of(numbers, levels, book))
    key <- paste(c(term$column, term$level), collapse = "\r")
    if (is.null(terms[[key]])) terms[[key]] <- c(term, weight = 0)
    terms[[key]]$weight <- terms[[key]]$weight + part$weight
  }
  list(intercept = intercept, terms = terms)
}

levels_of <- function(column, book) {
  if (!is.null(book$used[[column]])) book$used[[column]]$levels else unlist(book$derived[[column]]$column$levels)
}

crossed <- function(levels, book) {
  levels <- levels[order(vapply(levels, `[[`, "", "column"))]
  columns <- vapply(levels, `[[`, "", "column")
  every <- lapply(columns, levels_of, book = book)
  mark <- Find(function(m) !any(grepl(m, unlist(every), fixed = TRUE)), c(" & ", " | ", " && ", " ## "))
  all <- do.call(expand.grid, c(every, stringsAsFactors = FALSE))
  names <- apply(all, 1, paste, collapse = mark)
  if (length(names) > 2000) refuse("The interaction of ", paste(columns, collapse = " and "), " has ", length(names), " combinations; a category can have 2000.")
  args <- list(list(column = columns[1]))
  for (column in columns[-1]) args <- c(args, list(list(constant = mark), list(column = column)))
  source <- as.call(c(quote(paste), lapply(columns, as.name), sep = mark))
  column <- derive(book, paste(columns, collapse = " \u00d7 "), "category", source, list(op = "concat", args = args), levels = names)
  list(column = column, level = paste(vapply(levels, `[[`, "", "level"), collapse = mark))
}

product_of <- function(numbers, levels, book) {
  columns <- sort(vapply(numbers, `[[`, "", "column"))
  sources <- lapply(columns, as.name)
  json <- lapply(columns, function(column) list(column = column))
  # As doubles: R's integers overflow.
  source <- Reduce(function(a, b) call("*", a, b), sources[-1], call("as.numeric", sources[[1]]))
  body <- if (length(columns) == 1) json[[1]]
  else if (length(columns) == 2 && columns[1] == columns[2]) list(op = "square", args = json[1])
  else list(op = "multiply", args = json)
  name <- paste(columns, collapse = " \u00d7 ")
  whole <- all(vapply(columns, function(column) is.integer(book$frame[[column]]), TRUE))
  if (length(levels)) {
    tests <- lapply(levels, function(l) list(op = "equal", args = list(list(column = l$column), list(constant = l$level))))
    test <- if (length(tests) == 1) tests[[1]] else list(op = "and", args = tests)
    body <- list(op = "if", args = list(test, body, 0))
    name <- paste0(name, paste0(" [", vapply(levels, function(l) paste(l$column, "=", l$level), ""), "]", collapse = ""))
    for (l in levels) source <- call("*", source, call("==", call("as.character", as.name(l$column)), l$level))
  }
  derive(book, name, "number", source, body, whole = whole)
}

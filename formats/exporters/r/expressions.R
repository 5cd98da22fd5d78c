# --------------------------------------------------------------------------------------------------------------------
# R expressions in the language of derived columns

use <- function(book, name, how) if (is.null(book$used[[name]])) book$used[[name]] <- how

number_atom <- function(expression, book, label) {
  made <- translate(expression, book, label)
  if (is.character(made$json$column)) return(list(kind = "number", column = made$json$column))
  column <- derive(book, deparse1(strip(expression)), "number", strip(expression), made$json, whole = made$whole, unbounded = made$unbounded)
  list(kind = "number", column = column)
}

strip <- function(expression) {
  while (is.call(expression) && identical(expression[[1]], quote(I))) expression <- expression[[2]]
  expression
}

calls <- c(exp = "exp", expm1 = "expm1", log1p = "ln1p", log10 = "log10", log2 = "log2", sqrt = "sqrt", abs = "abs",
           floor = "floor", ceiling = "ceil", sign = "sign", sin = "sin", cos = "cos", tan = "tan", atan = "atan", tanh = "tanh")
logic <- c("&" = "and", "|" = "or", "!" = "not")
arithmetic <- c("+" = "add", "-" = "subtract", "*" = "multiply", "/" = "divide", "^" = "power", "%%" = "modulo")
comparisons <- c("<" = "less", "<=" = "lessOrEqual", ">" = "greater", ">=" = "greaterOrEqual", "==" = "equal", "!=" = "notEqual")

#' An R expression in the language of derived columns. Only what is listed here is read; nothing is guessed.
translate <- function(expression, book, label) {
  expression <- strip(expression)
  if (is.numeric(expression)) return(list(json = expression, whole = expression == round(expression), unbounded = FALSE))
  if (is.name(expression)) {
    name <- as.character(expression)
    if (name == "pi") return(list(json = pi, whole = FALSE, unbounded = FALSE))
    if (!name %in% names(book$frame)) refuse("The term \"", label, "\" uses \"", name, "\", which is no column of the frame.")
    values <- book$frame[[name]]
    if (is.logical(values)) {
      use(book, name, list(kind = "category", levels = c("FALSE", "TRUE")))
      return(list(json = list(op = "equal", args = list(list(column = name), list(constant = "TRUE"))), whole = TRUE, unbounded = FALSE))
    }
    if (!is.numeric(values)) refuse("The term \"", label, "\": \"", name, "\" is not a number.")
    use(book, name, list(kind = "number"))
    return(list(json = list(column = name), whole = is.integer(values), unbounded = FALSE))
  }
  if (!is.call(expression)) refuse("The term \"", label, "\" is not clear: ", deparse1(expression), ".")
  name <- as.character(expression[[1]])[1]
  given <- as.list(expression)[-1]
  args <- function() lapply(given, translate, book = book, label = label)
  if (name == "(" ) return(translate(given[[1]], book, label))
  if (name == "-" && length(given) == 1) {
    inner <- args()[[1]]
    return(list(json = list(op = "negate", args = list(inner$json)), whole = inner$whole, unbounded = inner$unbounded))
  }
  if (name == "ifelse" && length(given) == 3) {
    made <- args()
    return(list(json = list(op = "if", args = lapply(made, `[[`, "json")), whole = made[[2]]$whole && made[[3]]$whole,
                unbounded = made[[2]]$unbounded || made[[3]]$unbounded))
  }
  if (name %in% c("==", "!=", "%in%")) {
    made <- text_test(name, given, book)
    if (!is.null(made)) return(made)
  }
  if (name == "log") {
    base <- if (length(given) > 1) eval(given[[2]], baseenv()) else NULL
    given <- given[1]
    made <- list(op = "ln", args = list(args()[[1]]$json))
    if (!is.null(base)) made <- list(op = "divide", args = list(made, log(base)))
    return(list(json = made, whole = FALSE, unbounded = TRUE))
  }
  if (name %in% c("pmin", "pmax") && all(names2(given) == "")) {
    made <- args()
    return(list(json = list(op = sub("p", "", name), args = lapply(made, `[[`, "json")),
                whole = all(vapply(made, `[[`, TRUE, "whole")), unbounded = any(vapply(made, `[[`, TRUE, "unbounded"))))
  }
  if (name %in% c(names(calls), names(logic), names(arithmetic), names(comparisons)) && all(names2(given) == "")) {
    made <- args()
    whole <- all(vapply(made, `[[`, TRUE, "whole")) && name %in% c("+", "-", "*", "abs", names(logic), names(comparisons))
    if (name == "^" && is.numeric(made[[2]]$json) && made[[2]]$json == 2) {
      return(list(json = list(op = "square", args = list(made[[1]]$json)), whole = made[[1]]$whole, unbounded = made[[1]]$unbounded))
    }
    op <- c(calls, logic, arithmetic, comparisons)[[name]]
    return(list(json = list(op = op, args = lapply(made, `[[`, "json")), whole = whole,
                unbounded = any(vapply(made, `[[`, TRUE, "unbounded")) || name %in% c("/", "^", "log10", "log2", "log1p", "tan")))
  }
  if (name == "as.numeric" || name == "as.integer") {
    inner <- strip(given[[1]])
    if (name == "as.numeric" || is.call(inner) && as.character(inner[[1]]) %in% names(comparisons)) return(translate(inner, book, label))
  }
  refuse("The term \"", label, "\": ", deparse1(expression), " is not supported. Write it into the frame as a column of its own, and use that.")
}

#' A column of texts compared with texts: NULL where it is something else.
text_test <- function(name, given, book) {
  if (!is.name(given[[1]])) return(NULL)
  column <- as.character(given[[1]])
  values <- book$frame[[column]]
  texts <- tryCatch(eval(given[[2]], baseenv()), error = function(e) NULL)
  if (!(is.character(values) || is.factor(values)) || !is.character(texts)) return(NULL)
  use(book, column, list(kind = "category", levels = if (is.factor(values)) levels(values) else sort(unique(values))))
  tests <- lapply(texts, function(text) list(op = "equal", args = list(list(column = column), list(constant = text))))
  json <- if (length(tests) == 1) tests[[1]] else list(op = "or", args = tests)
  if (name == "!=") json <- list(op = "not", args = list(json))
  list(json = json, whole = TRUE, unbounded = FALSE)
}

#' Adds a derived column, or finds it. `source` is an R call that makes its values.
derive <- function(book, name, type, source, json, levels = NULL, whole = FALSE, unbounded = FALSE, range = NULL) {
  held <- Find(function(d) identical(d$column$expression, json) && d$column$type == type, book$derived)
  if (!is.null(held)) return(held$column$name)
  while (name %in% c(names(book$frame), names(book$derived))) name <- paste0(name, "'")
  column <- list(name = name, type = type, expression = json)
  if (type == "category") column$levels <- as.list(levels)
  values <- eval_derived(book, source)
  if (type == "number") {
    if (!is.null(range)) column$range <- as.list(range)
    else if (unbounded) column$range <- as.list(spread(values, NULL, book$margin))
    if (whole) column$step <- 1
  }
  book$derived[[name]] <- list(column = column, values = values)
  name
}

eval_derived <- function(book, source) {
  frame <- book$frame
  for (name in names(book$derived)) frame[[name]] <- book$derived[[name]]$values
  values <- eval(source, frame, baseenv())
  if (is.logical(values)) as.numeric(values) else values
}

# --------------------------------------------------------------------------------------------------------------------
# A variable of a term: the columns that its coding makes

#' One variable of a term: per design column a sum of weighted atoms.
side_of <- function(expression, coding, name, contrasts, values, book, label, fitted) {
  if (is.factor(values) || is.character(values) || is.logical(values)) {
    category <- category_of(expression, values, book, label)
    indicators <- lapply(category$levels, function(level) list(kind = "level", column = category$column, level = level))
    if (coding == 2) return(lapply(indicators, function(atom) list(list(weight = 1, atoms = list(atom)))))
    matrix <- contrasts[[name]]
    if (is.character(matrix)) matrix <- get(matrix, mode = "function")(category$levels)
    if (is.null(matrix)) refuse("The contrasts of \"", name, "\" are not known.")
    return(lapply(seq_len(ncol(matrix)), function(j) {
      weights <- as.numeric(matrix[, j])
      lapply(which(weights != 0), function(i) list(weight = weights[i], atoms = list(indicators[[i]])))
    }))
  }
  if (is.matrix(values)) {
    function_name <- called(expression)
    learnt <- as.list(fitted)
    if (function_name == "scale" && ncol(values) == 1 && is.numeric(learnt$center) + is.numeric(learnt$scale) > 0) {
      atom <- number_atom(expression[[2]], book, label)
      by <- if (is.numeric(learnt$scale)) learnt$scale else 1
      from <- if (is.numeric(learnt$center)) learnt$center else 0
      return(list(list(list(weight = 1 / by, atoms = list(atom)), list(weight = -from / by, atoms = list()))))
    }
    if (function_name == "poly") {
      given <- as.list(expression)[-1]
      unnamed <- sum(!names2(given) %in% c("raw", "degree", "simple"))
      # Unless it is named, the degree is one of them.
      if (unnamed > if ("degree" %in% names(given)) 1 else 2) {
        refuse("The term \"", label, "\": poly() of several columns is not supported. Write the products out.")
      }
      atom <- number_atom(given[[1]], book, label)
      powers <- if (is.null(learnt$coefs)) diag(ncol(values) + 1)[-1, , drop = FALSE] else orthogonal(learnt$coefs, ncol(values))
      return(lapply(seq_len(ncol(values)), function(k) {
        weights <- powers[k, ]
        lapply(which(weights != 0), function(i) list(weight = weights[i], atoms = rep(list(atom), i - 1)))
      }))
    }
    if (function_name %in% c("ns", "bs")) {
      here <- list2env(list(.call = as.call(c(list(getExportedValue("splines", function_name), quote(.x)), learnt[-(1:2)]))))
      basis <- function(x) suppressWarnings(eval(here$.call, list(.x = x)))
      degree <- if (function_name == "bs") attr(values, "degree") else 3
      columns <- piecewise(expression[[2]], basis, c(attr(values, "knots"), attr(values, "Boundary.knots")), degree, book, label)
      return(lapply(columns, function(atom) list(list(weight = 1, atoms = list(atom)))))
    }
    refuse("The term \"", label, "\" makes several columns (", deparse1(expression), "). Write them into the frame and use them as plain ones.")
  }
  list(list(list(weight = 1, atoms = list(number_atom(expression, book, label)))))
}

#' The name of the function that a call is of, without its package.
called <- function(expression) {
  if (!is.call(expression)) return("")
  if (is.call(expression[[1]])) as.character(expression[[1]])[3] else as.character(expression[[1]])
}

#' Columns of a basis that are polynomials between knots, as derived columns: which interval, and per interval the
#' polynomial in the distance from its start, found from as many values as it has coefficients.
piecewise <- function(expression, basis, knots, degree, book, label) {
  knots <- sort(unique(as.numeric(knots)))
  if (length(knots) > 200) {
    refuse("The term \"", label, "\" has a knot at each of ", length(knots), " values; a card can list 200. Use s(x, bs = \"cr\"), or fewer knots.")
  }
  x <- number_atom(expression, book, label)$column
  name <- gsub("\\s+", " ", label)
  widths <- c(diff(knots)[1], diff(knots), diff(knots)[length(knots) - 1])
  starts <- c(knots[1], knots)
  at <- (0:degree) / max(degree, 1)
  inside <- lapply(seq_along(starts), function(i) if (i == 1) starts[i] - at * widths[i] else starts[i] + at * widths[i])
  seen <- basis(unlist(inside))
  tables <- lapply(seq_along(starts), function(i) {
    rows <- (i - 1) * (degree + 1) + seq_len(degree + 1)
    sign <- if (i == 1) -1 else 1
    solve(outer(at, 0:degree, `^`), seen[rows, , drop = FALSE]) / (sign * widths[i])^(0:degree)
  })
  labels <- as.character(seq_along(starts))
  interval <- derive(book, paste0(name, ": interval"), "category",
                     as.call(list(function(v) labels[findInterval(v, knots) + 1], as.name(x))),
                     list(op = "bin", args = list(list(column = x)), edges = as.list(knots), closed = "left", labels = as.list(labels)),
                     levels = labels)
  look <- function(values) list(op = "lookup", args = list(list(column = interval)), rows = Map(list, labels, values, USE.NAMES = FALSE))
  distance <- derive(book, paste0(name, ": from knot"), "number",
                     as.call(list(function(v) v - starts[findInterval(v, knots) + 1], as.name(x))),
                     list(op = "subtract", args = list(list(column = x), look(starts))))
  lapply(seq_len(ncol(seen)), function(j) {
    powers <- vapply(tables, function(table) table[, j], numeric(degree + 1))
    json <- look(powers[degree + 1, ])
    for (k in rev(seq_len(degree))) {
      json <- list(op = "add", args = list(look(powers[k, ]), list(op = "multiply", args = list(list(column = distance), json))))
    }
    source <- as.call(list(function(v) {
      i <- findInterval(v, knots) + 1
      colSums(powers[, i, drop = FALSE] * outer(0:degree, v - starts[i], function(p, d) d^p))
    }, as.name(x)))
    list(kind = "number", column = derive(book, paste0(name, " ", j), "number", source, json, range = reach(source[[1]], knots, x, book)))
  })
}

#' The range of a smooth function of a column, over all that the column may hold.
reach <- function(f, knots, x, book) {
  ends <- range_of(book, x)
  values <- f(c(seq(ends[1], ends[2], length.out = 2000), knots[knots > ends[1] & knots < ends[2]]))
  spread(values, NULL, 0.05, signed = TRUE)
}

#' Orthogonal polynomials by powers: a row per degree, a column per power from 0. The recurrence of predict.poly.
orthogonal <- function(coefs, degree) {
  if (is.call(coefs)) coefs <- eval(coefs, baseenv())
  rows <- matrix(0, degree + 1, degree + 1)
  rows[1, 1] <- 1
  rows[2, 1:2] <- c(-coefs$alpha[1], 1)
  for (i in seq_len(degree)[-1]) {
    times_x <- c(0, rows[i, -(degree + 1)])
    rows[i + 1, ] <- times_x - coefs$alpha[i] * rows[i, ] - coefs$norm2[i + 1] / coefs$norm2[i] * rows[i - 1, ]
  }
  (rows / sqrt(coefs$norm2[-1]))[-1, , drop = FALSE]
}

names2 <- function(x) if (is.null(names(x))) rep("", length(x)) else names(x)

category_of <- function(expression, values, book, label) {
  inner <- expression
  while (is.call(inner) && as.character(inner[[1]])[1] %in% c("factor", "as.factor", "C", "ordered", "I", "relevel")) inner <- inner[[2]]
  if (is.call(inner) && is.logical(values)) {
    levels <- c("FALSE", "TRUE")
    column <- derive(book, deparse1(inner), "category", call("as.character", inner),
                     list(op = "lookup", args = list(translate(inner, book, label)$json), rows = list(list(0, "FALSE"), list(1, "TRUE"))),
                     levels = levels)
    return(list(column = column, levels = levels))
  }
  if (called(inner) == "cut") return(cut_of(inner, values, book, label))
  if (!is.name(inner) || !as.character(inner) %in% names(book$frame)) {
    refuse("The term \"", label, "\": ", deparse1(expression), " is a category of something else than a column. Write it into the frame as a column of its own.")
  }
  name <- as.character(inner)
  levels <- if (is.logical(values)) c("FALSE", "TRUE") else if (is.factor(values)) levels(values) else sort(unique(values))
  if (any(trimws(levels) != levels)) refuse("A level of \"", name, "\" begins or ends with white space, which a CSV's cells do not keep.")
  own <- book$frame[[name]]
  if (is.numeric(own)) {
    # A number by its value, however it is written.
    numbers <- suppressWarnings(as.numeric(levels))
    if (anyNA(numbers)) refuse("The term \"", label, "\": the levels of ", deparse1(expression), " are not the numbers of the column \"", name, "\".")
    use(book, name, list(kind = "number"))
    column <- derive(book, paste0(name, " (level)"), "category", call("as.character", inner),
                     list(op = "lookup", args = list(list(column = name)), rows = Map(function(n, l) list(n, l), numbers, levels, USE.NAMES = FALSE),
                          otherwise = "(other)"),
                     levels = levels)
    return(list(column = column, levels = levels))
  }
  before <- book$used[[name]]
  if (!is.null(before) && !identical(before$levels, levels)) refuse("The column \"", name, "\" is used with different levels.")
  use(book, name, list(kind = "category", levels = levels))
  list(column = name, levels = levels)
}

#' cut() at stated breaks. Beyond them there is no level, as in R.
cut_of <- function(call, values, book, label) {
  given <- match.call(cut.default, call)
  breaks <- tryCatch(sort(as.numeric(eval(given$breaks, baseenv()))), error = function(e) NULL)
  if (length(breaks) < 2) refuse("The term \"", label, "\": cut() needs its breaks written out, or a column in the frame that holds its result.")
  x <- number_atom(given$x, book, label)$column
  right <- if (is.null(given$right)) TRUE else eval(given$right, baseenv())
  levels <- levels(values)
  # The model knows the intervals that had a row; the rest is beyond them, as it is for predict().
  given$x <- numeric(0)
  every <- levels(eval(given, baseenv()))
  finite <- is.finite(breaks)
  ends <- c(if (finite[1]) "(below)", every, if (finite[length(breaks)]) "(above)")
  json <- list(op = "bin", args = list(list(column = x)), edges = as.list(breaks[finite]), closed = if (right) "right" else "left", labels = as.list(ends))
  if (isTRUE(eval(given$include.lowest, baseenv()))) {
    edge <- if (right) 1 else length(breaks)
    json <- list(op = "if", args = list(list(op = "equal", args = list(list(column = x), breaks[edge])),
                                        list(constant = every[if (right) 1 else length(every)]), json))
  }
  given$x <- as.name(x)
  column <- derive(book, deparse1(call), "category", call("as.character", given), json, levels = levels)
  list(column = column, levels = levels)
}

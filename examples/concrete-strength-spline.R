# Fits concrete-strength-spline.json: a regression on hinges at public knots, which stays linear under encryption.
# Run in the project's folder: Rscript examples/concrete-strength-spline.R > examples/concrete-strength-spline.json
library(jsonlite)

d <- read.csv("public/samples/concrete.csv")
features <- fromJSON("server/models/concrete-strength.json", simplifyVector = FALSE)$features
names_of <- vapply(features, function(f) f$name, "")
y <- d$compressive_strength

# Knots at quantiles of the public sample: what a card says, it says to everybody.
knots <- lapply(setNames(names_of, names_of), function(n)
  unique(sort(as.numeric(round(quantile(d[[n]], seq(0.05, 0.95, length.out = 9), type = 1), 1)))))
columns <- unlist(lapply(names_of, function(n) lapply(knots[[n]], function(k) list(
  name = paste0(n, " over ", format(k, trim = TRUE)), of = n, knot = k))), recursive = FALSE)
X <- cbind(as.matrix(d[names_of]), vapply(columns, function(c) pmax(d[[c$of]] - c$knot, 0), numeric(nrow(d))))

ridge <- function(X, y, penalty) {
  centre <- colMeans(X)
  scale <- apply(X, 2, sd)
  Z <- sweep(sweep(X, 2, centre), 2, scale, "/")
  w <- as.numeric(solve(crossprod(Z) + penalty * diag(ncol(Z)), crossprod(Z, y - mean(y)))) / scale
  c(mean(y) - sum(w * centre), w)
}
penalty <- 0.01
set.seed(1)
fold <- sample(rep(1:5, length.out = nrow(d)))
r2 <- mean(vapply(1:5, function(k) {
  b <- ridge(X[fold != k, ], y[fold != k], penalty)
  at <- y[fold == k]
  1 - sum((at - b[1] - X[fold == k, ] %*% b[-1])^2) / sum((at - mean(at))^2)
}, 0))

b <- ridge(X, y, penalty)
all_names <- c(names_of, vapply(columns, function(c) c$name, ""))
shown <- c(1, 101, 501, 1001)
model <- list(
  `$schema` = "../public/model.schema.json",
  format = "blindscore-model/1",
  id = "concrete-strength-spline",
  version = "1.0.0",
  title = "Concrete strength, with bends",
  description = "A regression of the compressive strength of concrete on its mix and age that bends at public knots. An example model, not for decisions.",
  outcome = "Compressive strength, MPa",
  data = list(name = "Concrete Compressive Strength",
    source = "I-C. Yeh, UCI Machine Learning Repository, as packaged in the R package modeldata",
    licence = "CC BY 4.0", rows = nrow(d)),
  quality = list(metric = "R squared", value = r2, on = "five folds, each held out from fitting in turn"),
  features = features,
  derived = lapply(columns, function(c) list(name = c$name, type = "number", step = 0.1, expression = list(op = "max",
    args = list(list(op = "subtract", args = list(list(column = c$of), c$knot)), 0)))),
  heads = list(list(intercept = b[1], terms = lapply(seq_along(all_names), function(i)
    list(feature = all_names[i], weight = b[i + 1])))),
  link = "identity",
  tolerance = 1e-6,
  verification = lapply(shown, function(i) {
    p <- b[1] + sum(X[i, ] * b[-1])
    list(record = as.list(d[i, names_of]), predictors = list(p), responses = list(p))
  })
)
cat(toJSON(model, auto_unbox = TRUE, digits = NA, pretty = TRUE), "\n", sep = "")

# ---------------------------------------------------------------------------------------------------------------------
# scikit-learn: projections on axes


def _linear_map(book, columns, matrix, shift):
    """matrix (outputs × columns) · columns + shift."""
    columns = [book.column(c) for c in columns]
    return [_sum(zip(row, columns), b) for row, b in zip(np.asarray(matrix, dtype=float), shift)]


def _pca(step, columns, book):
    matrix = np.asarray(step.components_, dtype=float)
    mean = _or(getattr(step, "mean_", None), 0, matrix.shape[1])
    if getattr(step, "whiten", False):
        matrix = matrix / np.sqrt(step.explained_variance_)[:, None]
    return _linear_map(book, columns, matrix, -(matrix @ mean))


def _svd(step, columns, book):
    return _linear_map(book, columns, step.components_, np.zeros(len(step.components_)))


def _factors(step, columns, book):
    weighted = step.components_ / step.noise_variance_
    matrix = np.linalg.inv(np.eye(len(step.components_)) + weighted @ step.components_.T) @ weighted
    return _linear_map(book, columns, matrix, -(matrix @ step.mean_))


def _independent(step, columns, book):
    mean = _or(getattr(step, "mean_", None), 0, np.shape(step.components_)[1])
    return _linear_map(book, columns, step.components_, -(np.asarray(step.components_) @ mean))


def _discriminant_axes(step, columns, book):
    if step.solver not in ("svd", "eigen"):
        raise Refused("LinearDiscriminantAnalysis has no axes to project on with solver='lsqr'.")
    matrix = step.scalings_.T[: step._max_components]
    shift = -(matrix @ step.xbar_) if step.solver == "svd" else np.zeros(len(matrix))
    return _linear_map(book, columns, matrix, shift)

# ---------------------------------------------------------------------------------------------------------------------
# Polynomials in atoms. A monomial is a sorted tuple of atoms; a column is {monomial: coefficient}; () is the constant.
# Atoms are tuples, as references in expressions are:
#   ("n", name, fill)       a number of X, less its centre; fill takes the place of a missing cell (None: refused)
#   ("d", key)              a derived number, by its entry in the book
#   ("l", category, level)  1 where the category has the level, else 0


def _constant(value):
    return {(): float(value)}


def _sum(parts, constant=0.0):
    """Σ coefficient · column + constant, each coefficient rounded once."""
    gathered = {(): [float(constant)]}
    for coefficient, column in parts:
        coefficient = float(coefficient)
        for monomial, own in column.items():
            gathered.setdefault(monomial, []).append(coefficient * own)
    return {monomial: math.fsum(values) for monomial, values in gathered.items()}


def _scaled(column, factor, shift=0.0):
    return _sum([(factor, column)], shift)


def _times(a, b):
    """The product of two columns."""
    if len(a) * len(b) > 50 * MOST_COLUMNS:
        raise Refused("A product of two columns has more than a million terms.")
    out = {}
    for m, u in a.items():
        for n, v in b.items():
            both = _monomial(m, n)
            if both is not None:
                out.setdefault(both, []).append(u * v)
    return {monomial: math.fsum(values) for monomial, values in out.items()}


def _monomial(m, n):
    """The product of two monomials; None where two levels of one category exclude each other."""
    numbers = [atom for atom in m + n if atom[0] != "l"]
    held = {}
    for atom in m + n:
        if atom[0] == "l" and held.setdefault(atom[1], atom) != atom:
            return None
    return tuple(sorted(numbers + list(held.values()), key=repr))


def _quadratic(matrix, columns):
    """Σ matrix[i, j] · column i · column j, over the products of what the columns are made of."""
    basis = sorted({monomial for column in columns for monomial in column}, key=repr)
    if len(basis) * (len(basis) + 1) // 2 > MOST_COLUMNS:
        raise Refused("Squares and products of %d columns are more than %d." % (len(basis), MOST_COLUMNS))
    parts = np.array([[column.get(monomial, 0.0) for monomial in basis] for column in columns])
    square = parts.T @ np.asarray(matrix, dtype=float) @ parts
    out = {}
    for i, m in enumerate(basis):
        for j in range(i, len(basis)):
            both = _monomial(m, basis[j])
            if both is not None and (square[i, j] or square[j, i]):
                out.setdefault(both, []).append(square[i, j] + (square[j, i] if i != j else 0.0))
    return {monomial: math.fsum(values) for monomial, values in out.items()}


def _single_category(columns):
    """The category that all columns are functions of, with no other atom in them; else None."""
    held = {atom[1] if atom[0] == "l" else None for column in columns for m in column for atom in m}
    return held.pop() if len(held) == 1 and all(len(m) < 2 for c in columns for m in c) else None


class _Raw:
    """A column of X that nothing has touched but an imputer: `fill` stands in the place of its missing cells."""

    def __init__(self, name, fill=None):
        self.name = name
        self.fill = fill

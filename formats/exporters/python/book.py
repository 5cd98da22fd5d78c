# ---------------------------------------------------------------------------------------------------------------------
# The book: what is known of X, and which derived columns and categories are in use


class _Book:
    def __init__(self, X, margin, steps, ranges, labels, units, fill_digits=None):
        self.fill_digits = fill_digits
        # Whether a number that stands in for missing cells was rounded.
        self.rounds = False
        self.margin = margin
        self.steps = steps
        self.ranges = ranges
        self.labels = labels
        self.units = units
        self.values = _columns_of(X)
        self.given = X
        self.names = list(self.values)
        self.rows = len(next(iter(self.values.values()))[0]) if self.names else 0
        if not self.rows:
            raise Refused("X has no rows or no columns.")
        for named in (steps if isinstance(steps, dict) else {}, ranges, labels, units):
            for name in named:
                if name not in self.values:
                    raise Refused('X has no column "%s".' % name)
        self.derived = {}
        self.categories = {}
        self.cache = {}
        self.centres = {}
        self.measured = {}

    # Columns of X

    def kind(self, name):
        values, kind = self.values[name]
        if values is None:
            raise Refused('Column "%s" holds %s. Only numbers, truth values and texts can be scored.' % (name, kind))
        return kind

    def column(self, raw):
        """A column that the model uses as a number."""
        if isinstance(raw, dict):
            return raw
        kind = self.kind(raw.name)
        if kind == "text":
            raise Refused('Column "%s" holds texts, and the model uses it as a number. Encode it first.' % raw.name)
        if kind == "bool":
            return {(("l", self.text(raw, ["False", "True"], "refuse"), "True"),): 1.0}
        atom = ("n", raw.name, None if raw.fill is None else float(raw.fill))
        return {(atom,): 1.0, (): float(self.centre(raw.name))}

    def centre(self, name):
        """
        What is taken off a number before it is multiplied: the middle of its range where the range is far from zero,
        so that a product keeps its digits. It is public, and says no more than the range does.
        """
        if name not in self.centres:
            low, high = self.range_of(name)
            middle, width = (low + high) / 2, high - low
            self.centres[name] = 0.0 if abs(middle) <= width else _rounded(middle, width, math.floor, 1)
        return self.centres[name]

    def range_of(self, name, *more):
        if name in self.ranges:
            return tuple(float(end) for end in self.ranges[name])
        return self.spread(self.values[name][0], self.step_of(name), more)

    def stand_in(self, name, value):
        """What stands in for a column's missing cells, at so many digits of what the column spans."""
        values = self.values[name][0]
        values = values[np.isfinite(values)]
        if self.fill_digits is None or not len(values) or not math.isfinite(value):
            return value
        width = float(values.max() - values.min()) or abs(value) or 1.0
        rounded = _rounded(value, width, round, self.fill_digits)
        self.rounds = self.rounds or rounded != value
        return rounded

    def spread(self, values, step, more=()):
        values = np.concatenate([values, np.asarray(more, dtype=float)])
        values = values[np.isfinite(values)]
        if not len(values):
            return 0.0, 1.0
        low, high = float(values.min()), float(values.max())
        width = high - low or abs(high) or 1.0
        start, end = low - self.margin * width, high + self.margin * width
        if low >= 0:
            start = max(start, 0.0)
        if step is not None:
            return _grid(start, step, math.floor), _grid(end, step, math.ceil)
        return _rounded(start, width, math.floor, 3), _rounded(end, width, math.ceil, 3)

    def step_of(self, name, *more):
        """The declared step of a number, or None: then the server picks one that rounding cannot hurt."""
        values, kind = self.values[name]
        if isinstance(self.steps, dict) and name in self.steps:
            return float(self.steps[name])
        if kind == "integer":
            return 1.0 if all(_places(v) == 0 for v in more) else None
        if self.steps is not True:
            return None
        if name not in self.measured:
            self.measured[name] = _most_places(values)
        places = max([self.measured[name]] + [_places(v) for v in more])
        return 10.0**-places if places <= 6 else None

    # Values on X, for the ranges of derived columns

    def at(self, reference):
        if reference not in self.cache:
            self.cache[reference] = self._at(reference)
        return self.cache[reference]

    def _at(self, reference):
        if reference[0] in ("n", "raw"):
            values, kind = self.values[reference[1]]
            if reference[0] == "n" and reference[2] is not None:
                values = np.where(np.isnan(values), reference[2], values)
            if kind == "bool":
                return np.array(["True" if v else "False" for v in values], dtype=object)
            return values
        if reference[0] == "d":
            return _evaluate(self.derived[reference[1]]["expression"], self.at, self.rows)
        entry = self.categories[reference[1]]
        if entry["source"] is not None:
            values = self.at(("raw", entry["source"]))
        else:
            values = _evaluate(entry["expression"], self.at, self.rows)
        fill = entry["fill"]
        return values if fill is None else np.array([fill if v is None else v for v in values], dtype=object)

    # Expressions

    def expression(self, column):
        """A column as an expression."""
        terms = []
        column = self.plain(column)
        constant = column.get((), 0.0)
        for monomial, coefficient in column.items():
            if monomial and coefficient:
                alone = len(monomial) == 1 and monomial[0][0] != "l"
                body = {"column": monomial[0]} if alone else self.body(monomial)
                terms.append(body if coefficient == 1 else _op("multiply", coefficient, body))
        if constant or not terms:
            if len(terms) == 1:
                return _op("subtract", terms[0], -constant) if constant < 0 else _op("add", terms[0], constant)
            terms.append(constant)
        return terms[0] if len(terms) == 1 else _op("add", *terms)

    def body(self, monomial):
        numbers = [self.factor(atom) for atom in monomial if atom[0] != "l"]
        tests = [_op("equal", {"column": ("c", a[1])}, {"constant": a[2]}) for a in monomial if a[0] == "l"]
        if len(numbers) == 2 and numbers[0] == numbers[1]:
            product = _op("square", numbers[0])
        elif numbers:
            product = numbers[0] if len(numbers) == 1 else _op("multiply", *numbers)
        else:
            product = 1
        if not tests:
            return product
        return _op("if", tests[0] if len(tests) == 1 else _op("and", *tests), product, 0)

    def factor(self, atom):
        if atom[0] == "d" or not self.centre(atom[1]):
            return {"column": atom}
        return _op("subtract", {"column": atom}, self.centre(atom[1]))

    # What is not affine

    def apply(self, template, columns, name, *, test=False, bounded=True):
        """
        A function of columns: `template` makes its expression from theirs. A function of one category's indicators is
        only a table over its levels, and needs no public column.
        test: its values are 1 and 0. bounded: it is finite wherever its columns are in their ranges.
        """
        category = _single_category(columns)
        if category is not None or all(set(column) <= {()} for column in columns):
            levels = [] if category is None else self.categories[category]["levels"]
            rows = [[c.get((), 0.0) for c in columns]]
            rows += [[c.get((), 0.0) + c.get((("l", category, level),), 0.0) for c in columns] for level in levels]
            table = np.array(rows).T
            places = [{"column": i} for i in range(len(columns))]
            values = _evaluate(template(*places), lambda i: table[i], len(rows))
            if not np.all(np.isfinite(values)):
                raise Refused('"%s" has no value for every level.' % name)
            out = {(("l", category, level),): v - values[0] for level, v in zip(levels, values[1:]) if v != values[0]}
            out[()] = values[0]
            return out
        expression = template(*[self.expression(column) for column in columns])
        if test:
            return self.test(expression, name)
        key = repr(expression)
        if key not in self.derived:
            if len(self.derived) >= MOST_COLUMNS:
                raise Refused("The model needs more than %d derived columns." % MOST_COLUMNS)
            self.derived[key] = {"name": name, "expression": expression, "whole": False, "range": None}
            if not bounded:
                self.derived[key]["range"] = self.spread(self.at(("d", key)), None, self.swept(expression))
        return {(("d", key),): 1.0}

    def test(self, expression, name):
        """The column that is 1 where an expression is true: the indicator of a category of "yes" and "no"."""
        answer = {"op": "lookup", "args": [expression], "rows": [[0.0, "no"], [1.0, "yes"]]}
        return {(("l", self.category(answer, name, ["no", "yes"]), "yes"),): 1.0}

    def swept(self, expression):
        """A function of one number of X, over the whole of that number's range."""
        references = {reference for reference, _ in _references(expression)}
        if len(references) != 1 or next(iter(references))[0] != "n":
            return ()
        (reference,) = references
        values = np.linspace(*self.range_of(reference[1]), 501)
        swept = _evaluate(expression, lambda _: values, len(values))
        return swept[np.isfinite(swept)]

    def said(self, column):
        """What a column is called in the name of what is derived from it."""
        if isinstance(column, _Raw):
            return column.name
        atoms = sorted({atom for m in column for atom in m}, key=repr)
        if len(atoms) == 1 and atoms[0][0] == "n":
            return atoms[0][1]
        if len(atoms) == 1 and atoms[0][0] == "d":
            return self.derived[atoms[0][1]]["name"]
        names = list(dict.fromkeys(self.atom_name(atom) for atom in atoms))
        return "(%s)" % ", ".join(names[:3] + (["…"] if len(names) > 3 else []))

    def atom_name(self, atom):
        if atom[0] == "n":
            return atom[1]
        return self.derived[atom[1]]["name"] if atom[0] == "d" else self.categories[atom[1]]["name"]

    # Categories

    def text(self, raw, levels, unknown):
        """The category that a column of texts is. Levels that an encoder refuses are not levels of the column."""
        fill = None if raw.fill is None else _level(raw.fill)
        key = ("text", raw.name, fill)
        cleaned = [_level(level) for level in levels]
        if fill is not None and fill not in cleaned:
            cleaned = cleaned + [fill]
        if len(set(cleaned)) != len(cleaned):
            raise Refused('Two levels of "%s" differ only in white space or in how they are written.' % raw.name)
        held = self.categories.get(key)
        if held is None:
            held = {"name": raw.name, "source": raw.name, "fill": fill, "levels": cleaned, "unknown": unknown}
            self.categories[key] = held
        elif unknown == "refuse" and held["unknown"] == "refuse":
            held["levels"] = [level for level in held["levels"] if level in set(cleaned)]
        elif unknown == "refuse":
            held["levels"], held["unknown"] = cleaned, "refuse"
        elif held["unknown"] != "refuse":
            held["levels"] = held["levels"] + [level for level in cleaned if level not in set(held["levels"])]
        return key

    def category(self, expression, name, levels, unknown="refuse", fill=None):
        key = ("derived", repr(expression), unknown, fill)
        if len(levels) > MOST_LEVELS:
            raise Refused('"%s" has %d levels; a category can have %d.' % (name, len(levels), MOST_LEVELS))
        if key not in self.categories:
            self.categories[key] = {
                "name": name,
                "source": None,
                "expression": expression,
                "fill": fill,
                "levels": list(levels),
                "unknown": unknown,
            }
        return key

    def levels(self, raw, categories, unknown):
        """
        Per member of `categories` the column that is 1 where `raw` equals it. A missing member stands for missing
        cells. `unknown` is "refuse", or "reference" (all of them 0).
        """
        present = [value for value in categories if not _is_missing(value)]
        gone = len(present) < len(categories)
        if isinstance(raw, dict):
            raw = self.untouched(raw) or raw
        if isinstance(raw, dict):
            if gone or unknown == "reference":
                raise Refused("An encoder after other transformers can neither ignore unknown nor take missing values.")
            said = self.said(raw)
            return [self.apply(lambda x, v=v: _op("equal", x, float(v)), [raw], "%s = %s" % (said, _level(v)), test=True)
                    for v in present]  # fmt: skip
        if gone and raw.fill is not None:
            gone = False
        if self.kind(raw.name) in ("text", "bool"):
            source = _Raw(raw.name, MISSING_LEVEL) if gone else raw
            key = self.text(source, present + ([MISSING_LEVEL] if gone else []), unknown)
        else:
            # A number by its value, however it is written.
            rows = [[float(value), _level(value)] for value in present]
            reference = ("raw", raw.name) if gone else ("n", raw.name, None if raw.fill is None else float(raw.fill))
            expression = {"op": "lookup", "args": [{"column": reference}], "rows": rows, "otherwise": "(other)"}
            levels = [row[1] for row in rows]
            if gone:
                tested = _op("missing", {"column": reference})
                expression = _op("if", tested, {"constant": MISSING_LEVEL}, expression)
                levels.append(MISSING_LEVEL)
            key = self.category(expression, "%s (level)" % raw.name, levels, unknown)
        return [{(("l", key, MISSING_LEVEL if _is_missing(value) else _level(value)),): 1.0} for value in categories]

    def untouched(self, column):
        """The column of X that a polynomial is, if it is one as it stands."""
        atoms = [m for m in column if m and column[m]]
        if len(atoms) == 1 and len(atoms[0]) == 1 and atoms[0][0][0] == "n" and column[atoms[0]] == 1:
            _, name, fill = atoms[0][0]
            if column.get((), 0.0) == self.centre(name):
                return _Raw(name, fill)
        return None

    def bins(self, column, edges, name, labels=None, missing=None):
        """Per interval between ascending edges, closed on the left, the column that is 1 in it; then that for missing."""
        edges = [float(edge) for edge in edges]
        if _single_category([column]) is not None:
            ends = [-math.inf] + edges + [math.inf]
            return [
                self.apply(lambda x, a=a, b=b: _op("and", _op("greaterOrEqual", x, a), _op("less", x, b)), [column], name)
                for a, b in zip(ends[:-1], ends[1:])
            ]
        labels = labels or _interval_labels(edges)
        expression = self.expression(column)
        if missing is not None:
            expression = _kept(expression)
        expression = {"op": "bin", "args": [expression], "edges": edges, "closed": "left", "labels": labels}
        key = self.category(expression, name, labels + ([missing] if missing else []), fill=missing)
        return [{(("l", key, label),): 1.0} for label in labels + ([missing] if missing else [])]

    def plain(self, head):
        """A head with its numbers uncentred wherever they stand alone."""
        extra = [
            -coefficient * self.centre(m[0][1]) for m, coefficient in head.items() if len(m) == 1 and m[0][0] == "n"
        ]
        out = dict(head)
        out[()] = math.fsum([head.get((), 0.0)] + extra)
        for monomial, coefficient in out.items():
            if not math.isfinite(coefficient):
                raise Refused("A weight is not a finite number.")
        return out


def _interval_labels(edges):
    if not edges:
        return ["all"]
    middle = ["%s to below %s" % (_short(a), _short(b)) for a, b in zip(edges[:-1], edges[1:])]
    labels = ["below %s" % _short(edges[0])] + middle + ["%s and above" % _short(edges[-1])]
    if len(set(labels)) < len(labels):
        labels = ["%d: %s" % (i + 1, label) for i, label in enumerate(labels)]
    return labels

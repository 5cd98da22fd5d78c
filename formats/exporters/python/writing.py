# ---------------------------------------------------------------------------------------------------------------------
# Writing: the members of the model file that the book and the heads make


class _Writing:
    """How a book and its heads become members of a model file."""

    def __init__(self, book):
        self.book = book

    def written(self, result):
        """The members `features`, `derived`, `heads`, `link` and what goes with it."""
        heads = [self.book.plain(head) for head in result.heads]
        products = {}
        for head in heads:
            for monomial in head:
                if len(monomial) > 1 and all(atom[0] == "l" for atom in monomial):
                    products.setdefault(tuple(a[1] for a in monomial), {})[tuple(a[2] for a in monomial)] = None
        for categories, levels in products.items():
            products[categories] = self.crossed(categories, list(levels))
        for head in heads:
            for monomial in head:
                if len(monomial) > 1 and any(atom[0] != "l" for atom in monomial):
                    self.product(monomial)

        used = self.reached(heads, products)
        names = _Namer(self.book.names)
        policies = self.policies(used)
        where = {}
        features = [self.feature(name, policies[name], used) for name in self.book.names if name in policies]
        derived = []
        for name in self.book.names:
            for reference in policies.get(name, ()):
                where[reference] = name
                if self.keeps(name, policies[name]) and reference[0] != "raw":
                    fill = reference[2] if reference[0] == "n" else self.book.categories[reference[1]]["fill"]
                    where[reference] = names.fresh("%s (%s)" % (name, "present" if fill is None else "filled"))
                    derived.append(self.policy_column(name, reference, where[reference]))
        for reference in used["derived"]:
            entry = self.entry(reference)
            where[reference] = names.fresh(entry["name"])
            derived.append(self.derived_column(entry, where[reference], where, reference))

        file = {"features": features}
        if derived:
            file["derived"] = derived
        file["heads"] = []
        for i, head in enumerate(heads):
            terms = []
            for monomial, weight in head.items():
                if monomial:
                    term = {"feature": where[self.target(monomial, products)]}
                    if all(atom[0] == "l" for atom in monomial):
                        crossed = products.get(tuple(a[1] for a in monomial))
                        term["level"] = monomial[0][2] if len(monomial) == 1 else crossed[1][tuple(a[2] for a in monomial)]
                    terms.append({**term, "weight": weight})
            written = {"intercept": head.get((), 0.0), "terms": terms}
            if result.names is not None:
                written = {"name": result.names[i], **written}
            file["heads"].append(written)
        file["link"] = result.link
        if result.response_names is not None:
            file["responses"] = result.response_names
        if result.label:
            file["label"] = True
        return file

    def crossed(self, categories, combinations):
        """The category that several categories make together, and the name of each combination of their levels."""
        every = [level for levels in combinations for level in levels]
        mark = next(m for m in (" & ", " | ", " && ", " ## ") if not any(m in level for level in every))
        arguments = [{"column": ("c", key)} for key in categories]
        joined = [part for argument in arguments for part in ({"constant": mark}, argument)][1:]
        names = {levels: mark.join(levels) for levels in combinations}
        name = " × ".join(self.book.categories[key]["name"] for key in categories)
        key = self.book.category(_op("concat", *joined), name, list(names.values()), unknown="reference")
        return key, names

    def product(self, monomial):
        """The derived column of a product with a number in it."""
        key = ("product",) + monomial
        if key not in self.book.derived:
            if len(self.book.derived) >= MOST_COLUMNS:
                raise Refused("The model needs more than %d products of columns." % MOST_COLUMNS)
            numbers = [a for a in monomial if a[0] != "l"]
            powers = ["%s^%d" % (n, len(list(g))) for n, g in itertools.groupby(self.book.atom_name(a) for a in numbers)]
            names = [p[:-2] if p.endswith("^1") else p for p in powers]
            names += ["[%s = %s]" % (self.book.atom_name(a), a[2]) for a in monomial if a[0] == "l"]
            steps = [self.atom_step(a) for a in numbers]
            places = None if None in steps else sum(_places(step) for step in steps)
            if places is not None and self.extent(numbers) * 10.0**places > 2.0**45:
                # Too many steps for a slot: the server picks a coarser one that rounding cannot hurt.
                places = None
            self.book.derived[key] = {
                "name": " × ".join(names),
                "expression": self.book.body(monomial),
                "whole": places == 0,
                "range": None,
                "step": 10.0**-places if places else None,
            }
        return key

    def extent(self, atoms):
        """How large a product of numbers can be."""
        sizes = []
        for atom in atoms:
            ends = self.book.range_of(atom[1]) if atom[0] == "n" else self.book.spread(self.book.at(atom), None)
            centre = self.book.centre(atom[1]) if atom[0] == "n" else 0.0
            sizes.append(max(abs(end - centre) for end in ends))
        return math.prod(sizes)

    def atom_step(self, atom):
        if atom[0] == "d":
            return 1.0 if self.book.derived[atom[1]]["whole"] else None
        step = self.book.step_of(atom[1], *([] if atom[2] is None else [atom[2]]))
        return step if step is not None and step <= 1 and _places(self.book.centre(atom[1])) <= _places(step) else None

    def target(self, monomial, products):
        """What a term of this monomial names: a reference."""
        if len(monomial) == 1:
            return ("c", monomial[0][1]) if monomial[0][0] == "l" else monomial[0]
        if all(atom[0] == "l" for atom in monomial):
            return ("c", products[tuple(a[1] for a in monomial)][0])
        return ("d", ("product",) + monomial)

    def entry(self, reference):
        return self.book.derived[reference[1]] if reference[0] == "d" else self.book.categories[reference[1]]

    def reached(self, heads, products):
        """Which references the heads use, directly or through derived columns."""
        used = {"derived": [], "direct": set(), "raw": {}}
        seen = set()

        def visit(reference, through):
            if reference[0] in ("n", "raw"):
                used["raw"].setdefault(reference[1], {}).setdefault(reference, set()).add(through)
                return
            if reference[0] == "c" and self.book.categories[reference[1]]["source"] is not None:
                used["raw"].setdefault(self.book.categories[reference[1]]["source"], {}).setdefault(reference, set()).add(through)
                return
            if reference in seen:
                return
            seen.add(reference)
            entry = self.entry(reference)
            for inner, way in _references(entry["expression"]):
                # A column with a declared step needs one in what it is made of.
                visit(inner, "term" if entry.get("step") or entry.get("whole") and inner[0] == "n" else way)
            used["derived"].append(reference)

        for head in heads:
            for monomial in head:
                if monomial:
                    visit(self.target(monomial, products), "term")
        return used

    def policies(self, used):
        """Per column of X the ways in which its missing cells are treated: references, in order."""
        return {name: list(ways) for name, ways in used["raw"].items()}

    def keeps(self, name, references):
        """
        Whether a missing cell stays missing in the column itself, and is stood in for in columns made of it: where that is done in
        several ways, and where a whole number would have to be no whole one.
        """
        if len(references) > 1 or references[0][0] == "raw":
            return True
        fill = references[0][2] if references[0][0] == "n" else None
        return fill is not None and self.book.values[name][1] == "integer" and _places(fill) > 0

    def feature(self, name, references, used):
        kind = self.book.kind(name)
        kept = self.keeps(name, references)
        base = {"name": name}
        if name in self.book.labels:
            base["label"] = self.book.labels[name]
        if kind in ("text", "bool"):
            held = [self.book.categories[r[1]] for r in references if r[0] == "c"]
            values = self.book.at(("raw", name))
            levels = list(dict.fromkeys(level for entry in held for level in entry["levels"]))
            refuses = any(entry["unknown"] == "refuse" for entry in held)
            if not refuses:
                levels += sorted({v for v in values if v is not None and v not in set(levels)})
            if len(levels) > MOST_LEVELS:
                raise Refused('"%s" has %d levels; a category can have %d.' % (name, len(levels), MOST_LEVELS))
            base.update(type="category", levels=levels)
            if not refuses:
                base["unknown"] = "reference"
            if kept:
                base["missing"] = "keep"
            elif held[0]["fill"] is not None:
                base["missing"] = {"impute": held[0]["fill"]}
            return base
        fills = [r[2] for r in references if r[0] == "n" and r[2] is not None]
        ways = set().union(*used["raw"][name].values())
        step = self.book.step_of(name, *([] if kept else fills))
        low, high = self.book.range_of(name, *fills)
        if ways <= {"bin"}:
            edges = self.edges_of(name, used)
            if edges and name not in self.book.ranges:
                # No value beyond the outer edges changes its bin: cells out there are read as the end of the range.
                unit = step or 10.0 ** math.floor(math.log10(max(abs(e) for e in edges) or 1))
                low, high = min(low, _grid(edges[0] - unit, unit, math.floor)), max(high, _grid(edges[-1] + unit, unit, math.ceil))
                base["outside"] = "clamp"
        whole = step == 1 and (self.book.values[name][1] == "integer" or "term" in ways)
        number = {"name": name, **({"label": base["label"]} if "label" in base else {})}
        number["type"] = "integer" if whole else "number"
        if name in self.book.units:
            number["unit"] = self.book.units[name]
        number["range"] = [_json_number(low), _json_number(high)]
        if step is not None and not whole and ways & {"term"}:
            number["step"] = _json_number(step)
        if kept:
            number["missing"] = "keep"
        elif fills:
            number["missing"] = {"impute": _json_number(fills[0])}
        if "outside" in base:
            number["outside"] = base["outside"]
        return number

    def edges_of(self, name, used):
        edges = []
        for reference in used["derived"]:
            for part in _parts(self.entry(reference)["expression"]):
                if part.get("op") == "bin" and part["args"][0].get("column", ("",))[:2] in (("n", name), ("raw", name)):
                    edges += part["edges"]
        return sorted(edges)

    def policy_column(self, name, reference, written):
        if reference[0] == "n":
            out = {"name": written, "type": "number", "expression": {"column": name}}
            if reference[2] is not None:
                out["expression"] = _op("coalesce", {"column": name}, _json_number(reference[2]))
            step = self.book.step_of(name, *([] if reference[2] is None else [reference[2]]))
            if step is not None:
                out["step"] = _json_number(step)
            return out
        entry = self.book.categories[reference[1]]
        expression = {"column": name}
        if entry["fill"] is not None:
            expression = _op("coalesce", expression, {"constant": entry["fill"]})
        return {
            "name": written,
            "type": "category",
            "expression": expression,
            "levels": entry["levels"],
            **({"unknown": "reference"} if entry["unknown"] == "reference" else {}),
        }

    def derived_column(self, entry, name, where, reference):
        expression = _resolved(entry["expression"], where)
        if reference[0] == "c":
            out = {"name": name, "type": "category", "expression": expression, "levels": entry["levels"]}
            if entry["unknown"] == "reference":
                out["unknown"] = "reference"
            if entry["fill"] is not None:
                out["missing"] = {"impute": entry["fill"]}
            return out
        out = {"name": name, "type": "number", "expression": expression}
        if entry["range"] is not None:
            out["range"] = [_json_number(end) for end in entry["range"]]
        if entry["whole"]:
            out["step"] = 1
        elif entry.get("step"):
            out["step"] = _json_number(entry["step"])
        return out


class _Namer:
    def __init__(self, taken):
        self.taken = set(taken)

    def fresh(self, wish):
        wish = wish if len(wish) <= 180 else wish[:179] + "…"
        name, n = wish, 1
        while name in self.taken:
            n += 1
            name = "%s (%d)" % (wish, n)
        self.taken.add(name)
        return name

# ---------------------------------------------------------------------------------------------------------------------
# Decimals: places, steps and round ends, exactly


def _most_places(values):
    """The decimal places that all values have at most; infinite where they are more than 6, or too few tell."""
    values = values[np.isfinite(values)]
    for places in range(7):
        # A whole number over a power of ten is the double nearest to that decimal, which is how a cell is read.
        if len(values) >= 20 and np.all(np.rint(values * 10.0**places) / 10.0**places == values):
            return places
    return math.inf


def _places(value):
    """The decimal places of a double's shortest text."""
    exponent = _decimal(value)[1]
    return max(0, -exponent)


def _decimal(value):
    """(digits, exponent) of a double's shortest text."""
    mantissa, _, exponent = repr(float(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    return int(whole + fraction), int(exponent or 0) - len(fraction)


def _exact(value):
    digits, exponent = _decimal(value)
    return Fraction(digits) * Fraction(10) ** exponent


def _json_number(value):
    """Whole numbers without a point."""
    value = float(value)
    return int(value) if value == int(value) and abs(value) < 2**53 else value


def _grid(value, step, round):
    """The multiple of a power of ten at or beyond a value, exactly."""
    step = _exact(step)
    return float(round(_exact(value) / step) * step)


def _rounded(value, width, round, digits):
    """A value at `digits` digits of a width."""
    exponent = math.floor(math.log10(width)) - digits + 1
    unit = Fraction(10) ** exponent
    return float(round(_exact(value) / unit) * unit)


def _short(value):
    return "%.6g" % value

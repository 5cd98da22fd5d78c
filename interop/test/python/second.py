"""python-paillier's formats on Python's integers alone, written from its documentation: a second implementation, for tests.

open KEYS FILE   prints the numbers of a file, as a JSON list of their reprs, record by record as they stand
seal KEYS        encrypts the JSON list of number literals on standard input, to a file of one record
"""
import base64
import json
import math
import random
import sys
from fractions import Fraction


def load(path):
    with open(path) as file:
        value = json.load(file)
    return json.loads(value) if isinstance(value, str) else value


def integer(text):
    return int.from_bytes(base64.urlsafe_b64decode(text + '=' * (-len(text) % 4)), 'big')


def factors(keys):
    if 'private_key' in keys:
        return int(keys['private_key']['p']), int(keys['private_key']['q'])
    return integer(keys['p']), integer(keys['q'])


def encode(value, n):
    if isinstance(value, int):
        return value % n, 0
    exponent = math.floor((math.frexp(value)[1] - 53) / 4)
    scaled = Fraction(value) / Fraction(16) ** exponent
    assert scaled.denominator == 1 and abs(scaled) <= n // 3 - 1
    return int(scaled) % n, exponent


def decode(plaintext, exponent, n):
    mantissa = plaintext if plaintext <= n // 3 - 1 else plaintext - n
    if abs(mantissa) > n // 3 - 1:
        raise OverflowError
    return mantissa * 16 ** exponent if exponent >= 0 else mantissa / 16 ** -exponent


def main(verb, key_path, *rest):
    p, q = factors(load(key_path))
    n = p * q
    if verb == 'seal':
        values = []
        for literal in json.load(sys.stdin):
            value = int(literal) if literal.lstrip('+-').isdigit() else float(literal)
            plaintext, exponent = encode(value, n)
            r = random.SystemRandom().randrange(1, n)
            values.append((str(pow(n + 1, plaintext, n * n) * pow(r, n, n * n) % (n * n)), exponent))
        print(json.dumps({'public_key': {'n': n}, 'values': values}))
        return
    phi = (p - 1) * (q - 1)

    def number(value):
        c, e = (value['v'], value['e']) if isinstance(value, dict) else value
        plaintext = (pow(int(c), phi, n * n) - 1) // n * pow(phi, -1, n) % n
        return repr(decode(plaintext, int(e), n))

    def each(value):
        alone = isinstance(value, dict) or isinstance(value[0], (str, int))
        return number(value) if alone else [each(inner) for inner in value]

    file = load(rest[0])
    assert file.get('public_key', file.get('pubkey', {'n': n}))['n'] == n
    print(json.dumps(each(file.get('values', file))))


main(*sys.argv[1:])

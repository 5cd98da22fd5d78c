"""Times native GMP's modular multiplication. Prints JSON: per width, microseconds by method and round."""

import json
import sys
import time

try:
    import gmpy2
except ImportError:
    print(json.dumps({"absent": "python3 has no gmpy2 (Debian: apt-get install python3-gmpy2)"}))
    sys.exit(0)


def one_round(run, items, sample):
    """Microseconds per item over one round of at least `sample` seconds."""
    runs = 0
    started = time.perf_counter()
    while True:
        run()
        runs += 1
        took = time.perf_counter() - started
        if took >= sample:
            return 1e6 * took / (runs * items)


def product(a, b, n, count):
    """`count` products, one after the other: the loop costs some 0.03 microseconds each."""
    for _ in range(count):
        a = a * b % n
    return a


def main():
    rounds, sample = int(sys.argv[1]), float(sys.argv[2]) / 1000
    widths = [int(width) for width in sys.argv[3:]]
    state = gmpy2.random_state(time.time_ns())
    batch, steps = 1000, 2048
    tasks = []
    for bits in widths:
        n = gmpy2.bit_set(gmpy2.bit_set(gmpy2.mpz_urandomb(state, bits), bits - 1), 0)
        a, b = gmpy2.mpz_random(state, n), gmpy2.mpz_random(state, n)
        if product(a, b, n, 3) != a * gmpy2.powmod(b, 3, n) % n:
            sys.exit("GMP's product is wrong.")
        tasks.append((bits, "product", lambda a=a, b=b, n=n: product(a, b, n, batch), batch))
        e = gmpy2.mpz(1) << steps
        tasks.append((bits, "power", lambda a=a, e=e, n=n: gmpy2.powmod(a, e, n), steps))
    taken = {(bits, name): [] for bits, name, _, _ in tasks}
    for _ in range(rounds):
        for bits, name, run, items in tasks:
            taken[bits, name].append(one_round(run, items, sample))
    rows = [{"bits": bits, "method": name, "samples": samples} for (bits, name), samples in taken.items()]
    print(json.dumps({"version": gmpy2.mp_version(), "rows": rows}))


main()

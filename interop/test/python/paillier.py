"""The same verbs as second.py by python-paillier itself, and the files of fixtures/, which it wrote.

open KEYS FILE, seal KEYS   see second.py
make FOLDER                 writes the fixtures anew, with a new key
"""
import json
import os
import subprocess
import sys

from phe import paillier, util


def load(path):
    with open(path) as file:
        value = json.load(file)
    return json.loads(value) if isinstance(value, str) else value


def private_key(keys):
    if 'private_key' in keys:
        p, q = keys['private_key']['p'], keys['private_key']['q']
    else:
        p, q = util.base64_to_int(keys['p']), util.base64_to_int(keys['q'])
    return paillier.PaillierPrivateKey(paillier.PaillierPublicKey(p * q), p, q)


def opened(key, value):
    if isinstance(value, dict):
        value = (value['v'], value['e'])
    if not isinstance(value[0], (str, int)):
        return [opened(key, inner) for inner in value]
    number = paillier.EncryptedNumber(key.public_key, int(value[0]), int(value[1]))
    return repr(key.decrypt(number))


def sealed(public, values):
    numbers = [public.encrypt(value) for value in values]
    return {'public_key': {'n': public.n}, 'values': [(str(x.ciphertext()), x.exponent) for x in numbers]}


def parsed(literals):
    return [int(literal) if literal.lstrip('+-').isdigit() else float(literal) for literal in literals]


numbers = ['0', '1', '-1', '24', '0.1', '-0.1', '1e-20', '-2.5e30', '1740.2934756990095', '123456789012345678901234567890',
           '-7', '0.0', '4.9e-39', '3.141592653589793', '-1e150', '1e-130']
salary = [-0.39767402941730684, 469.3641357603204, -185.674425099286, 17.209947648800735]
intercept = 969.2177123106585


def make(folder):
    def write(name, value):
        with open(os.path.join(folder, name), 'w') as file:
            json.dump(value, file)

    def pheutil(*words):
        return subprocess.run([sys.executable, '-m', 'phe.command_line', *words], check=True, capture_output=True).stdout

    private = os.path.join(folder, 'private.jwk')
    public = os.path.join(folder, 'public.jwk')
    pheutil('genpkey', '--keysize', '2048', private)
    pheutil('extract', private, public)
    key = private_key(load(private))
    n, phi = key.public_key.n, (key.p - 1) * (key.q - 1)
    jwk = load(private)
    older = {name: value for name, value in jwk.items() if name not in ('p', 'q')}
    older['lambda'] = util.int_to_base64(phi)
    older['mu'] = util.int_to_base64(pow(phi, -1, n))
    write('private-lambda.jwk', older)
    write('keys.json', {'public_key': {'n': n}, 'private_key': {'p': key.p, 'q': key.q}})
    write('numbers.json', sealed(key.public_key, parsed(numbers)))
    write('numbers-expected.json', [repr(value) for value in parsed(numbers)])
    record = sealed(key.public_key, [24, 4, 6, 1])
    write('data.json', json.dumps(record))
    values = [paillier.EncryptedNumber(key.public_key, int(c), e) for c, e in record['values']]
    total = sum(weight * value for weight, value in zip(salary, values))
    for name, answer in (('answer.json', total), ('answer-intercept.json', total + intercept)):
        pair = (str(answer.ciphertext()), answer.exponent)
        write(name, json.dumps({'pubkey': {'n': n}, 'values': pair}))
    # With "--" for a negative number, one file after the other, as a shell appends them.
    with open(os.path.join(folder, 'pheutil.txt'), 'wb') as file:
        for number in ('24', '4', '6', '1'):
            file.write(pheutil('encrypt', public, '--', number))


def main(verb, first, *rest):
    if verb == 'make':
        make(first)
    elif verb == 'seal':
        print(json.dumps(sealed(private_key(load(first)).public_key, parsed(json.load(sys.stdin)))))
    else:
        file = load(rest[0])
        print(json.dumps(opened(private_key(load(first)), file.get('values', file))))


main(*sys.argv[1:])

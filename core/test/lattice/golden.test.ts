import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { toHex } from '../../number/bytes.ts'
import { fieldBytes, noiseBits, parametersFor } from '../../protocol/lattice/parameters.ts'
import { sha256 } from '../sources.ts'
import { engines, scoreBy } from './support.ts'

/**
 * The bytes of the scheme at full size, which the specification states: a change of any of them is another scheme, and needs
 * another name (`core/README.md`, "The lattice scheme").
 */
type Bytes = Uint8Array<ArrayBuffer>

// The paper pads its tables.
const text = readFileSync(new URL('../../README.md', import.meta.url), 'utf8').replace(/ +/g, ' ')

test.each(engines)('keys, requests and answers are those of the specification (%s)', async (_, owner, scoring) => {
  const parameters = parametersFor(8192, 39, 38)
  if (parameters === null) throw new Error('no such parameters')
  const { kept, dropped, slots, floodBits } = parameters
  expect(text).toContain(`| kept primes | ${kept.join(', ')} |`)
  expect(text).toContain(`| dropped primes | ${dropped.join(', ')} |`)
  expect(text).toContain(`| K, b | ${slots}, ${floodBits} |`)
  const key = owner.key(parameters, new Uint8Array(32).fill(1))
  const maskKey = key.maskKey()
  const polynomials = new Uint8Array(fieldBytes([...kept, ...dropped], 64))
  const [seed, errorSeed, randomness] = [2, 3, 4].map((byte) => new Uint8Array(32).fill(byte)) as [Bytes, Bytes, Bytes]
  const place = (_input: number, rows: Float64Array) => {
    for (let i = 0; i < rows.length; i++) rows[i] = (i * 7) % 85
  }
  key.encrypt({ seed, errorSeed, coefficients: 64, maxima: [84], place }, polynomials)
  const heads = [{ weights: Float64Array.of(-13343726), offset: 2n ** 38n }]
  const answer = scoreBy(scoring, { parameters, seed, coefficients: 64, polynomials, maskKey, heads, randomness })
  const digests = await Promise.all([maskKey, polynomials, answer].map((bytes) => sha256(bytes).then(toHex)))
  for (const digest of digests) expect(text).toContain(digest)
})

test('the value that the specification works by hand', () => {
  const message = 333272466028n
  const noise = -4711n
  const phase = message * 2n ** BigInt(noiseBits) + noise
  expect(text).toContain(`333272466028·2^16 − 4711 = ${phase}`)
  expect((phase + 2n ** 15n) >> 16n).toBe(message)
})

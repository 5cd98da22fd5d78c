import { generateKeyPairSync } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import Papa from 'papaparse'
import { makeEncoder } from '../core/card/encode.ts'
import { toHex } from '../core/number/bytes.ts'
import { slotsPerCiphertext } from '../core/protocol/paillier/layout.ts'
import { offsetPlaintext } from '../core/protocol/scoring.ts'
import { type CompiledModel, compileModel } from '../model/compile.ts'
import { parseModelFile } from '../model/modelFile.ts'
import type { Material } from './material.ts'
import { inRoot } from './root.ts'

/** The model and the records that ship with the package, under a fresh key. */
export async function makeMaterial(keyBits: number): Promise<Material> {
  const model = compileModel(parseModelFile(await readFile(inRoot('server/models/credit-default.json'), 'utf8')))
  const [head] = model.heads
  if (!head) throw new Error('The model has no head.')
  const { card } = model
  const [p, q] = primes(keyBits)
  return {
    keyBits,
    p,
    q,
    model: card.id,
    slotBits: card.slotBits,
    scaleBits: card.scaleBits,
    tolerance: card.tolerance,
    weights: [...head.weights],
    constant: String(head.constant),
    offset: toHex(offsetPlaintext(head, card.slotBits, slotsPerCiphertext(card.slotBits, keyBits), keyBits / 8)),
    limits: card.inputs.map((input) => input.max),
    integers: await integersOf(model),
  }
}

/** Two primes of half the size each, in hexadecimal: those of an RSA key. */
function primes(keyBits: number): [string, string] {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: keyBits })
  const { p, q } = privateKey.export({ format: 'jwk' })
  const hex = (text: string | undefined) => Buffer.from(text ?? '', 'base64url').toString('hex')
  return [hex(p), hex(q)]
}

async function integersOf({ card }: CompiledModel): Promise<number[]> {
  const text = await readFile(inRoot('public/samples/credit.csv'), 'utf8')
  const { data } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true })
  const encoder = makeEncoder(card)
  return data.flatMap((row, i) => {
    const integers = new Float64Array(card.inputs.length)
    const cells = card.features.map((feature) => row[feature.name] ?? '')
    if (encoder.encode(cells, integers, 1, 0).length > 0) throw new Error(`Row ${i + 1} of the sample is not a record.`)
    return [...integers]
  })
}

import { fail } from '../faults.ts'
import { integerOf, type Json, readJson } from './json.ts'
import { readPublicKey } from './publicKey.ts'

/**
 * Files of encrypted numbers as python-paillier's users write them: the JSON of its documentation, the same as a JSON text
 * within a JSON text, as scripts do that dump what `json.dumps` gave them, and the numbers of its command line.
 */

/** A ciphertext that may be anything, and the exponent of what is in it. */
export interface EncryptedNumber {
  readonly ciphertext: bigint
  readonly exponent: number
}

/** How a file is written, which its answer follows. */
export interface Style {
  /** `[ciphertext, exponent]`, or the `{"v": ciphertext, "e": exponent}` of the command line. */
  readonly numbers: 'pair' | 'object'
  /** One number by itself, the numbers of one record, or a list of records. */
  readonly shape: 'number' | 'record' | 'records'
  /** A JSON text within a JSON text. */
  readonly doubly: boolean
  /** Numbers one after the other and nothing about them, which say no key. */
  readonly bare: boolean
}

export interface NumberFile {
  /** n; null where the file does not say. */
  readonly n: bigint | null
  readonly records: readonly (readonly EncryptedNumber[])[]
  readonly style: Style
}

/** What a value may have been multiplied by before: every double from 10^-138 to 10^169, and room for what n must hold. */
export const leastExponent = -128
export const mostExponent = 128

/** Exponents of answers are lower by what weights need, and by what they were aligned to. */
const leastOfAnswers = 2 * leastExponent

/** Throws `phe/syntax`, and `phe/exponent` for a value that no model is multiplied with here. */
export function readNumbers(text: string, use: 'score' | 'open'): NumberFile {
  const least = use === 'score' ? leastExponent : leastOfAnswers
  const once = readJson(text)
  const [first] = once
  const doubly = once.length === 1 && typeof first === 'string'
  const values = doubly ? readJson(first) : once
  const [value] = values
  if (value instanceof Map && !value.has('v')) {
    if (values.length > 1) fail('phe/syntax', 'pheValues')
    return { ...readValues(value, least), ...styled(value, doubly) }
  }
  // The command line's own files, as many as there are numbers.
  const numbers = values.map((each, index) => readNumber(each, index, least))
  if (numbers.length === 0) fail('phe/syntax', 'pheValues')
  const shape = numbers.length === 1 ? 'number' : 'record'
  return { n: null, records: [numbers], style: { numbers: 'object', shape, doubly, bare: true } }
}

function readValues(file: ReadonlyMap<string, Json>, least: number): Pick<NumberFile, 'n' | 'records'> {
  const named = (['public_key', 'pubkey'] as const).filter((name) => file.has(name))
  const keys = named.map((name) => readPublicKey(file.get(name), 'public_key'))
  const [n] = keys
  if (n === undefined) fail('phe/syntax', 'pheNoKey')
  if (keys.some((each) => each !== n)) fail('phe/key', 'pheNotThisKey')
  const values = listOf(file)
  const shape = shapeOf(values)
  const nested = shape === 'number' ? [[values]] : shape === 'record' ? [values] : values.map(list)
  let index = 0
  return { n, records: nested.map((record) => record.map((value) => readNumber(value, index++, least))) }
}

function styled(file: ReadonlyMap<string, Json>, doubly: boolean): Pick<NumberFile, 'style'> {
  const values = listOf(file)
  const shape = shapeOf(values)
  const [first] = shape === 'records' ? list(values[0]) : values
  return { style: { numbers: first instanceof Map ? 'object' : 'pair', shape, doubly, bare: false } }
}

function listOf(file: ReadonlyMap<string, Json>): readonly Json[] {
  const values = file.get('values')
  // A number of the command line may stand by itself.
  return values instanceof Map ? [values] : list(values)
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) && value.length > 0 ? value : fail('phe/syntax', 'pheValues')
}

/** What a list is of is told by its first member: a number has no list in it. */
function shapeOf(values: readonly Json[]): Style['shape'] {
  const [first] = values
  if (first instanceof Map) return 'record'
  if (!Array.isArray(first)) return 'number'
  return Array.isArray(first[0]) || first[0] instanceof Map ? 'records' : 'record'
}

function readNumber(value: Json, index: number, least: number): EncryptedNumber {
  const [v, e] = value instanceof Map ? [value.get('v'), value.get('e')] : pairOf(value, index)
  const ciphertext = integerOf(v) ?? fail('phe/syntax', 'pheInteger', { member: 'v' }, { index })
  const exponent = Number(integerOf(e) ?? fail('phe/syntax', 'pheInteger', { member: 'e' }, { index }))
  if (exponent < least || exponent > mostExponent)
    fail('phe/exponent', 'pheExponent', { number: index + 1, least, most: mostExponent }, { index })
  return { ciphertext, exponent }
}

function pairOf(value: Json, index: number): readonly [Json | undefined, Json | undefined] {
  if (!Array.isArray(value) || value.length !== 2) fail('phe/syntax', 'pheValues', {}, { index })
  return [value[0], value[1]]
}

/** The text of numbers under a key. `answer` names the key in both ways that are read: the documentation's and the article's. */
export function writeNumbers(n: bigint, records: NumberFile['records'], style: Style, use: 'data' | 'answer'): string {
  const written = records.map((record) => record.map((number) => writeNumber(number, style)))
  if (style.bare) return written.flatMap((record) => record.map((number) => `${number}\n`)).join('')
  const [first = []] = written
  const [alone = ''] = first
  const listed = (texts: readonly string[]): string => `[${texts.join(', ')}]`
  const values =
    style.shape === 'number' ? alone : style.shape === 'record' ? listed(first) : listed(written.map(listed))
  const key = `{"n": ${n}}`
  const named = use === 'answer' ? `"pubkey": ${key}, "public_key": ${key}` : `"public_key": ${key}`
  const text = `{${named}, "values": ${values}}`
  return style.doubly ? JSON.stringify(text) : text
}

function writeNumber({ ciphertext, exponent }: EncryptedNumber, { numbers }: Style): string {
  return numbers === 'pair' ? `["${ciphertext}", ${exponent}]` : `{"v": "${ciphertext}", "e": ${exponent}}`
}

/**
 * The text of an answer, some numbers for each record. It is written as what it answers was; where each record has one, those
 * are a list, and that of a single record stands by itself, as the article's script writes it, unless `listed`.
 */
export function writeAnswer(n: bigint, answers: NumberFile['records'], style: Style, listed = false): string {
  const single = answers.every(({ length }) => length === 1)
  const one = style.shape !== 'records' && single && !listed
  const shape = one ? 'number' : style.shape === 'records' && !single ? 'records' : 'record'
  return writeNumbers(n, single ? [answers.flat()] : answers, { ...style, shape }, 'answer')
}

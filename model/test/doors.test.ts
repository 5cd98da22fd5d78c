import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { check } from '../../cli/check.ts'
import { asBlindscoreError } from '../../core/errors.ts'
import { readBlindscoreFile } from '../../formats/blindscore/reader.ts'
import { readOnnxFile } from '../../formats/onnx/reader.ts'
import { readPmmlFile } from '../../formats/pmml/reader.ts'
import { type FormatId, formatOf } from '../../formats/table.ts'
import { loadModels } from '../../server/models.ts'
import { checkModel } from '../../web/vendor/modelCheck.ts'
import { sentenceOf } from '../../words/en/errors.ts'

/** One verdict on a model file, whoever is asked: the server, the command, and the workers behind "Check a model". */

type Verdict = 'taken' | { readonly code: string; readonly sentence: string }

interface Case {
  readonly name: string
  readonly bytes: Uint8Array
  readonly ranges?: Uint8Array
}

async function byServer({ name, bytes, ranges }: Case): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), 'doors-'))
  try {
    writeFileSync(join(folder, name), bytes)
    if (ranges) writeFileSync(join(folder, name.replace(/\.[^.]*$/, '.ranges.json')), ranges)
    const { refusals } = await loadModels(folder)
    const [refusal] = refusals
    return refusal ? { code: refusal.error.code, sentence: sentenceOf(refusal.error) } : 'taken'
  } finally {
    rmSync(folder, { recursive: true })
  }
}

let folder = ''
async function byCommand({ name, bytes, ranges }: Case): Promise<Verdict> {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  const beside = path.replace(/\.[^.]*$/, '.ranges.json')
  if (ranges) writeFileSync(beside, ranges)
  const out: string[] = []
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out.push(String(text))
    return true
  })
  try {
    const exit = await check.run([path, '--json'])
    const said = JSON.parse(out.join(''))
    expect(said.ok).toBe(exit === 0)
    return said.ok ? 'taken' : { code: said.code, sentence: said.reason }
  } finally {
    write.mockRestore()
    rmSync(path)
    rmSync(beside, { force: true })
  }
}

const readers = {
  'Blindscore JSON': readBlindscoreFile,
  PMML: readPmmlFile,
  ONNX: readOnnxFile,
} as const satisfies Record<FormatId, unknown>

async function byPage({ name, bytes, ranges }: Case): Promise<Verdict> {
  try {
    await checkModel(readers[formatOf(bytes)](name, bytes, ranges))
    return 'taken'
  } catch (thrown) {
    return { code: asBlindscoreError(thrown).code, sentence: sentenceOf(thrown) }
  }
}

const text = (content: string): Uint8Array => new TextEncoder().encode(content)
const shipped = (id: string): string => readFileSync(new URL(`../../server/models/${id}.json`, import.meta.url), 'utf8')
const fixture = (path: string): Uint8Array =>
  readFileSync(new URL(`../../formats/test/fixtures/${path}`, import.meta.url))

type Json = Record<string, unknown>
type Verification = { record: Json; predictors?: number[]; responses?: (number | null)[]; label?: string }

/** The model for credits, changed. */
function credit(
  change: (file: Json & { verification: Verification[]; features: Json[]; heads: Json[] }) => void,
): Uint8Array {
  const file = JSON.parse(shipped('credit-default'))
  change(file)
  return text(JSON.stringify(file))
}
const json = (name: string, bytes: Uint8Array): [string, Case] => [name, { name: 'model.json', bytes }]
const first = (change: (record: Verification) => unknown) =>
  credit(({ verification }) => change(verification[0] as Verification))

const refused: readonly [what: string, code: string, file: Case][] = [
  // What the page took, and the server did not.
  ['a wrong response', 'model/verification', first((record) => Object.assign(record, { responses: [0.9] }))],
  ['a wrong label', 'model/verification', first((record) => Object.assign(record, { label: 'yes' }))],
  ['a stranger column', 'model/verification', first(({ record }) => Object.assign(record, { stranger: 1 }))],
  ['one predictor too many', 'model/verification', first((record) => Object.assign(record, { predictors: [0, 0] }))],
  // The rest of what a verification record can have wrong.
  [
    'a predictor off by more than the tolerance',
    'model/verification',
    first((r) => Object.assign(r, { predictors: [(r.predictors?.[0] ?? 0) + 1e-5] })),
  ],
  ['one response too many', 'model/verification', first((record) => void record.responses?.push(1))],
  ['a value out of its range', 'model/verification', first(({ record }) => Object.assign(record, { Age: 1e9 }))],
  ['a feature left out', 'model/verification', first(({ record }) => void delete record.Age)],
  // Shape.
  ['half a file', 'model/syntax', text(shipped('salary').slice(0, 400))],
  [
    'a number that JSON lacks',
    'model/syntax',
    text(shipped('salary').replace(/"intercept": [^,}]*/, '"intercept": NaN')),
  ],
  [
    'a member that stands twice in one object',
    'model/syntax',
    text(shipped('salary').replace('{', '{ "\\u0069d": "first",')),
  ],
  ['a list', 'model/invalid', text('[]')],
  ['nothing', 'model/syntax', text('')],
  ['a member that there is not', 'model/invalid', credit((file) => Object.assign(file, { extra: 1 }))],
  ['a polluted prototype', 'model/invalid', text(shipped('salary').replace('{', '{"__proto__": {"id": "x"},'))],
  ['no features', 'model/invalid', credit((file) => Object.assign(file, { features: [] }))],
  ['an id with a capital', 'model/invalid', credit((file) => Object.assign(file, { id: 'Credit' }))],
  ['a link that there is not', 'model/invalid', credit((file) => Object.assign(file, { link: 'none' }))],
  ['a thousand levels of nesting', 'model/invalid', text(`${'['.repeat(1000)}${']'.repeat(1000)}`)],
  // Contradictions.
  ['a name that stands twice', 'model/invalid', credit(({ features }) => void features.push({ ...features[0] }))],
  [
    'a term of a feature that there is not',
    'model/invalid',
    credit(({ heads }) => (heads[0]?.terms as Json[] | undefined)?.push({ feature: 'none', weight: 1 })),
  ],
  [
    'a range that ends below its start',
    'model/invalid',
    credit(
      ({ features }) => void Object.assign(features.find(({ type }) => type !== 'category') ?? {}, { range: [9, 1] }),
    ),
  ],
  [
    'a link that joins heads, with one head',
    'model/invalid',
    credit((file) => Object.assign(file, { link: 'softmax' })),
  ],
  // The budget.
  ['a tolerance that nothing meets', 'model/budget', credit((file) => Object.assign(file, { tolerance: 1e-300 }))],
].map(([what, code, bytes]) => [what as string, code as string, { name: 'model.json', bytes: bytes as Uint8Array }])

const foreign: readonly [what: string, code: string, file: Case][] = [
  ['a pickle', 'model/unsupported', { name: 'model.json', bytes: Uint8Array.of(0x80, 4, 0x95, 0, 0, 0) }],
  ['a ZIP archive', 'model/unsupported', { name: 'model.onnx', bytes: Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0) }],
  ['a text of no kind', 'model/syntax', { name: 'model.json', bytes: text('hello, world') }],
  [
    'entities in XML',
    'model/syntax',
    { name: 'm.pmml', bytes: text('<!DOCTYPE a [<!ENTITY b "c">]><PMML version="4.4">&b;</PMML>') },
  ],
  ['PMML that breaks off', 'model/syntax', { name: 'm.pmml', bytes: text('<PMML version="4.4"><Header/>') }],
  [
    'a tree',
    'model/unsupported',
    {
      name: 'm.pmml',
      bytes: text(
        '<PMML version="4.4" xmlns="http://www.dmg.org/PMML-4_4"><Header/><DataDictionary/><TreeModel functionName="regression"/></PMML>',
      ),
    },
  ],
  [
    'ONNX that breaks off',
    'model/syntax',
    { name: 'm.onnx', bytes: fixture('onnx/logistic_binary.onnx').subarray(0, 200) },
  ],
  [
    'ranges that are no JSON',
    'model/syntax',
    { name: 'm.onnx', bytes: fixture('onnx/logistic_binary.onnx'), ranges: text('{') },
  ],
  [
    'ranges in which a feature stands twice',
    'model/syntax',
    {
      name: 'm.onnx',
      bytes: fixture('onnx/logistic_binary.onnx'),
      ranges: text('{"x0": {"range": [0, 1]}, "x0": {"range": [0, 2]}}'),
    },
  ],
  [
    'ranges of a feature that there is not',
    'model/invalid',
    { name: 'm.onnx', bytes: fixture('onnx/logistic_binary.onnx'), ranges: text('{"nobody": {"range": [0, 1]}}') },
  ],
]

const taken: readonly [string, Case][] = [
  ...['salary', 'concrete-strength', 'credit-default', 'doctor-visits'].map((id) => json(id, text(shipped(id)))),
  ['a PMML file', { name: 'cars.pmml', bytes: fixture('pmml/cars-linear.pmml') }],
  ['an ONNX file', { name: 'logistic.onnx', bytes: fixture('onnx/logistic_binary.onnx') }],
]

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'doors-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('the server, the command and the page say the same', () => {
  test.each([...refused, ...foreign])('of a file with %s: refused as %s', async (_, code, file) => {
    const server = await byServer(file)
    expect(server).toMatchObject({ code })
    expect(await byCommand(file)).toEqual(server)
    expect(await byPage(file)).toEqual(server)
  })

  test.each(taken)('of %s: taken', async (_, file) => {
    expect([await byServer(file), await byCommand(file), await byPage(file)]).toEqual(['taken', 'taken', 'taken'])
  })
})

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { firstBytes } from '../../../files/frames.ts'
import { type FileKind, fileKind } from '../fileKind.ts'
import { HandIn } from '../handIn.ts'
import { readReceipt } from '../readReceipt.ts'
import { makeStore } from '../store.ts'

const root = new URL('../../../', import.meta.url)
const folder = (path: string, ending: string): string[] =>
  readdirSync(new URL(path, root), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map(({ name }) => `${path}${name}`)
const read = (path: string) => new Uint8Array(readFileSync(new URL(path, root)))

const backup = JSON.stringify({ format: 'blindscore-key/1', bits: 2048, fingerprint: 'f', sealed: '' }, null, 2)
const receipt = JSON.stringify({
  format: 'blindscore-receipt/1',
  server: 'https://scores.example',
  model: { id: 'a', version: '2', title: 'A', cardHash: 'h' },
  key: { fingerprint: 'abcd', bits: 2048 },
  records: { inFile: 5, scorable: 4, leftOut: 1 },
  firstSentAt: '2024-05-01T10:00:00.000Z',
})
const sealed = Uint8Array.from([...firstBytes, 0x48, 0, 0, 0, 1, 0])
/** What a program that takes a sealed file for text leaves of it. */
const mangled = Uint8Array.from([0x3f, ...sealed.subarray(1)].filter((byte) => byte !== 0x0d))

const files: readonly (readonly [kind: FileKind, what: string, bytes: Uint8Array | string])[] = [
  ['backup', 'a backup', backup],
  ['receipt', 'a receipt', `\ufeff${receipt}`],
  ['sealed', 'a sealed file', sealed],
  ['scores', 'a saved file of scores', 'id,age,scored_by,linear_predictor,score\n1,2,salary 1,3,3\n'],
  [
    'scores',
    'one with other delimiters, quoted',
    '\ufeff"id";"left_out";"scored_by";"score.a"\r\n"1";"";"m 1";"3"\r\n',
  ],
  ['scores', 'one of scores alone', 'row,scored_by,linear_predictor,score\n1,salary 1,3,3\n'],
  ['table', 'records with a score of their own', 'id,score,linear_predictor\n1,2,3\n'],
  ['table', 'records that speak of it', 'id,note\n1,"scored_by is empty, score too"\n'],
  ...folder('server/models/', '.json').map((path) => ['model', path, read(path)] as const),
  ...folder('formats/test/fixtures/onnx/', '.onnx').map((path) => ['model', path, read(path)] as const),
  ...folder('formats/test/fixtures/pmml/', '.pmml').map((path) => ['model', path, read(path)] as const),
  ['numbers', 'numbers of python-paillier', '{"public_key": {"g": 1}, "values": [["1", 0]]}'],
  ['numbers', 'a private key of python-paillier', '{"kty": "DAJ", "key_ops": ["decrypt"]}'],
  ...folder('public/samples/', '.csv').map((path) => ['table', path, read(path)] as const),
  ...folder('reader/test/fixtures/cases/', '').map((path) => ['table', path, read(path)] as const),
  ['table', 'records with a column of that name', 'format,a\n"blindscore-key/1",2\n'],
  ['table', 'records in JSON', '[{"a": 1}, {"a": 2}]'],
  ['table', 'a page', '<!doctype html><p>PMML</p>'],
  ['table', 'nothing', ''],
]

describe('a file is known by what is in it', () => {
  for (const [kind, what, bytes] of files) {
    test(`${what} is a ${kind}, whatever its name`, async () => {
      for (const name of ['records.csv', 'key.json', 'x.pmml', 'no ending']) {
        expect(await fileKind(new File([bytes as BlobPart], name)), name).toBe(kind)
      }
    })
  }

  test('a sealed file that was damaged by being taken for text is known by its name', async () => {
    expect(await fileKind(new File([mangled], 'may.blind'))).toBe('sealed')
    expect(await fileKind(new File([mangled], 'may.csv'))).toBe('table')
    expect(await fileKind(new File(['a,b\n1,2\n'], 'may.scored'))).toBe('table')
  })

  test('a character that is cut in two does not make bytes of a text', async () => {
    expect(await fileKind(new File([`${' '.repeat(65_535)}é`], 'a.csv'))).toBe('table')
    expect(await fileKind(new File([`{${' '.repeat(65_400)}"format": "blindscore-model/1"é`], 'a'))).toBe('model')
  })
})

describe('what is handed in', () => {
  function page() {
    const taken: string[] = []
    const store = makeStore()
    const taker = (what: string) => async (file: File) => void taken.push(`${what} ${file.name}`)
    const handIn = new HandIn({
      store,
      file: {
        open: taker('records'),
        openUnless: async (_: unknown, file: File) => taker('records')(file).then(() => true),
      },
      sealed: { open: taker('sealed') },
      numbers: { takeIn: taker('numbers') },
      takeRun: taker('run'),
    })
    return { taken, store, handIn }
  }

  test('goes to who takes it, or is offered for what it is', async () => {
    const { taken, store, handIn } = page()
    await handIn.take(new File([backup], 'a.csv'))
    expect(store.getState().handed).toMatchObject({ kind: 'backup' })
    await handIn.take(new File(['a\n1\n'], 'b.blind'))
    expect(store.getState().handed).toBeNull()
    await handIn.take(new File([sealed], 'c.csv'))
    await handIn.take(new File(['{"format": "blindscore-run/1"}'], 'r.csv'))
    await handIn.take(new File(['{"public_key": 1}'], 'd.csv'))
    expect(taken).toEqual(['records b.blind', 'sealed c.csv', 'run r.csv', 'numbers d.csv'])
    await handIn.take(new File([receipt], 'e.csv'))
    expect(store.getState().handed).toMatchObject({ kind: 'receipt', receipt: { model: 'A', records: 4, key: 'abcd' } })
  })

  test('and has its scores already is read as records only where somebody says so, and not in the midst of a run', async () => {
    const { taken, store, handIn } = page()
    await handIn.take(new File(['a,scored_by,score\n1,m 1,2\n'], 'a.scores.csv'))
    expect(store.getState().handed).toMatchObject({ kind: 'scores' })
    expect(taken).toEqual([])
    await handIn.readAsRecords()
    expect(taken).toEqual(['records a.scores.csv'])
    expect(store.getState().handed).toBeNull()
  })

  test('in the midst of a run takes nothing from it', async () => {
    const { taken, store, handIn } = page()
    store.setState({
      run: { status: 'running', progress: null, stuck: null, wait: null, again: null, resumable: false },
    })
    await handIn.take(new File(['a\n1\n'], 'b.csv'))
    await handIn.take(new File([sealed], 'c.blind'))
    expect(taken).toEqual([])
    await handIn.take(new File([backup], 'a.json'))
    expect(store.getState().handed).toMatchObject({ kind: 'backup' })
    await handIn.readAsRecords()
    expect(taken).toEqual([])
  })

  test('last is what counts, however long the first takes to be looked at', async () => {
    const { taken, handIn } = page()
    await Promise.all([handIn.take(new File(['a\n1\n'], 'first')), handIn.take(new File(['a\n1\n'], 'second'))])
    expect(taken).toEqual(['records second'])
  })
})

test('a receipt that is none, or says other things, is not believed', async () => {
  expect(await readReceipt(new Blob(['{"format": "blindscore-receipt/1", ']))).toBeNull()
  expect(await readReceipt(new Blob(['{"format": "blindscore-receipt/1", "model": 7, "key": null}']))).toEqual({
    model: null,
    version: null,
    server: null,
    records: null,
    key: null,
    sentAt: null,
  })
})

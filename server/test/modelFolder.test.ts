import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ModelFolder } from '../models.ts'
import { fixture } from './support/world.ts'

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>()
  return { ...real, readFile: vi.fn(real.readFile) }
})

/** The folder of models while somebody changes it: what is taken at a look, and what waits for the next. */

let place: string
let folder: ModelFolder
const at = (...names: string[]) => join(place, ...names)
/** Each version is of another length: within a tick of the clock a file has the same times. */
const text = (id: string, version: string) =>
  JSON.stringify({ ...JSON.parse(fixture('tiny')), id, version, description: version.repeat(Number(version)) })
const put = (name: string, id: string, version: string) => writeFileSync(at(name), text(id, version))

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'folder-'))
  folder = new ModelFolder(place)
})
afterEach(() => {
  vi.mocked(readFile).mockClear()
  rmSync(place, { recursive: true })
})

/** What is served after a read, and which files are refused. */
async function read(how?: { settled: boolean }) {
  const { models, refusals } = await folder.read(how)
  return {
    served: models.map(({ card }) => `${card.id} ${card.version}`),
    refused: refusals.map(({ file, error }) => `${file} ${error.fault}`),
  }
}

/** Looks until nothing is new, and reads what is there as a server that looks by itself does. */
async function looked() {
  await folder.hasNews()
  expect(await folder.hasNews()).toBe(true)
  const found = await read({ settled: true })
  expect(await folder.hasNews()).toBe(false)
  return found
}

test('a file that is being written holds up no other, and is read once it rests', async () => {
  put('a.json', 'a', '1')
  put('b.json', 'b', '1')
  await looked()
  writeFileSync(at('a.json'), text('a', '2').slice(0, 100))
  put('b.json', 'b', '2')
  expect(await folder.hasNews()).toBe(false)
  appendFileSync(at('a.json'), text('a', '2').slice(100, 200))
  expect(await folder.hasNews()).toBe(true)
  expect(await read({ settled: true })).toEqual({ served: ['a 1', 'b 2'], refused: [] })
  appendFileSync(at('a.json'), text('a', '2').slice(200))
  expect(await folder.hasNews()).toBe(false)
  expect(await folder.hasNews()).toBe(true)
  expect(await read({ settled: true })).toEqual({ served: ['a 2', 'b 2'], refused: [] })
})

test('a file that is gone for a moment, or comes between look and reading, waits for the next look', async () => {
  put('a.json', 'a', '1')
  put('b.json', 'b', '1')
  await looked()
  put('b.json', 'b', '2')
  expect(await folder.hasNews()).toBe(false)
  unlinkSync(at('a.json'))
  expect(await folder.hasNews()).toBe(true)
  writeFileSync(at('c.json'), text('c', '1').slice(0, 100))
  expect(await read({ settled: true })).toEqual({ served: ['a 1', 'b 2'], refused: [] })
  put('a.json', 'a', '2')
  put('c.json', 'c', '1')
  await folder.hasNews()
  expect(await folder.hasNews()).toBe(true)
  expect(await read({ settled: true })).toEqual({ served: ['a 2', 'b 2', 'c 1'], refused: [] })
  unlinkSync(at('a.json'))
  expect(await looked()).toEqual({ served: ['b 2', 'c 1'], refused: [] })
})

test('a file with another content of the same size and the same times is another one; one that was touched is read and the same', async () => {
  put('a.json', 'a', '1')
  utimesSync(at('a.json'), 1, 1)
  await looked()
  const { mtimeMs, ctimeMs, size } = statSync(at('a.json'))
  const other = text('a', '1').replace('"version":"1"', '"version":"7"')
  // Until the clock that files have goes on.
  do {
    writeFileSync(at('a.json'), other)
    utimesSync(at('a.json'), 1, 1)
  } while (statSync(at('a.json')).ctimeMs === ctimeMs)
  expect(statSync(at('a.json'))).toMatchObject({ size, mtimeMs })
  expect(await looked()).toEqual({ served: ['a 7'], refused: [] })
  utimesSync(at('a.json'), 2, 2)
  expect(await looked()).toEqual({ served: ['a 7'], refused: [] })
})

test('files that are links into a folder which a link names, as Kubernetes has them, change when that link does', async () => {
  for (const version of ['1', '2']) {
    mkdirSync(at(`..${version}`))
    writeFileSync(at(`..${version}`, 'a.json'), text('a', version))
  }
  symlinkSync('..1', at('..data'))
  symlinkSync('..data/a.json', at('a.json'))
  expect(await looked()).toEqual({ served: ['a 1'], refused: [] })
  symlinkSync('..2', at('..new'))
  renameSync(at('..new'), at('..data'))
  rmSync(at('..1'), { recursive: true })
  expect(await looked()).toEqual({ served: ['a 2'], refused: [] })
})

test('a model and its ranges are those of one moment', async () => {
  const model = readFileSync(new URL('../../formats/test/fixtures/onnx/logistic_binary.onnx', import.meta.url))
  const ranges = (most: number) =>
    JSON.stringify(Object.fromEntries(names.map((name) => [name, { range: [-most, most], step: 0.05 }])))
  writeFileSync(at('m.onnx'), model)
  const names = (await folder.read()).models[0]?.card.features.map(({ name }) => name) ?? []
  writeFileSync(at('m.ranges.json'), ranges(50))
  let times = 0
  const { readFile: real } = await vi.importActual<typeof import('node:fs/promises')>('node:fs/promises')
  vi.mocked(readFile).mockImplementation((async (...of: Parameters<typeof readFile>) => {
    // Somebody replaces both after the model was read, and before its ranges are.
    if (`${of[0]}`.endsWith('ranges.json') && times++ === 0) {
      writeFileSync(at('m.onnx'), '{')
      writeFileSync(at('m.ranges.json'), ranges(10))
    }
    return real(...of)
  }) as typeof readFile)
  const { refusals, models } = await folder.read()
  vi.mocked(readFile).mockImplementation(real)
  expect(times).toBe(2)
  expect(refusals.map(({ file, error }) => [file, error.code])).toEqual([['m.onnx', 'model/syntax']])
  expect(models[0]?.card.features[0]).not.toMatchObject({ max: '10' })
})

test('what could not be read is read once it can be, and asked of no more often than that', async () => {
  put('a.json', 'a', '1')
  await looked()
  put('a.json', 'a', '2')
  vi.mocked(readFile).mockRejectedValueOnce(Object.assign(new Error(), { code: 'EMFILE' }))
  await folder.hasNews()
  expect(await folder.hasNews()).toBe(true)
  expect(await read({ settled: true })).toEqual({ served: ['a 1'], refused: ['a.json modelFileUnreadable'] })
  expect(await looked()).toEqual({ served: ['a 2'], refused: [] })
  symlinkSync('nowhere', at('b.json'))
  const refused = { served: ['a 2'], refused: ['b.json modelFileUnreadable'] }
  expect(await looked()).toEqual(refused)
  expect(await read()).toEqual(refused)
})

test.runIf(process.platform !== 'win32')('a pipe is no model file, and nobody waits for who writes to it', async () => {
  put('a.json', 'a', '1')
  execFileSync('mkfifo', [at('b.json')])
  expect(await looked()).toEqual({ served: ['a 1'], refused: ['b.json modelFileUnreadable'] })
})

test('a file that takes the id of another does not take its place, whatever they are called', async () => {
  put('a.json', 'a', '1')
  put('b.json', 'b', '1')
  await looked()
  put('a.json', 'b', '2')
  expect(await looked()).toEqual({ served: ['b 1'], refused: ['a.json modelIdTwice'] })
  renameSync(at('b.json'), at('B.json'))
  expect(await looked()).toEqual({ served: ['b 1'], refused: ['a.json modelIdTwice'] })
})

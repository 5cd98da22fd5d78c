import { expect, test, vi } from 'vitest'
import type { FileFormat } from '../../../reader/format.ts'
import { guessEncoding } from '../../../reader/guess.ts'
import { inspect } from '../../../reader/inspect.ts'
import { FileSlice } from '../file.ts'
import { encodingWaits, planOf } from '../questions.ts'
import { makeStore } from '../store.ts'
import type { Workers } from '../workers.ts'
import { shippedCard } from './partners.ts'

const guessedEncoding = vi.hoisted(() => vi.fn())
vi.mock('../../reader/guessedEncoding.ts', () => ({ guessedEncoding }))

const { card } = shippedCard('salary')
const header = 'who,age,healthy_eating,active_lifestyle,Gender\n'
const latin1 = (text: string) => new File([header, new Uint8Array(Buffer.from(text, 'latin1'))], 'a.csv')
/** Letters that leave a doubt, and letters that leave none. */
const doubtful = latin1('5 \xb0,24,4,6,1\n')
const certain = latin1('M\xfcller aus D\xfcsseldorf,24,4,6,1\n')

function visit(levels?: readonly string[]) {
  guessedEncoding.mockReset().mockImplementation(guessEncoding)
  const store = makeStore()
  const [first, ...rest] = card.features
  const own =
    levels && first ? [{ ...first, type: 'category' as const, levels, invalid: 'refuse' }, ...rest] : card.features
  store.setState({ card: { ...card, features: own } as typeof card })
  const reader = {
    inspect: (file: Blob, chosen: Partial<FileFormat>) => inspect(file, chosen),
    suggestColumns: async () => [],
    check: async () => ({ rows: 1 }),
  }
  const workers = {
    reader: {
      call: (use: (remote: typeof reader, listen: (of: unknown) => unknown) => unknown) => use(reader, (of) => of),
    },
  } as unknown as Workers
  const file = new FileSlice(store, workers, { onFile: () => {}, onChange: () => {}, onChecked: () => {} })
  const read = () => store.getState().preview?.format.encoding
  return { store, file, read }
}

test('a guess that leaves a doubt waits for the person’s word', async () => {
  const { store, file, read } = visit()
  await file.open(doubtful)
  expect(read()).toBe('windows-1252')
  expect(encodingWaits(store.getState())).toBe(true)
  expect(planOf(store.getState())).toBeNull()
  file.confirmEncoding()
  expect(planOf(store.getState())?.format.encoding).toBe('windows-1252')
})

test('what a person says of the encoding stands, whatever else of the format is changed', async () => {
  const { store, file, read } = visit()
  await file.open(doubtful)
  await file.changeFormat({ encoding: 'macintosh' })
  await file.changeFormat({ header: 1 })
  expect(read()).toBe('macintosh')
  expect(encodingWaits(store.getState())).toBe(false)
  // Even where the bytes are not of it: then that is what is said.
  await file.changeFormat({ encoding: 'utf-8' })
  expect(store.getState().fileProblem?.code).toBe('file/encoding')
  expect(guessedEncoding).toHaveBeenCalledTimes(1)
})

test('a certain guess asks nothing, unless the model’s values have letters beyond ASCII', async () => {
  const plain = visit()
  await plain.file.open(certain)
  expect(plain.read()).toBe('windows-1252')
  expect(encodingWaits(plain.store.getState())).toBe(false)
  expect(planOf(plain.store.getState())).not.toBeNull()
  const towns = visit(['24', 'Köln'])
  await towns.file.open(certain)
  expect(encodingWaits(towns.store.getState())).toBe(true)
})

test('nothing is guessed of a file that is UTF-8, and the next file is guessed anew', async () => {
  const { store, file, read } = visit()
  await file.open(new File([`${header}Müller,24,4,6,1\n`], 'a.csv'))
  expect(guessedEncoding).not.toHaveBeenCalled()
  await file.open(doubtful)
  file.confirmEncoding()
  await file.open(latin1('8 \xb0,24,4,6,1\n'))
  expect(encodingWaits(store.getState())).toBe(true)
  expect(read()).toBe('windows-1252')
})

test('where nothing can be guessed, the file is refused as before', async () => {
  const { store, file } = visit()
  await file.open(new File([`${header}Müller,24,4,6,1\n`, new Uint8Array([0xfc])], 'a.csv'))
  expect(store.getState().fileProblem?.code).toBe('file/encoding')
  expect(store.getState().guess).toBeNull()
})

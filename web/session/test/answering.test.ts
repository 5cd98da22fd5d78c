import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { asBlindscoreError } from '../../../core/errors.ts'
import { inspect } from '../../../reader/inspect.ts'
import type { RpcHost } from '../../../rpc/rpcHost.ts'
import { crossProducts } from '../../../stats/exactSums.ts'
import { readAnswer } from '../../../study/answerFile.ts'
import { errorOf } from '../../../study/faults.ts'
import { sealedLayout } from '../../../study/layout.ts'
import { readLedger, writeLedger } from '../../../study/ledger.ts'
import { openSums } from '../../../study/owner/open.ts'
import { writeSealed } from '../../../study/sealedFile.ts'
import { rowsOf, sample, studyNamed } from '../../../study/test/data.ts'
import {
  arithmetic,
  freshOwner,
  maximaOf,
  random,
  sealedBy,
  set,
  weightedProduct,
  withOnes,
} from '../../../study/test/sides.ts'
import { Answerer } from '../../answering/answerer.ts'
import type { AnsweringApi } from '../../answering/worker-answering.ts'
import type { PoolStore } from '../../pool/poolStore.ts'
import { Answering, type AnsweringState } from '../answering.ts'

/** The side that has outcomes, as its page goes through it, with the worker's functions in this process. */

const credit = readFileSync(new URL('../../../public/samples/credit.csv', import.meta.url), 'utf8')
const study = { ...studyNamed('credit'), terms: ['Age', 'Amount'] }
const owner = freshOwner()

/** Sealed records of these rows of the sample, from 1 on. */
async function sealedRows(from: number, to: number) {
  const { design, rows } = await rowsOf(study, sample('credit'), 'both')
  const part = <T extends Float64Array | Uint32Array>(values: T): T => values.slice(from, to) as T
  const numbers = part(rows.rows)
  const columns = withOnes(rows.columns.map(part), numbers.length)
  const maxima = maximaOf(design)
  const { key } = await owner
  const sealed = writeSealed(sealedBy(await owner, study, maxima, columns, numbers))
  return {
    file: new File([sealed], 'records.blindstudy'),
    told: crossProducts(columns, part(rows.outcomes)),
    sums: (answer: string) =>
      openSums(key, sealedLayout(study, maxima, numbers.length, set.bits), columns, 1, readAnswer(answer).ciphertexts),
  }
}
const made = sealedRows(0, 1000)

function memoryStore(): PoolStore & { readonly texts: Map<string, string> } {
  const texts = new Map<string, string>()
  return {
    texts,
    read: async (name) => texts.get(name) ?? null,
    write: async (name, text) => void texts.set(name, text),
    remove: async (name) => void texts.delete(name),
  }
}

/** A page that has a sealed file, and what its browser keeps. */
function pageWith(file: File, store = memoryStore()) {
  const open = (): RpcHost<AnsweringApi> => {
    const answerer = new Answerer({ store, arithmetic, random, weightedProduct })
    const api = {
      check: (...args) => answerer.check(...args),
      read: (...args) => answerer.read(...args),
      offer: (...args) => answerer.offer(...args),
      answer: (...args) => answerer.answer(...args),
      ledger: () => answerer.ledger(),
      takeLedger: (...args) => answerer.takeLedger(...args),
    } satisfies AnsweringApi
    const call = async (use: (remote: AnsweringApi, listen: unknown) => unknown, signal?: AbortSignal) => {
      const result = await use(api, (listener: unknown) => listener)
      signal?.throwIfAborted()
      return structuredClone(result)
    }
    return { call, end: () => {} } as unknown as RpcHost<AnsweringApi>
  }
  const answering = new Answering(open, { kind: 'file', file })
  return { answering, store, state: () => answering.store.getState() }
}

const looked = async (text: string) => {
  const file = new Blob([text])
  return { file, preview: await inspect(file), table: null, said: {} }
}
const outcomes = (text = credit): string =>
  text
    .trim()
    .split('\n')
    .map((line) => line.split(',')[0])
    .join('\n')

const codeIn = ({ error }: AnsweringState): string => (error === null ? 'none' : asBlindscoreError(error).code)
const own = { basis: 'contract', retention: 'a year' }

test('randomised outcomes are offered first, and the answer comes with what was agreed to and is kept', async () => {
  const { file, told, sums } = await made
  const { answering, store, state } = pageWith(file)
  await answering.open()
  expect(state()).toMatchObject({ earlier: null, epsilon: 3, given: null, under: null, error: null })
  expect(state().asked).toMatchObject({ records: 1000, sums: 3, isEvent: true })
  await answering.read(await looked(outcomes()), 'Status')
  expect(state().matched).toEqual({ records: 1000, leftOut: 0 })
  expect(state().offer?.facts).toMatchObject({ randomised: { epsilon: 3 }, earlier: null, numbers: 3 })
  expect(state().offer?.told.price).toBeGreaterThan(1)
  expect([...store.texts.keys()]).toEqual([])
  await answering.answer('what is agreed to\n', own)
  const { given } = state()
  const receipt = JSON.parse(given?.receipt ?? '')
  expect(receipt.own).toEqual(own)
  expect(receipt.consent.sha256).toBe(createHash('sha256').update('what is agreed to\n').digest('hex'))
  expect(readAnswer(given?.answer ?? '').turned).toBeCloseTo(1 / (1 + Math.exp(3)), 12)
  expect(sums(given?.answer ?? '')).not.toEqual(told)
  expect(readLedger((await answering.ledger()) ?? '').given).toHaveLength(1)
})

test('outcomes as they are give the sums, from a column by another name', async () => {
  const { file, told, sums } = await made
  const { answering, state } = pageWith(file)
  await answering.open()
  await answering.read(await looked(outcomes().replace('Status', 'What became of it')), 'What became of it')
  await answering.turnBy(null)
  expect(state().offer?.facts.randomised).toBeNull()
  await answering.answer('text', own)
  expect(sums(state().given?.answer ?? '')).toEqual(told)
})

test('the same file is answered for again by the same answer, and records of it in another file by none', async () => {
  const { file } = await made
  const { answering, store, state } = pageWith(file)
  await answering.open()
  await answering.read(await looked(outcomes()), 'Status')
  await answering.answer('text', own)
  const first = state().given?.answer
  const again = pageWith(file, store)
  await again.answering.open()
  expect(again.state().given).toEqual({ answer: first, receipt: null, sent: false })
  const other = pageWith((await sealedRows(900, 1200)).file, store)
  await other.answering.open()
  expect(codeIn(other.state())).toBe('study/answered')
  expect(other.state().asked).toBeNull()
})

test('a ledger that was kept elsewhere is known here from then on, beside the own one', async () => {
  const { file } = await made
  const elsewhere = pageWith(file)
  await elsewhere.answering.open()
  await elsewhere.answering.read(await looked(outcomes()), 'Status')
  await elsewhere.answering.answer('text', own)
  const kept = (await elsewhere.answering.ledger()) ?? ''
  // This browser has answered for other records.
  const others = await sealedRows(2000, 2300)
  const here = pageWith(others.file)
  await here.answering.open()
  await here.answering.read(await looked(outcomes()), 'Status')
  await here.answering.answer('text', own)
  const back = pageWith(file, here.store)
  await back.answering.open()
  expect(back.state().earlier).toBe(1)
  await back.answering.read(await looked(outcomes()), 'Status')
  await back.answering.takeLedger(new Blob([kept]))
  expect(codeIn(back.state())).toBe('study/answered')
  expect(back.state().offer).toBeNull()
  expect(readLedger((await back.answering.ledger()) ?? '').given).toHaveLength(2)
  // Neither what it is again nor one that is damaged changes it.
  await back.answering.takeLedger(new Blob([kept]))
  await back.answering.takeLedger(new Blob(['no ledger']))
  expect(codeIn(back.state())).toBe('study/answered')
  expect(readLedger((await back.answering.ledger()) ?? '').given).toHaveLength(2)
  const { given } = readLedger(kept)
  expect(given.map(({ sealed }) => sealed)).toHaveLength(1)
  expect(writeLedger(readLedger(kept))).toBe(kept)
})

test.each([
  ['study/sealed', 'a file that is none', async () => new File(['blindscore-sealed-study/1\n{}\n'], 'x'), credit],
  [
    'study/unmatched',
    'outcomes of fewer rows',
    async () => (await made).file,
    credit.split('\n').slice(0, 500).join('\n'),
  ],
])('%s ends it for %s', async (code, _, file, text) => {
  const { answering, store, state } = pageWith(await file())
  await answering.open()
  if (state().asked) await answering.read(await looked(outcomes(text)), 'Status')
  expect(codeIn(state())).toBe(code)
  expect([state().offer, store.texts.size]).toEqual([null, 0])
})

test('too much for so few records is not offered as it is, and is once outcomes are randomised', async () => {
  const { file } = await sealedRows(0, 160)
  const { answering, state } = pageWith(file)
  await answering.open()
  await answering.read(await looked(outcomes()), 'Status')
  expect(state().offer).not.toBeNull()
  await answering.turnBy(null)
  expect([codeIn(state()), state().offer]).toEqual(['study/bits', null])
  await answering.turnBy(2)
  expect([codeIn(state()), state().offer?.facts.randomised?.epsilon]).toEqual(['none', 2])
})

test('nothing is given where this browser keeps no ledger of it', async () => {
  const { file } = await made
  const store = memoryStore()
  const full = { ...store, write: () => Promise.reject(errorOf('storage/unavailable', 'poolNotKept')) }
  const { answering, state } = pageWith(file, full)
  await answering.open()
  await answering.read(await looked(outcomes()), 'Status')
  await answering.answer('text', own)
  expect([codeIn(state()), state().given]).toEqual(['storage/unavailable', null])
})

test('what is stopped gives nothing, and is begun anew', async () => {
  const { file } = await made
  const { answering, store, state } = pageWith(file)
  await answering.open()
  await answering.read(await looked(outcomes()), 'Status')
  await answering.stop()
  expect(state()).toMatchObject({ matched: null, offer: null, given: null })
  expect(state().asked?.records).toBe(1000)
  expect(store.texts.size).toBe(0)
})

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { asBlindscoreError, cancelled } from '../../../core/errors.ts'
import { patience } from '../../../core/test/patience.ts'
import { inspect } from '../../../reader/inspect.ts'
import type { RpcHost } from '../../../rpc/rpcHost.ts'
import { farthest } from '../../../stats/test/samples.ts'
import { digestOfStudy } from '../../../study/pool/join.ts'
import { type Declared, readReceipt, writeReceipt } from '../../../study/pool/receipt.ts'
import { releaseFor } from '../../../study/pool/release.ts'
import { parseStudy, type StudyFile } from '../../../study/studyFile.ts'
import { studyNamed } from '../../../study/test/data.ts'
import { heldJournal, heldLedger, heldReceipt, heldResults, joinedTitles } from '../../pool/held.ts'
import { Participation } from '../../pool/participation.ts'
import type { PoolStore } from '../../pool/poolStore.ts'
import type { Answer } from '../../pool/turns.ts'
import type { PoolApi } from '../../pool/worker-pool.ts'
import { fitFile } from '../../trainer/fitFile.ts'
import { studyRows } from '../../trainer/studyRows.ts'
import { Pooling, type PoolingState } from '../pooling.ts'
import type { PoolPlace } from '../poolPlace.ts'

/** Three owners' pages with their workers' functions in this process, and a place in memory. */

const credit = readFileSync(new URL('../../../public/samples/credit.csv', import.meta.url), 'utf8')
const given = studyNamed('credit')
// What has levels that some owner holds of fewer than five records is refused, and rightly so.
const study: StudyFile = { ...given, terms: given.terms.filter((term) => !['Home', 'Marital', 'Job'].includes(term)) }

const looked = async (text: string) => {
  const file = new Blob([text])
  return { file, preview: await inspect(file), table: null, said: {} }
}

const part = (owner: number, owners = 3): string => {
  const [head = '', ...rows] = credit.trimEnd().split('\n')
  return [head, ...rows.filter((_, i) => (i * 7919) % owners === owner)].join('\n')
}

/** What everybody can see: each slot's messages, by seat. */
class Wall {
  readonly slots = new Map<string, (string | undefined)[]>()
  /** What is said in this slot is not told, for a while. */
  held: string | null = null
  readonly #owners: number

  constructor(owners: number) {
    this.#owners = owners
  }

  place(seat: number): PoolPlace {
    const said = (slot: string): (string | undefined)[] => {
      const texts = this.slots.get(slot) ?? Array.from<string | undefined>({ length: this.#owners })
      this.slots.set(slot, texts)
      return texts
    }
    return {
      post: async (slot, text) => {
        said(slot)[seat] ??= text
      },
      all: async (slot, signal, onSpoken) => {
        for (;;) {
          if (signal.aborted) throw cancelled()
          const texts = said(slot)
          onSpoken(texts.flatMap((text, at) => (text === undefined ? [] : [at])))
          if (slot !== this.held && texts.every((text) => text !== undefined)) return texts as string[]
          await new Promise((resolve) => setTimeout(resolve, 1))
        }
      },
    }
  }
}

function memoryStore(): PoolStore {
  const texts = new Map<string, string>()
  return {
    read: async (name) => texts.get(name) ?? null,
    write: async (name, text) => {
      texts.set(name, text)
    },
    remove: async (name) => {
      texts.delete(name)
    },
  }
}

interface Setting {
  readonly wall?: Wall
  /** What each owner's device keeps, by seat. */
  readonly stores?: PoolStore[]
  readonly study?: StudyFile
}

function ownerAt(seat: number, { wall = new Wall(3), stores = [], study: asked = study }: Setting) {
  let participation: Participation | null = null
  let ended = false
  const held = () => participation as Participation
  const api: PoolApi = {
    read: async (text) => parseStudy(text),
    prepare: async (file, given) => {
      const store = stores[seat] ?? memoryStore()
      stores[seat] = store
      const digest = digestOfStudy(given)
      const [ledger, journal] = [await heldLedger(store), await heldJournal(store, digest)]
      const kept = {
        ...{ ledger, journal },
        ...{ receipt: heldReceipt(store, digest), results: heldResults(store, digest) },
      }
      participation = new Participation(given, await studyRows(file, given), kept)
      return participation.ready
    },
    begin: (begun) => held().begin(begun),
    next: () => held().turns.next(),
    answer: (answer: Answer) => held().turns.answer(answer),
    kept: async (given) => {
      const [store, digest] = [stores[seat] ?? memoryStore(), digestOfStudy(given)]
      const receipt = await heldReceipt(store, digest).read()
      return { receipt: receipt && writeReceipt(receipt), results: await heldResults(store, digest).read() }
    },
    joined: () => joinedTitles(stores[seat] ?? memoryStore()),
    made: async () => null,
    keepMade: async () => {},
    release: async (digest) => releaseFor(digest, (await heldLedger(stores[seat] ?? memoryStore())).ledger.seed),
  }
  const host = {
    call: async (use: (remote: PoolApi) => unknown, signal?: AbortSignal) => {
      const result = await use(api)
      signal?.throwIfAborted()
      return structuredClone(result)
    },
    end: () => {
      ended = true
    },
  } as unknown as RpcHost<PoolApi>
  const pooling = new Pooling(host, wall.place(seat), { study: asked, owners: 3, seat })
  return { pooling, hasEnded: () => ended }
}

const reaches = ({ store }: Pooling, status: PoolingState['status']): Promise<PoolingState> =>
  vi.waitFor(
    () => {
      const state = store.getState()
      if (state.status === 'over' && status !== 'over') throw state.error
      expect(state.status).toBe(status)
      return state
    },
    { timeout: patience },
  )

const names = ['Alba', 'Borealis', 'Corvus']
const text = 'What is consented to: β ≤ 1.\n'

function begunAs(name: string): { readonly declared: Declared; readonly releases: readonly string[] } {
  const declared = { name, role: 'joint-controller', contact: `dpo@${name}.example` } as const
  return { declared: { ...declared, basis: 'Art. 6 (1) f', retention: 'two years' }, releases: [] }
}

const codeOf = ({ error }: PoolingState): string => asBlindscoreError(error).code

/** All owners up to the comparison of their code. */
async function gathered(setting: Setting & { readonly parts?: readonly string[] } = {}) {
  const wall = setting.wall ?? new Wall(3)
  const owners = [0, 1, 2].map((seat) => ownerAt(seat, { ...setting, wall }))
  for (const [seat, { pooling }] of owners.entries()) {
    await pooling.prepare(await looked(setting.parts?.[seat] ?? part(seat)))
    expect(pooling.store.getState().error).toBe(null)
    void pooling.takePart(begunAs(names[seat] ?? ''))
  }
  const states = await Promise.all(owners.map(({ pooling }) => reaches(pooling, 'roster')))
  return { wall, owners, states }
}

test('three owners get the model of all rows, each in all digits, and files in six', async () => {
  const { wall, owners, states } = await gathered()
  expect(new Set(states.map(({ roster }) => roster?.code)).size).toBe(1)
  for (const [seat, state] of states.entries()) {
    expect(state.roster?.owners.map(({ name }) => name).sort()).toEqual(names)
    expect(state.roster?.owners.find(({ isOwn }) => isOwn)).toMatchObject({
      ...{ name: names[seat], role: 'joint-controller', contact: `dpo@${names[seat]}.example` },
    })
    // What is for its own receipt nobody else hears.
    expect(state.roster?.own).toEqual({ basis: 'Art. 6 (1) f', retention: 'two years' })
  }
  // Nothing but commitments and keys was said before everybody has consented.
  expect([...wall.slots.keys()]).toEqual(['commit', 'keys'])
  owners[0]?.pooling.consent(text)
  owners[1]?.pooling.consent(text)
  const waiting = await vi.waitFor(() => {
    const waiting = owners[0]?.pooling.store.getState().waiting
    expect(waiting?.missing).toHaveLength(1)
    return waiting
  })
  expect(waiting).toMatchObject({ round: 1, what: 'records', missing: [{ seat: 2, name: 'Corvus' }] })
  owners[2]?.pooling.consent(text)

  const whole = await fitFile(await looked(credit), study, { kind: 'plain', step: false, profile: false })
  if (whole.kind !== 'plain') throw new Error('no plain fit')
  const ends = await Promise.all(owners.map(({ pooling }) => reaches(pooling, 'done')))
  for (const { pooled, left } of ends) {
    if (!pooled) throw new Error('nothing was pooled')
    for (const member of ['estimate', 'error'] as const) {
      const of = ({ coefficients }: typeof pooled.summary) => coefficients.map((each) => each[member])
      expect(farthest(of(pooled.summary), of(whole.summary)), member).toBeLessThan(1e-11)
    }
    for (const member of ['deviance', 'nullDeviance', 'aic', 'extractAic'] as const) {
      expect(farthest([pooled.summary[member]], [whole.summary[member]]), member).toBeLessThan(1e-11)
    }
    expect(pooled.summary.records).toBe(whole.summary.records)
    expect(pooled.figures.discrimination?.records).toBeLessThan(whole.summary.records / 2)
    expect(pooled.ownRows?.comparison.freedom).toBe(pooled.summary.coefficients.length)
    expect(pooled.ownRows?.numbers.here).toBe(pooled.opened.reduce((sum, { numbers }) => sum + numbers, 0))
    expect(pooled.opened[0]).toEqual({ what: 'records', numbers: 1 })
    expect(left.messages).toBe(2 + 3 * pooled.opened.length + 1)
    expect(pooled.published.coefficients[1]?.estimate).toBe(
      Number(pooled.summary.coefficients[1]?.estimate?.toPrecision(6)),
    )
  }
  expect(new Set(ends.map(({ pooled }) => pooled?.model)).size).toBe(1)
  for (const [seat, { pooled, roster, kept }] of ends.entries()) {
    const receipt = kept.receipt
    const told = readReceipt(receipt ?? '')
    expect(told).toMatchObject({
      ...{ study: { digest: digestOfStudy(study) }, code: roster?.code, records: states[seat]?.ready?.records },
      ...{ own: roster?.own, opened: pooled?.opened, ended: { as: 'done' } },
      consent: { text, sha256: createHash('sha256').update(text).digest('hex') },
    })
    expect(told?.owners.map(({ name }) => name).sort()).toEqual(names)
    expect(readReceipt((receipt ?? '').replace('β ≤ 1', 'β ≤ 2'))).toBe(null)
  }
  // What an owner keeps for itself is in no message.
  expect(JSON.stringify([...wall.slots])).not.toMatch(/two years|Art\. 6/)
  expect(owners.map(({ hasEnded }) => hasEnded())).toEqual([true, true, true])
})

test('what the own rows forbid is said before anybody is spoken to', async () => {
  const wall = new Wall(3)
  const { pooling } = ownerAt(0, { wall })
  await pooling.prepare(await looked(part(0).split('\n').slice(0, 100).join('\n')))
  expect(codeOf(await reaches(pooling, 'over'))).toBe('study/records')
  await pooling.takePart(begunAs('Alba'))
  expect(wall.slots.size).toBe(0)
})

test('a code that is not the one, and an owner who leaves, end the study', async () => {
  const stores: PoolStore[] = []
  const { wall, owners } = await gathered({ stores })
  const [first, second, third] = owners.map(({ pooling }) => pooling) as [Pooling, Pooling, Pooling]
  first.consent(null)
  expect(codeOf(await reaches(first, 'over'))).toBe('study/roster')
  second.consent(text)
  third.consent(text)
  await reaches(second, 'pooling')
  second.leave()
  expect(asBlindscoreError((await reaches(second, 'over')).error)).toMatchObject({
    ...{ code: 'study/missing', fault: 'poolLeft' },
  })
  expect(owners.map(({ hasEnded }) => hasEnded())).toEqual([true, true, false])
  third.end()
  // Nothing of it is gone on with, also when they come back.
  for (const [seat, fault] of ['poolCode', 'poolLeft'].entries()) {
    const again = ownerAt(seat, { wall, stores }).pooling
    await again.prepare(await looked(part(seat)))
    expect(asBlindscoreError((await reaches(again, 'over')).error).fault).toBe(fault)
  }
  // No number left: both had said no more than a nonce.
  expect([...wall.slots.keys()].filter((slot) => slot.endsWith('sealed'))).toEqual([])
})

test('a tab that is closed in mid-run comes back with the same rows and goes on; with other rows it does not', async () => {
  const stores: PoolStore[] = []
  const { wall, owners } = await gathered({ stores })
  const [first, ...others] = owners.map(({ pooling }) => pooling) as [Pooling, ...Pooling[]]
  wall.held = '4-sealed'
  for (const { pooling } of owners) pooling.consent(text)
  await vi.waitFor(() => expect(wall.slots.get('4-sealed')?.every(Boolean)).toBe(true), { timeout: patience })
  first.end()
  wall.held = null

  const changed = ownerAt(0, { wall, stores }).pooling
  await changed.prepare(await looked(part(0).split('\n').slice(0, -1).join('\n')))
  expect(asBlindscoreError((await reaches(changed, 'over')).error)).toMatchObject({
    code: 'study/joined',
    fault: 'poolRowsChanged',
  })
  const again = ownerAt(0, { wall, stores }).pooling
  await again.prepare(await looked(part(0)))
  expect((await reaches(again, 'ready')).ready?.begunAs).toMatchObject(begunAs('Alba').declared)
  void again.takePart(begunAs('Somebody else'))
  const ends = await Promise.all([again, ...others].map((pooling) => reaches(pooling, 'done')))
  expect(new Set(ends.map(({ pooled }) => pooled?.model)).size).toBe(1)
})

test('who was in a study is in it no more once it is over, and other rows are in no second one that differs by a few', async () => {
  const stores: PoolStore[] = []
  const { owners } = await gathered({ stores })
  for (const { pooling } of owners) pooling.consent(text)
  await Promise.all(owners.map(({ pooling }) => reaches(pooling, 'done')))

  const again = ownerAt(0, { stores }).pooling
  await again.prepare(await looked(part(0)))
  const over = await reaches(again, 'over')
  expect(codeOf(over)).toBe('study/joined')
  // A study is run once, so what came of it is there again.
  expect(over.kept.results?.model).toBe(owners[1]?.pooling.store.getState().pooled?.model)
  expect(over.kept.results?.published.coefficients).toEqual(
    owners[0]?.pooling.store.getState().pooled?.published.coefficients,
  )
  expect(await joinedTitles(stores[0] as PoolStore)).toEqual([study.title])

  const another = { ...study, id: 'another' }
  const changed = ownerAt(0, { stores, study: another }).pooling
  await changed.prepare(await looked(part(0).split('\n').slice(0, -1).join('\n')))
  expect(codeOf(await reaches(changed, 'over'))).toBe('study/difference')

  const same = ownerAt(0, { stores, study: another }).pooling
  await same.prepare(await looked(part(0)))
  expect((await reaches(same, 'ready')).ready).toMatchObject({
    ...{ earlier: { studies: 1 }, begunAs: null },
  })
})

test('an owner that left and one that came sign, and the study is none that hides them', async () => {
  const stores: PoolStore[] = []
  const { wall, owners } = await gathered({ stores, parts: [part(0, 4), part(1, 4), part(2, 4)] })
  for (const { pooling } of owners) pooling.consent(text)
  // Who has said something after its consent remembers the study.
  await vi.waitFor(() => expect(wall.slots.get('1-ready')?.every(Boolean)).toBe(true), { timeout: patience })
  for (const { pooling } of owners) pooling.end()

  const another = { ...study, id: 'another' }
  const digest = digestOfStudy(another)
  const left = await releaseOf(stores[2] as PoolStore, digest)
  const parts = [part(0, 4), part(1, 4), part(3, 4)]
  const kept = stores.slice(0, 2)
  const beginAll = async (releases: (came: string) => readonly string[]) => {
    const wall = new Wall(3)
    const all = parts.map((_, seat) => ownerAt(seat, { wall, stores: kept, study: another }).pooling)
    for (const [seat, pooling] of all.entries()) await pooling.prepare(await looked(parts[seat] ?? ''))
    const came = await (all[2] as Pooling).release(digest)
    for (const [seat, pooling] of all.entries()) {
      void pooling.takePart({ ...begunAs(names[seat] ?? ''), releases: releases(came) })
    }
    return all
  }
  const [refused, ...unasked] = await beginAll(() => [])
  expect(codeOf(await reaches(refused as Pooling, 'over'))).toBe('study/difference')
  for (const pooling of unasked) pooling.end()
  const taken = await beginAll((came) => [left, came])
  for (const pooling of taken) await reaches(pooling, 'roster')
  for (const pooling of taken) pooling.end()
})

const releaseOf = async (store: PoolStore, digest: string): Promise<string> =>
  releaseFor(digest, (await heldLedger(store)).ledger.seed)

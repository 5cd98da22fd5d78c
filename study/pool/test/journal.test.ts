import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { BlindscoreError } from '../../../core/errors.ts'
import type { DesignRows } from '../../design.ts'
import type { StudyFile } from '../../studyFile.ts'
import { rowsOf, sample, studyNamed } from '../../test/data.ts'
import { joinPool, type Owner } from '../join.ts'
import { type Journal, journalHead, journalNote, readJournal } from '../journal.ts'
import { ownersOf, partOf } from './owners.ts'

/** An owner whose process ends in the midst of a study says again what it had said, or nothing. */

const study: StudyFile = { ...studyNamed('concrete'), terms: ['cement', 'water'] }
let parts: readonly DesignRows[]
beforeAll(async () => {
  const { rows } = await rowsOf(study, sample('concrete'), 'both')
  parts = Array.from({ length: 3 }, (_, k) => partOf(rows, (i) => i % 3 === k))
})

/** As a file keeps it. */
class Kept implements Journal {
  text = journalHead(randomBytes(32))
  ended = false
  readonly #kept = () => readJournal(this.text.split('\n').slice(0, -1))
  get seed(): Uint8Array {
    return this.#kept().seed
  }
  said(slot: string): string | null {
    return this.#kept().said.get(slot) ?? null
  }
  async note(slot: string, digest: string): Promise<void> {
    this.text += journalNote(slot, digest)
  }
  async end(): Promise<void> {
    this.ended = true
  }
}

/** A board that is gone from this message on: before it is said, or after. */
const crashing = ({ board, ...owner }: Owner, at: string, isSaid: boolean): Owner => ({
  ...owner,
  board: {
    ...board,
    post: async (slot, text) => {
      if (slot !== at) return board.post(slot, text)
      if (isSaid) await board.post(slot, text)
      throw new BlindscoreError('run/offline', 'serverUnreachable')
    },
  },
})

/** Three owners, the last of which comes to an end at a message and is then gone on with as `resumed` says. */
async function interrupted(at: string, isSaid: boolean, resumed: (owner: Owner) => Owner = (owner) => owner) {
  const journal = new Kept()
  const { owners, ledgers, hall } = await ownersOf({
    study,
    parts,
    change: (owner, k) => (k === 2 ? { ...owner, journal } : owner),
  })
  const [one, two, three] = owners as [Owner, Owner, Owner]
  const last = async () => {
    await expect(joinPool(crashing(three, at, isSaid))).rejects.toMatchObject({ code: 'run/offline' })
    try {
      return await joinPool(resumed({ ...three, ledger: ledgers[2] as Owner['ledger'] }))
    } catch (thrown) {
      hall.end()
      throw thrown
    }
  }
  const ends = await Promise.allSettled([joinPool(one), joinPool(two), last()])
  return { ends, journal, hall }
}

test.each([
  { at: 'commit', isSaid: true },
  { at: '2-sealed', isSaid: false },
  { at: '2-sealed', isSaid: true },
  { at: '3-reveal', isSaid: true },
])('at $at (said: $isSaid) it goes on, and each owner has said one thing in each slot', async ({ at, isSaid }) => {
  const { ends, journal, hall } = await interrupted(at, isSaid)
  const told = ends.map((end) => (end.status === 'fulfilled' ? JSON.stringify(end.value.coefficients) : end.reason))
  expect(new Set(told).size).toBe(1)
  expect(told[0]).toContain('estimate')
  expect(journal.ended).toBe(true)
  for (const texts of hall.slots.values()) expect(texts).toHaveLength(3)
})

describe('nothing else is said', () => {
  const lastCode = async (...setting: Parameters<typeof interrupted>) => {
    const { ends, hall } = await interrupted(...setting)
    for (const texts of hall.slots.values()) expect(texts.length).toBeLessThanOrEqual(3)
    const [, , end] = ends
    return end?.status === 'rejected' ? end.reason.code : end?.status
  }

  test('of other rows', async () => {
    const fewer = ({ rows, ...owner }: Owner): Owner => ({ ...owner, rows: partOf(rows, (i) => i > 0) })
    expect(await lastCode('2-sealed', true, fewer)).toBe('study/joined')
  })

  test('without the journal', async () => {
    const without = ({ journal: _, ...owner }: Owner): Owner => owner
    expect(await lastCode('2-sealed', true, without)).toBe('study/joined')
  })

  test('by a journal that drew otherwise, whatever the board would take', async () => {
    const other = (owner: Owner): Owner => {
      const { journal } = owner as { journal: Kept }
      const forged = new Kept()
      forged.text += journal.text.split('\n').slice(1).join('\n')
      return { ...owner, journal: forged }
    }
    expect(await lastCode('2-sealed', true, other)).toBe('study/spoken')
  })
})

test('a journal that cannot be read is none', () => {
  for (const lines of [[], ['{}'], [journalHead(randomBytes(31)).trim()], [journalHead(randomBytes(32)).trim(), '{}']])
    expect(() => readJournal(lines)).toThrow(expect.objectContaining({ code: 'study/answered' }))
})

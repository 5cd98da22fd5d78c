import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import * as z from 'zod/mini'
import { fromBase64, toBase64 } from '../../core/number/base64.ts'
import { toHex } from '../../core/number/bytes.ts'
import type { RandomBytes } from '../../core/number/random.ts'
import { fail } from '../faults.ts'
import type { OwnRows } from './checks.ts'

/**
 * What an owner has pooled before: of each study who took part, and 64 bits of a keyed hash of each row, so that rows are known
 * again in another file. Two studies whose rows or owners differ by a few tell those few by their difference. The seed of the
 * owner's signatures is kept with it, since rosters are compared by them.
 */
export interface PoolLedger {
  readonly seed: Uint8Array<ArrayBuffer>
  readonly studies: readonly Joined[]
}

export interface Joined {
  /** The study's digest. */
  readonly study: string
  readonly title: string
  readonly owners: readonly string[]
  readonly rows: readonly string[]
  /** How many sums of them were opened; while the study is under way, how many may be. */
  readonly numbers: number
}

const format = 'blindscore-pool-ledger/1'
const seedBytes = 32
const rowDigits = 16
const leastRows = 20
/** Of those that come or go, two must be honest for the sums of each to be hidden. */
const leastChanged = 3

const ledgerFile = z.strictObject({
  format: z.literal(format),
  seed: z.string(),
  studies: z.array(
    z.strictObject({
      study: z.string(),
      title: z.string(),
      owners: z.array(z.string()),
      rows: z.array(z.string()),
      numbers: z._default(z.int(), 0),
    }),
  ),
})

export const newPoolLedger = (random: RandomBytes): PoolLedger => ({
  seed: new Uint8Array(random(seedBytes)),
  studies: [],
})

export function writePoolLedger({ seed, studies }: PoolLedger): string {
  return `${JSON.stringify({ format, seed: toBase64(seed), studies })}\n`
}

/** Throws `study/answered` for a text that is none: a ledger is never begun anew in the place of one. */
export function readPoolLedger(text: string): PoolLedger {
  try {
    const { seed: told, studies } = ledgerFile.parse(JSON.parse(text))
    const seed = fromBase64(told)
    if (seed?.length === seedBytes) return { seed, studies }
  } catch {
    // The same as one without a seed.
  }
  return fail('study/answered', 'ledgerUnread')
}

/** Names of rows by what is in them, the same ones in every file and study that has these columns. */
export function rowNames({ seed }: PoolLedger, { columns, outcomes }: OwnRows): string[] {
  const encoder = new TextEncoder()
  return Array.from(outcomes, (y, i) => {
    const text = [...columns.map((column) => column[i]), y].join()
    return toHex(hmac(sha256, seed, encoder.encode(text))).slice(0, rowDigits)
  })
}

/** Throws `study/difference` for rows that were pooled before in nearly the same study; before a first word. */
export function checkRows({ studies }: PoolLedger, rows: readonly string[]): void {
  const least = Math.max(leastRows, Math.ceil(rows.length / 100))
  for (const { title, rows: before } of studies) {
    const [came, went] = [beside(rows, before), beside(before, rows)]
    if (went === before.length) continue
    for (const changed of [came, went]) {
      if (changed > 0 && changed < least) fail('study/difference', 'poolRows', { study: title, rows: changed, least })
    }
  }
}

/**
 * The same for the owners, once they are known; before the first number. Who `released` its own totals does not count among those that
 * came or went.
 */
export function checkOwners(
  { studies }: PoolLedger,
  owners: readonly string[],
  rows: readonly string[],
  released: ReadonlySet<string>,
): void {
  for (const { title, owners: earlier, rows: before } of studies) {
    if (beside(before, rows) === before.length) continue
    const [came, went] = [owners, earlier].map((each) => each.filter((owner) => !released.has(owner))) as [
      string[],
      string[],
    ]
    for (const changed of [beside(came, earlier), beside(went, owners)]) {
      if (changed > 0 && changed < leastChanged)
        fail('study/difference', 'poolRoster', { study: title, least: leastChanged })
    }
  }
}

/**
 * What is remembered of a study that this owner has begun before; null where it has not. Throws `study/joined` where it is not the one
 * to go on with: `isUnderWay` says that a journal of it is there.
 */
export function begunBefore(
  { studies }: PoolLedger,
  study: string,
  rows: readonly string[],
  isUnderWay: boolean,
): Joined | null {
  const before = studies.find((each) => each.study === study)
  if (before === undefined) return null
  if (!isUnderWay) fail('study/joined', 'poolJoined')
  if (before.rows.join() !== rows.join()) fail('study/joined', 'poolRowsChanged')
  return before
}

/** With a study, in the place of what was remembered of it. */
export function withStudy(ledger: PoolLedger, joined: Joined): PoolLedger {
  return { ...ledger, studies: [...ledger.studies.filter(({ study }) => study !== joined.study), joined] }
}

/** Other studies that have some of these rows, and how many sums were opened in them. */
export function earlierOf({ studies }: PoolLedger, study: string, rows: readonly string[]): Earlier {
  const others = studies.filter((each) => each.study !== study && beside(each.rows, rows) < each.rows.length)
  return { studies: others.length, numbers: others.reduce((total, { numbers }) => total + numbers, 0) }
}

export interface Earlier {
  readonly studies: number
  readonly numbers: number
}

/** How many of these are not among those; equal ones count as often as they are there. */
function beside(these: readonly string[], those: readonly string[]): number {
  const counts = new Map<string, number>()
  for (const each of those) counts.set(each, (counts.get(each) ?? 0) + 1)
  return these.filter((each) => {
    const left = counts.get(each) ?? 0
    counts.set(each, left - 1)
    return left <= 0
  }).length
}

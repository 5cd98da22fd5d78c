import { secureRandom } from '../../platform/random.ts'
import type { Summary } from '../../stats/summary.ts'
import { fail } from '../../study/faults.ts'
import { type Journal, journalHead, journalNote, readJournal } from '../../study/pool/journal.ts'
import { newPoolLedger, type PoolLedger, readPoolLedger, writePoolLedger } from '../../study/pool/ledger.ts'
import { type Declared, type PoolReceipt, readReceipt, writeReceipt } from '../../study/pool/receipt.ts'
import type { PoolStore } from './poolStore.ts'

/**
 * What an owner's device remembers: its ledger of studies, the journal of one that is under way, what it consented to, and what came
 * of it.
 */

export interface HeldLedger {
  readonly ledger: PoolLedger
  keep(ledger: PoolLedger): Promise<void>
}

const ledgerName = 'ledger'

/** The ledger, begun where there is none. Throws `study/answered` for a text that is none, and `storage/unavailable`. */
export async function heldLedger(store: PoolStore): Promise<HeldLedger> {
  const keep = (ledger: PoolLedger): Promise<void> => store.write(ledgerName, writePoolLedger(ledger))
  const kept = await store.read(ledgerName)
  if (kept !== null) return { ledger: readPoolLedger(kept), keep }
  const ledger = newPoolLedger(secureRandom)
  await keep(ledger)
  return { ledger, keep }
}

/** The titles of the studies that this device has taken part in; a ledger is not begun by that. Throws as the ledger. */
export async function joinedTitles(store: PoolStore): Promise<readonly string[]> {
  const kept = await store.read(ledgerName)
  return kept === null ? [] : readPoolLedger(kept).studies.map(({ title }) => title)
}

/** A journal with what the owner declared when it began: part of it was said, and stays. */
export interface HeldJournal extends Journal {
  /** Null while nothing was said. */
  readonly declared: Declared | null
  begin(declared: Declared): Promise<void>
  /** The person ended it: what it could be gone on with goes, and nothing is begun in its place. */
  leave(by: Leaving): Promise<void>
}

/** How a person ends its part: it waits no longer, or the code is not the one of the others. */
export type Leaving = 'poolLeft' | 'poolCode'

const leavings: Readonly<Record<Leaving, 'study/missing' | 'study/roster'>> = {
  poolLeft: 'study/missing',
  poolCode: 'study/roster',
}

/** Null for what else ends a part. */
export const leavingIn = (fault: string | undefined): Leaving | null =>
  fault === 'poolLeft' || fault === 'poolCode' ? fault : null

/** The journal of the study of that digest, which is there from `begin` on. Throws as the ledger, and how the person ended it before. */
export async function heldJournal(store: PoolStore, study: string): Promise<HeldJournal> {
  const at = `journal ${study}`
  const kept = await store.read(at)
  const left = leavingIn(kept?.startsWith(leftMark) ? kept.slice(leftMark.length) : undefined)
  if (left !== null) fail(leavings[left], left)
  const [called, ...lines] = kept?.split('\n').slice(0, -1) ?? []
  const { seed, said } =
    lines.length > 0 ? readJournal(lines) : { seed: secureRandom(32), said: new Map<string, string>() }
  let declared: Declared | null = called === undefined ? null : declaredIn(called)
  let text = kept ?? ''
  return {
    seed,
    get declared() {
      return declared
    },
    async begin(chosen) {
      if (declared !== null) return
      text = `${JSON.stringify(chosen)}\n${journalHead(seed)}`
      await store.write(at, text)
      declared = chosen
    },
    said: (slot) => said.get(slot) ?? null,
    async note(slot, digest) {
      text += journalNote(slot, digest)
      await store.write(at, text)
      said.set(slot, digest)
    },
    leave: (by) => store.write(at, `${leftMark}${by}`),
    end: () => store.remove(at),
  }
}

/** In the place of a journal. */
const leftMark = 'left '

/** The first line of a journal. An earlier release had the name alone there. */
function declaredIn(line: string): Declared {
  const told: unknown = JSON.parse(line)
  const nothing: Declared = { name: '', role: 'unsaid', contact: '', basis: '', retention: '' }
  return typeof told === 'string' ? { ...nothing, name: told } : { ...nothing, ...(told as Declared) }
}

/** What an owner keeps of its consent to the study of that digest, also when the study is over. */
export interface HeldReceipt {
  read(): Promise<PoolReceipt | null>
  keep(receipt: PoolReceipt): Promise<void>
}

export function heldReceipt(store: PoolStore, study: string): HeldReceipt {
  const at = `receipt ${study}`
  return {
    async read() {
      const kept = await store.read(at)
      return kept === null ? null : readReceipt(kept)
    },
    keep: (receipt) => store.write(at, writeReceipt(receipt)),
  }
}

/** What came of a study, in the six digits in which it may be handed on: a study is run once, and a tab is soon closed. */
export interface PoolResults {
  readonly published: Summary
  /** The model's file. */
  readonly model: string
}

export interface HeldResults {
  /** Null where there are none, or where another release wrote them otherwise. */
  read(): Promise<PoolResults | null>
  keep(results: PoolResults): Promise<void>
}

const resultsFormat = 'blindscore-pool-results/1'

export function heldResults(store: PoolStore, study: string): HeldResults {
  const at = `results ${study}`
  return {
    async read() {
      const { format, ...results } = JSON.parse((await store.read(at)) ?? '{}')
      return format === resultsFormat ? results : null
    },
    keep: ({ published, model }) => store.write(at, JSON.stringify({ format: resultsFormat, published, model })),
  }
}

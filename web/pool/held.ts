import { secureRandom } from '../../platform/random.ts'
import { type Journal, journalHead, journalNote, readJournal } from '../../study/pool/journal.ts'
import { newPoolLedger, type PoolLedger, readPoolLedger, writePoolLedger } from '../../study/pool/ledger.ts'
import type { PoolStore } from './poolStore.ts'

/** What an owner's device remembers: its ledger of studies, and the journal of one that is under way. */

export interface HeldLedger {
  readonly ledger: PoolLedger
  /** Nothing was remembered: earlier studies, if there were any, cannot be seen. */
  readonly isNew: boolean
  keep(ledger: PoolLedger): Promise<void>
}

const ledgerName = 'ledger'

/** The ledger, begun where there is none. Throws `study/answered` for a text that is none, and `storage/unavailable`. */
export async function heldLedger(store: PoolStore): Promise<HeldLedger> {
  const keep = (ledger: PoolLedger): Promise<void> => store.write(ledgerName, writePoolLedger(ledger))
  const kept = await store.read(ledgerName)
  if (kept !== null) return { ledger: readPoolLedger(kept), isNew: false, keep }
  const ledger = newPoolLedger(secureRandom)
  await keep(ledger)
  return { ledger, isNew: true, keep }
}

/** A journal with the name that the owner began under: it is part of what was said. */
export interface HeldJournal extends Journal {
  /** Null while nothing was said. */
  readonly name: string | null
  begin(name: string): Promise<void>
}

/** The journal of the study of that digest, which is there from `begin` on. Throws as the ledger. */
export async function heldJournal(store: PoolStore, study: string): Promise<HeldJournal> {
  const at = `journal ${study}`
  const kept = await store.read(at)
  const [called, ...lines] = kept?.split('\n').slice(0, -1) ?? []
  const { seed, said } =
    lines.length > 0 ? readJournal(lines) : { seed: secureRandom(32), said: new Map<string, string>() }
  let name: string | null = called === undefined ? null : String(JSON.parse(called))
  let text = kept ?? ''
  return {
    seed,
    get name() {
      return name
    },
    async begin(chosen) {
      if (name !== null) return
      text = `${JSON.stringify(chosen)}\n${journalHead(seed)}`
      await store.write(at, text)
      name = chosen
    },
    said: (slot) => said.get(slot) ?? null,
    async note(slot, digest) {
      text += journalNote(slot, digest)
      await store.write(at, text)
      said.set(slot, digest)
    },
    end: () => store.remove(at),
  }
}

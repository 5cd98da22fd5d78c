import { randomBytes } from 'node:crypto'
import { BlindscoreError } from '../../../core/errors.ts'
import { sha256 } from '../../../platform/digest.ts'
import type { Summary } from '../../../stats/summary.ts'
import { type Design, type DesignRows, designOf } from '../../design.ts'
import type { StudyFile } from '../../studyFile.ts'
import { joinPool, type Owner } from '../join.ts'
import { newPoolLedger, type PoolLedger } from '../ledger.ts'
import type { Board } from '../messages.ts'

/** Owners of parts of a file, in one process, and the board between them. */

/** What the server could do to what it stores, by whom it is for. */
export type Meddle = (slot: string, texts: readonly string[], reader: number) => readonly string[] | null

export class Hall {
  readonly slots = new Map<string, string[]>()
  readonly #waiting = new Map<string, (() => void)[]>()
  readonly #count: number
  readonly #meddle: Meddle
  #over = false

  constructor(count: number, meddle: Meddle = (_, texts) => texts) {
    this.#count = count
    this.#meddle = meddle
  }

  /** Nobody waits any longer, as at a deadline. */
  end(): void {
    this.#over = true
    for (const each of [...this.#waiting.values()].flat()) each()
  }

  board(reader: number): Board {
    return {
      post: async (slot, text) => {
        const texts = this.slots.get(slot) ?? []
        if (texts.includes(text)) return
        this.slots.set(slot, [...texts, text])
        if (texts.length + 1 === this.#count) for (const each of this.#waiting.get(slot) ?? []) each()
      },
      all: async (slot) => {
        for (;;) {
          const texts = this.slots.get(slot) ?? []
          const told = texts.length === this.#count ? this.#meddle(slot, texts, reader) : null
          if (told !== null) return told
          if (this.#over) throw new BlindscoreError('study/missing', 'poolMissing')
          await new Promise<void>((resolve) => {
            this.#waiting.set(slot, [...(this.#waiting.get(slot) ?? []), resolve])
          })
        }
      },
    }
  }
}

/** Records i of these rows where `mine` holds. */
export function partOf(rows: DesignRows, mine: (i: number) => boolean): DesignRows {
  const only = (values: Float64Array<ArrayBuffer>) => values.filter((_, i) => mine(i))
  return { columns: rows.columns.map(only), outcomes: only(rows.outcomes) }
}

export interface Setting {
  readonly study: StudyFile
  readonly design?: Design
  readonly parts: readonly DesignRows[]
  readonly hall?: Hall
  readonly ledgers?: readonly PoolLedger[]
  readonly change?: (owner: Owner, k: number) => Owner
}

export interface Ended {
  readonly ends: readonly PromiseSettledResult<Summary>[]
  readonly ledgers: readonly PoolLedger[]
  readonly hall: Hall
}

/** The owners of a setting, what each will have remembered, and the board between them. */
export async function ownersOf({ study, parts, ...rest }: Setting) {
  const design = rest.design ?? (await designOf(study, 'both', sha256))
  const hall = rest.hall ?? new Hall(parts.length)
  const ledgers = parts.map((_, k) => rest.ledgers?.[k] ?? newPoolLedger(randomBytes))
  const owners = parts.map((rows, k): Owner => {
    const owner: Owner = {
      study,
      design,
      rows,
      ledger: ledgers[k] as PoolLedger,
      board: hall.board(k),
      random: (count) => Uint8Array.from(randomBytes(count)),
      isRoster: async () => true,
      remember: async (ledger) => {
        ledgers[k] = ledger
      },
    }
    return rest.change?.(owner, k) ?? owner
  })
  return { owners, ledgers, hall }
}

/** What becomes of each owner. When one stops, the others wait for it in vain, to their deadline. */
export async function pooled(setting: Setting): Promise<Ended> {
  const { owners, ledgers, hall } = await ownersOf(setting)
  const joined = owners.map(async (owner) => {
    try {
      return await joinPool(owner)
    } catch (thrown) {
      hall.end()
      throw thrown
    }
  })
  return { ends: await Promise.allSettled(joined), ledgers, hall }
}

export const codes = ({ ends }: Ended): (string | null)[] =>
  ends.map((end) => (end.status === 'rejected' ? (end.reason.code ?? String(end.reason)) : null))

import { secureRandom } from '../../platform/random.ts'
import type { Summary } from '../../stats/summary.ts'
import { expectedAndTold, modelOf } from '../../study/fitted.ts'
import { lineOfR } from '../../study/lineOfR.ts'
import { mostOpened } from '../../study/pool/iterate.ts'
import { checkBefore, joinPool, type OwnRowsTold, published } from '../../study/pool/join.ts'
import type { PoolLedger } from '../../study/pool/ledger.ts'
import { signerOf } from '../../study/pool/messages.ts'
import type { Roster } from '../../study/pool/roster.ts'
import type { StudyFile } from '../../study/studyFile.ts'
import { figuresOf } from '../../validation/compare.ts'
import type { StudyRows } from '../trainer/studyRows.ts'
import type { HeldJournal, HeldLedger } from './held.ts'
import { type Opened, type Participant, type PooledHere, Turns } from './turns.ts'

/** What an owner is told of its own part before it says anything to anybody. */
export interface Ready {
  readonly records: number
  readonly leftOut: number
  /** So many numbers of it are opened at most, as sums of all owners. */
  readonly mostOpened: number
  /** The titles of studies that this device remembers; null where it remembers nothing, not even an owner. */
  readonly earlier: readonly string[] | null
  /** The name under which this study was begun here and is gone on with; null where it was not. */
  readonly begunAs: string | null
}

/** An owner's part in a study: its rows, which are read once and stay as they are, its keys and its pads. */
export class Participation {
  readonly turns = new Turns()
  readonly #study: StudyFile
  readonly #own: StudyRows
  readonly #held: HeldLedger
  readonly #journal: HeldJournal
  /** So many sums of these rows may still be opened. */
  readonly #numbers: number

  /** Throws what the own rows forbid. */
  constructor(study: StudyFile, own: StudyRows, held: HeldLedger, journal: HeldJournal) {
    const { numbers } = checkBefore({ study, ...own, ledger: held.ledger, journal })
    this.#numbers = numbers.left
    this.#journal = journal
    this.#study = study
    this.#own = own
    this.#held = held
  }

  get ready(): Ready {
    const { rows, leftOut, design } = this.#own
    const { isNew, ledger } = this.#held
    const earlier = isNew ? null : ledger.studies.map(({ title }) => title)
    return {
      records: rows.outcomes.length,
      leftOut,
      mostOpened: Math.min(mostOpened(design.inputs.length + 1), this.#numbers),
      earlier,
      begunAs: this.#journal.name,
    }
  }

  /** Takes part from here on, under a name for the others, or the one that it began under; what it needs it asks by its turns. */
  begin(name: string): void {
    void this.#join(name).then(
      (pooled) => this.turns.end({ kind: 'done', pooled }),
      (thrown: unknown) => this.turns.end({ thrown }),
    )
  }

  async #join(chosen: string): Promise<PooledHere> {
    const { turns } = this
    const journal = this.#journal
    await journal.begin(chosen)
    const name = journal.name ?? chosen
    const { design, rows } = this.#own
    const { ledger } = this.#held
    const opened: Opened[] = []
    let ownRows: OwnRowsTold | null = null
    const summary = await joinPool({
      study: this.#study,
      design,
      rows,
      ledger,
      name,
      journal,
      random: secureRandom,
      board: {
        post: (slot, text) => turns.ask({ kind: 'post', slot, text }),
        all: (slot) => turns.ask({ kind: 'all', slot, round: opened.length, what: opened.at(-1)?.what ?? null }),
      },
      isRoster: (roster) => turns.ask({ kind: 'roster', code: roster.code, owners: participantsOf(roster, ledger) }),
      remember: (joined) => this.#held.keep(joined),
      onFitted: (told) => {
        ownRows = told
      },
      onOpen: (what, numbers) => opened.push({ what, numbers }),
    })
    return { ...this.#found(summary), opened, ownRows }
  }

  #found(summary: Summary): Omit<PooledHere, 'opened' | 'ownRows'> {
    const study = this.#study
    const { design, rows, leftOut } = this.#own
    const handedOn = published(summary)
    const { expected, told } = expectedAndTold(study, design, rows, summary)
    return {
      summary,
      published: handedOn,
      figures: figuresOf({ scores: expected, outcomes: told }, study.family === 'binomial', 0.5),
      model: `${JSON.stringify(modelOf(study, design, handedOn), null, 2)}\n`,
      lineOfR: lineOfR(study),
      leftOut,
    }
  }
}

function participantsOf({ owners, names }: Roster, { seed }: PoolLedger): Participant[] {
  const own = signerOf(seed)
  return owners.map((key) => ({ key, name: names.get(key) ?? '', isOwn: key === own }))
}

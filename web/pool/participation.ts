import { asBlindscoreError } from '../../core/errors.ts'
import { secureRandom } from '../../platform/random.ts'
import type { Summary } from '../../stats/summary.ts'
import { expectedAndTold, modelOf } from '../../study/fitted.ts'
import { lineOfR } from '../../study/lineOfR.ts'
import { checkBefore, joinPool, type OwnPart, type OwnRowsTold, published } from '../../study/pool/join.ts'
import type { PoolLedger } from '../../study/pool/ledger.ts'
import { signerOf } from '../../study/pool/messages.ts'
import { type Declared, type PoolReceipt, receiptOf } from '../../study/pool/receipt.ts'
import type { Roster } from '../../study/pool/roster.ts'
import type { StudyFile } from '../../study/studyFile.ts'
import { figuresOf } from '../../validation/compare.ts'
import type { StudyRows } from '../trainer/studyRows.ts'
import { type HeldJournal, type HeldLedger, type HeldReceipt, type HeldResults, leavingIn } from './held.ts'
import { type Opened, type Participant, type PooledHere, Turns } from './turns.ts'

/** What an owner is told of its own part before it says anything to anybody. */
export interface Ready extends Omit<OwnPart, 'earlier'> {
  /** The study's digest, by which it is named elsewhere. */
  readonly study: string
  readonly leftOut: number
  /** What this device remembers of other studies of these rows; null where it remembers no study at all. */
  readonly earlier: OwnPart['earlier'] | null
  /** What this study was begun with here and is gone on with; null where it was not. */
  readonly begunAs: Declared | null
}

/** What an owner's device keeps, of which a part needs all. */
export interface Held {
  readonly ledger: HeldLedger
  readonly journal: HeldJournal
  readonly receipt: HeldReceipt
  readonly results: HeldResults
}

/** What an owner begins with. */
export interface Begun {
  readonly declared: Declared
  /** What owners signed who came or went since an earlier study of these rows. */
  readonly releases: readonly string[]
}

/** An owner's part in a study: its rows, which are read once and stay as they are, its keys and its pads. */
export class Participation {
  readonly turns = new Turns()
  readonly #study: StudyFile
  readonly #own: StudyRows
  readonly #held: Held
  readonly #part: OwnPart
  readonly #digest: string
  #receipt: PoolReceipt | null = null

  /** Throws what the own rows forbid. */
  constructor(study: StudyFile, own: StudyRows, held: Held) {
    const { part, digest } = checkBefore({ study, ...own, ledger: held.ledger.ledger, journal: held.journal })
    this.#part = part
    this.#digest = digest
    this.#study = study
    this.#own = own
    this.#held = held
  }

  get ready(): Ready {
    const { ledger, journal } = this.#held
    return {
      ...this.#part,
      study: this.#digest,
      leftOut: this.#own.leftOut,
      earlier: ledger.ledger.studies.length === 0 ? null : this.#part.earlier,
      begunAs: journal.declared,
    }
  }

  /** Takes part from here on, by what it declares, or declared when it began; what it needs it asks by its turns. */
  begin(begun: Begun): void {
    void this.#join(begun).then(
      (pooled) => this.turns.end({ kind: 'done', pooled }),
      (thrown: unknown) => this.turns.end({ thrown }),
    )
  }

  async #join({ declared: chosen, releases }: Begun): Promise<PooledHere> {
    const { turns } = this
    const { journal, ledger, receipt } = this.#held
    await journal.begin(chosen)
    const declared = journal.declared ?? chosen
    this.#receipt = await receipt.read()
    const { design, rows } = this.#own
    const opened: Opened[] = []
    let ownRows: OwnRowsTold | null = null
    const work = joinPool({
      study: this.#study,
      design,
      rows,
      ledger: ledger.ledger,
      introduction: declared,
      journal,
      releases,
      random: secureRandom,
      board: {
        post: (slot, text) => turns.ask({ kind: 'post', slot, text }),
        all: (slot) => turns.ask({ kind: 'all', slot, round: opened.length, what: opened.at(-1)?.what ?? null }),
      },
      isRoster: (roster) => this.#consented(roster, declared),
      remember: (joined) => ledger.keep(joined),
      onFitted: (told) => {
        ownRows = told
      },
      onOpen: (what, numbers) => opened.push({ what, numbers }),
    })
    const found = this.#found(await this.#ended(work, opened))
    // What cannot be kept is on show all the same, as long as the tab is.
    const isKept = await this.#held.results.keep(found).then(
      () => true,
      () => false,
    )
    return { ...found, opened, ownRows, isKept }
  }

  /** Whether the person consents; what to, is kept before anything follows from it. */
  async #consented(roster: Roster, declared: Declared): Promise<boolean> {
    const { ledger, receipt } = this.#held
    const { basis, retention } = declared
    const own = { basis, retention }
    const owners = participantsOf(roster, ledger.ledger)
    const text = await this.turns.ask<string | null>({ kind: 'roster', code: roster.code, owners, own })
    if (text === null) return false
    const { records } = this.#part
    this.#receipt = receiptOf({ study: this.#study, roster, records, own, text, at: new Date() })
    await receipt.keep(this.#receipt)
    return true
  }

  /** What becomes of a study that was consented to is written to its receipt; one that the person left is not gone on with. */
  async #ended<T>(work: Promise<T>, opened: readonly Opened[]): Promise<T> {
    const write = async (as: string): Promise<void> => {
      if (this.#receipt === null) return
      const ended = { as, at: new Date().toISOString() }
      await this.#held.receipt.keep({ ...this.#receipt, opened: [...opened], ended })
    }
    try {
      const found = await work
      await write('done')
      return found
    } catch (thrown) {
      const { code, fault } = asBlindscoreError(thrown)
      if (code.startsWith('study/')) await write(code)
      const leaving = leavingIn(fault)
      if (leaving !== null) await this.#held.journal.leave(leaving)
      throw thrown
    }
  }

  #found(summary: Summary): Omit<PooledHere, 'opened' | 'ownRows' | 'isKept'> {
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

function participantsOf({ owners, introductions }: Roster, { seed }: PoolLedger): Participant[] {
  const own = signerOf(seed)
  const unsaid = { name: '', role: 'unsaid', contact: '' } as const
  return owners.map((key) => ({ key, ...(introductions.get(key) ?? unsaid), isOwn: key === own }))
}

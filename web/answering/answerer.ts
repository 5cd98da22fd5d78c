import { unforeseen } from '../../core/errors.ts'
import type { RandomBytes } from '../../core/number/random.ts'
import type { Arithmetic, WeightedProduct } from '../../core/protocol/paillier/arithmetic.ts'
import { sha256 } from '../../platform/digest.ts'
import {
  type AnswerFacts,
  answered,
  answerFacts,
  type Checked,
  checkedFile,
  checkGiven,
  checkTold,
  isEvent,
  outcomesByRow,
  type Told,
  toldBefore,
} from '../../study/answering.ts'
import { designOf } from '../../study/design.ts'
import { type Ledger, newLedger, readLedger, withLedger, writeLedger } from '../../study/ledger.ts'
import { usualEpsilon } from '../../study/randomised.ts'
import type { StudyFile } from '../../study/studyFile.ts'
import type { LookedAt } from '../../validation/readPairs.ts'
import type { PoolStore } from '../pool/poolStore.ts'
import { designedRows } from '../trainer/studyRows.ts'

/** What a sealed file asks for, once it was checked. */
export interface Asked {
  readonly study: StudyFile
  /** SHA-256 of the file. */
  readonly digest: string
  readonly records: number
  /** So many sums are asked for, that of the outcomes alone among them. */
  readonly sums: number
  /** Whether outcomes are of 0 and 1, and can be randomised. */
  readonly isEvent: boolean
  /** Answers that this browser's ledger knows of; null where it has none. */
  readonly earlier: number | null
  /** The answer that this browser gave to this very file. */
  readonly given: string | null
}

/** The outcomes of all sealed records, as they were found. */
export interface Matched {
  readonly records: number
  readonly leftOut: number
}

/** What an answer gives away, and the facts of what is agreed to. */
export interface Offer {
  readonly told: Told
  readonly facts: AnswerFacts
}

interface Means {
  /** What this browser keeps, sealed: the ledger, and each answer by the digest of its file. */
  readonly store: PoolStore
  readonly arithmetic: Arithmetic
  readonly random: RandomBytes
  readonly weightedProduct: WeightedProduct
}

const ledgerName = 'answers'
const answerName = (digest: string): string => `answer ${digest}`

/** The side that has outcomes: a sealed file, its outcomes, and what this browser gave before. */
export class Answerer {
  readonly #means: Means
  #checked: Checked | null = null
  #outcomes: Float64Array | null = null

  constructor(means: Means) {
    this.#means = means
  }

  /**
   * Takes a sealed file. Throws what it is refused for, and `study/answered` where outcomes of its records were given before, other than
   * to this very file: that answer is given again.
   */
  async check(file: Uint8Array, onChecked: (part: number) => void): Promise<Asked> {
    this.#checked = null
    this.#outcomes = null
    const { arithmetic, store } = this.#means
    const checked = await checkedFile(file, arithmetic, sha256, onChecked)
    const ledger = await this.#ledger()
    const given = await store.read(answerName(checked.digest))
    if (ledger && given === null) checkGiven(checked, ledger)
    this.#checked = checked
    const { study, rows, maxima } = checked.sealed
    return {
      study,
      digest: checked.digest,
      records: rows.length,
      sums: maxima.length,
      isEvent: isEvent(checked),
      earlier: ledger?.given.length ?? null,
      given,
    }
  }

  /** Reads the outcome of each sealed record from that column. Throws `study/unmatched`, and what a check of the file throws. */
  async read(looked: LookedAt, column: string): Promise<Matched> {
    const checked = this.#theChecked()
    this.#outcomes = null
    const { study } = checked.sealed
    const design = await designOf(study, 'outcome', sha256)
    const { rows, numbers, leftOut } = await designedRows(looked, design, new Map([[study.outcome.name, column]]))
    this.#outcomes = outcomesByRow(checked, numbers, rows.outcomes)
    return { records: this.#outcomes.length, leftOut }
  }

  /** What an answer would give away; null is of outcomes as they are. Throws `study/bits` where these are not given. */
  async offer(epsilon: number | null): Promise<Offer> {
    const checked = this.#theChecked()
    checkTold(checked, epsilon)
    const told = toldBefore(checked, this.#theOutcomes(), epsilon ?? usualEpsilon)
    return { told, facts: answerFacts(checked, told, epsilon, await this.#ledger()) }
  }

  /** Answers. What was given is kept before the answer is there. */
  async answer(epsilon: number | null, onMultiplied: (part: number) => void): Promise<string> {
    const checked = this.#theChecked()
    const { random, weightedProduct, store } = this.#means
    const before = (await this.#ledger()) ?? newLedger(random)
    const parts = { sha256, random, weightedProduct, onMultiplied }
    const { ledger, answer } = await answered(checked, this.#theOutcomes(), epsilon, before, parts)
    await store.write(ledgerName, writeLedger(ledger))
    await store.write(answerName(checked.digest), answer)
    return answer
  }

  /** This browser's ledger as a file; null where it has none. */
  async ledger(): Promise<string | null> {
    return this.#means.store.read(ledgerName)
  }

  /**
   * Takes in a ledger that was kept elsewhere. Returns how many answers are known now. Throws `study/answered` for what is none, and where
   * it says that outcomes of these records were given.
   */
  async takeLedger(text: string): Promise<number> {
    const other = readLedger(text)
    const own = await this.#ledger()
    const ledger = own ? withLedger(own, other) : other
    await this.#means.store.write(ledgerName, writeLedger(ledger))
    if (this.#checked) checkGiven(this.#checked, ledger)
    return ledger.given.length
  }

  async #ledger(): Promise<Ledger | null> {
    const text = await this.#means.store.read(ledgerName)
    return text === null ? null : readLedger(text)
  }

  #theChecked(): Checked {
    return this.#checked ?? unforeseen('a sealed file that nobody checked')
  }

  #theOutcomes(): Float64Array {
    return this.#outcomes ?? unforeseen('outcomes that nobody read')
  }
}

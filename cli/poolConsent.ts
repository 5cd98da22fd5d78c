import { readFile } from 'node:fs/promises'
import type { Introduction } from '../study/pool/introduction.ts'
import { roles } from '../study/pool/introduction.ts'
import { digestOfStudy, type OwnPart } from '../study/pool/join.ts'
import { type Declared, type PoolReceipt, receiptOf, writeReceipt } from '../study/pool/receipt.ts'
import type { Roster } from '../study/pool/roster.ts'
import type { StudyFile } from '../study/studyFile.ts'
import { consentText } from '../words/consent.ts'
import { poolConsent, poolConsentTitle } from '../words/en/poolConsent.ts'
import { UsageError } from './command.ts'
import { replace } from './replace.ts'
import { type ConsentOptions, consentAsked } from './sideConsent.ts'

/** What an owner without a page consents to, before its first sum leaves: the page's text, and the same receipt of it. */

export interface Asked {
  readonly study: StudyFile
  /** Where the messages lie. */
  readonly place: string
  /** The own public key. */
  readonly key: string
  readonly leftOut: number
}

const unsaid: Introduction = { name: '', role: 'unsaid', contact: '' }

/** A consent, and its receipt as the study goes on. */
export class Consent {
  readonly #options: ConsentOptions
  readonly #asked: Asked
  readonly #say: (line: string) => void
  #receipt: PoolReceipt | null = null
  readonly #opened: PoolReceipt['opened'] = []

  constructor(options: ConsentOptions, asked: Asked, say: (line: string) => void) {
    this.#options = options
    this.#asked = asked
    this.#say = say
  }

  /** Says what is agreed to, and whether it is. Throws `study/consent` where it was only to be shown, or is another text. */
  async given(roster: Roster, part: OwnPart): Promise<void> {
    const { consent, declared } = this.#options
    const { study } = this.#asked
    const text = this.#text(roster, part)
    consentAsked(text, consent, this.#say)
    const { records } = part
    this.#receipt = receiptOf({ study, roster, records, own: declared, text, at: new Date() })
    await this.#write()
  }

  opened(what: string, numbers: number): void {
    this.#opened.push({ what, numbers })
  }

  /** The study is over: `done`, or by the code of an error. */
  async over(as: string): Promise<void> {
    if (this.#receipt === null) return
    this.#receipt = { ...this.#receipt, opened: this.#opened, ended: { as, at: new Date().toISOString() } }
    await this.#write()
  }

  async #write(): Promise<void> {
    const { receipt: path } = this.#options
    if (path !== null && this.#receipt !== null) await replace(path, writeReceipt(this.#receipt))
  }

  #text(roster: Roster, part: OwnPart): string {
    const { study, place, key: own, leftOut } = this.#asked
    const { basis, retention } = this.#options.declared
    const owners = roster.owners.map((key) => ({
      ...(roster.introductions.get(key) ?? unsaid),
      ...{ key, isOwn: key === own },
    }))
    const facts = { study, digest: digestOfStudy(study), place, code: roster.code, owners, leftOut, basis, retention }
    return consentText(poolConsentTitle, poolConsent({ ...facts, ...part }))
  }
}

/** What an owner declares, from a JSON file of it; nothing where there is none. Throws UsageError for another one. */
export async function declaredIn(path: string | null): Promise<Declared> {
  const nothing = { ...unsaid, basis: '', retention: '' }
  if (path === null) return nothing
  const told: unknown = await readFile(path, 'utf8').then(JSON.parse)
  const members = Object.entries(told ?? {})
  const isKnown = members.every(([name, text]) => name in nothing && typeof text === 'string')
  const declared = { ...nothing, ...Object.fromEntries(members) } as Declared
  if (isKnown && [...roles, 'unsaid'].includes(declared.role)) return declared
  throw new UsageError(
    `--declared takes a JSON file with texts for name, role (${roles.join(', ')}), contact, basis and retention.`,
  )
}

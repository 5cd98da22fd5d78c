import type { AnswerFacts as Answering } from '../../study/answering.ts'
import type { StudyFile } from '../../study/studyFile.ts'
import type { ConsentSection } from '../consent.ts'
import { assessment, counted, orNobody, orUnsaid, roleNames, whole } from './consentParts.ts'

/** What one of two sides agrees to before something leaves: who seals its records, who answers with its outcomes, who gives changes of a model. */

export interface SideFacts {
  /** What the owner declared for itself; texts may be empty. */
  readonly declared: {
    readonly name: string
    readonly role: string
    readonly contact: string
    readonly basis: string
    readonly retention: string
  }
  readonly records: number
}

type Study = Pick<StudyFile, 'title' | 'description' | 'outcome' | 'event' | 'terms' | 'agreement'>

export interface SealFacts extends SideFacts {
  readonly study: Study
  /** So many sums come back. */
  readonly numbers: number
}

type AnswerFacts = SideFacts & Answering

export interface AdaptFacts extends SideFacts {
  readonly model: string
  /** Every number that goes to the vendor, as it is in the file. */
  readonly changes: readonly { readonly name: string; readonly value: number }[]
}

const you = ({ declared: { name, role, contact, basis, retention } }: SideFacts): string[] => [
  `You: ${orUnsaid(name)}; role: ${roleNames[role] ?? 'not stated'}; contact: ${orUnsaid(contact)}.`,
  `Your legal basis: ${orUnsaid(basis)}. How long you keep what comes of it: ${orUnsaid(retention)}.`,
]

function what({ title, description, outcome, event, terms, agreement }: Study, records: number): ConsentSection {
  return {
    title: 'What for, and of what',
    lines: [
      `Study: ${title}. Purpose and formula: ${orUnsaid(description)}`,
      `Outcome: ${outcome.name}${event === undefined ? '' : ` = ${event}`}. Columns: ${terms.join(', ')}.`,
      `Invited by: ${orUnsaid(agreement?.organiser)}; contact: ${orUnsaid(agreement?.contact)}. Who else gets the model: ${orNobody(agreement?.recipients)}.`,
      `Records: ${whole.format(records)}. Period: ${orUnsaid(agreement?.period)}.`,
    ],
  }
}

const who = (facts: SideFacts, other: string): ConsentSection => ({
  title: 'Who takes part',
  lines: [...you(facts), other],
})

const table = (rows: readonly (readonly string[])[]): ConsentSection => ({
  title: 'Who can learn what',
  lines: [],
  table: { head: ['Who', 'What'], rows },
})

const isNot = (encryption: string, privacy: string): ConsentSection => ({
  title: 'What this is not',
  lines: [
    `It is not anonymous. ${privacy} ${encryption} The construction is this project’s own and was not reviewed by third parties.`,
  ],
})

const smallPrint = (kept: string, records: number): ConsentSection => ({
  title: 'Small print',
  lines: [kept, 'For questions: the contacts above.', assessment(records, 'These are.')],
})

export const sealConsentTitle = 'Consent to outcomes elsewhere: who seals its records'

export const sealConsent = (facts: SealFacts): ConsentSection[] => [
  who(
    facts,
    'The other side has the outcomes. It multiplies by them what you seal; you open the sums and have the model.',
  ),
  what(facts.study, facts.records),
  {
    title: 'What leaves this computer',
    lines: [
      `The columns of ${counted(facts.records, 'record')}, encrypted under a key that stays here, the study in the clear, and which rows of the delivery they are. No value leaves in the clear.`,
      'The other side learns which persons you have in common.',
    ],
  },
  table([
    [
      'The other side',
      'the study, which rows were sealed, and so which persons you have in common; nothing of what is in them',
    ],
    ['You', `${counted(facts.numbers, 'sum')} over its outcomes, and so the model`],
    ['Somebody on the way', 'how many records there are, and the study'],
    ['A dishonest other side', 'can answer with anything: the model is then wrong, and in general you cannot tell'],
  ]),
  {
    title: 'What cannot be undone',
    lines: ['What was given away stays there, encrypted: who has this key later, or breaks it, reads it.'],
  },
  isNot(
    'It is Paillier’s homomorphic encryption, with a layout of this project.',
    'It is not differentially private unless the other side randomises its outcomes, and then for outcomes alone.',
  ),
  smallPrint(
    'The study’s key is in a file of its own, under its passphrase, until you delete that; one answer is opened, and the file remembers which.',
    facts.records,
  ),
]

export const answerConsentTitle = 'Consent to outcomes elsewhere: who has the outcomes'

export const answerConsent = (facts: AnswerFacts): ConsentSection[] => [
  who(facts, 'The other side sealed its records and gets sums over your outcomes; the model is its own.'),
  what(facts.study, facts.records),
  {
    title: 'What leaves this computer',
    lines: [
      `${counted(facts.numbers, 'sum')} over the outcomes of ${counted(facts.records, 'record')}, encrypted for the other side. No outcome leaves by itself. Sums can be personal data.`,
      ...(facts.squares ? ['The sum of the squares of the outcomes, in the clear: standard errors need it.'] : []),
      facts.randomised === null
        ? `The other side can read up to ${whole.format(facts.readable)} single outcomes of ${whole.format(facts.records)} if it cheats; you cannot see it. Outcomes are as they are: nothing bounds that further.`
        : `The other side could read up to ${whole.format(facts.readable)} single answers of ${whole.format(facts.records)} if it cheats; you cannot see it. With randomised answers (ε = ${facts.randomised.epsilon}) no answer about a person is sure: odds at most ${Number(facts.randomised.odds.toPrecision(3))}.`,
    ],
  },
  table([
    ['The other side', `${counted(facts.numbers, 'sum')}, and so the model; which persons you have in common`],
    ['A dishonest other side', 'single outcomes, as many as above'],
    ['You', 'the study and which rows were sealed; not the columns, not the model'],
    ['Somebody on the way', facts.squares ? 'the sum of the squares' : 'nothing but sizes'],
  ]),
  {
    title: 'What cannot be undone',
    lines: [
      'What was answered stays known. Outcomes of a record are given once: the difference of two answers would tell them.',
      facts.earlier === null
        ? 'There is no ledger of earlier answers yet: whether outcomes of these records were given before cannot be seen.'
        : `The ledger knows of ${counted(facts.earlier, 'earlier answer')}, none of them for these records and this outcome.`,
    ],
  },
  isNot(
    'It is Paillier’s homomorphic encryption, with a layout of this project.',
    facts.randomised === null
      ? 'It is not differentially private: outcomes are not randomised.'
      : 'Each outcome is randomised, which is local differential privacy of outcomes, and of nothing else.',
  ),
  smallPrint(
    'The ledger keeps which rows were answered for, and no outcome; where it is lost, earlier answers are not seen any more. It knows rows, not persons: after another delivery it cannot tell.',
    facts.records,
  ),
]

export const adaptConsentTitle = 'Consent to giving a vendor changes of its model'

export const adaptConsent = (facts: AdaptFacts): ConsentSection[] => [
  who(facts, 'The vendor applies the changes to its model, which then serves you alone.'),
  {
    title: 'What for, and of what',
    lines: [`Model: ${facts.model}.`, `Records: ${whole.format(facts.records)}, with outcomes that are here.`],
  },
  {
    title: 'What leaves this computer',
    lines: [
      `Nothing by itself. The file has these ${counted(facts.changes.length, 'change')} in six digits, which you may give to the vendor: no row, no number of rows, no error. Changes can be personal data.`,
    ],
    table: {
      head: ['What is changed', 'By'],
      rows: facts.changes.map(({ name, value }) => [name, String(value)]),
    },
  },
  table([
    ['The vendor', 'the changes, and from them what differs between your records and those of its model'],
    ['You', 'the changes; from predictors of more records than columns the vendor’s weights follow by themselves'],
    ['Who compares two such files', 'something of the records by which they differ: give changes of a file once'],
  ]),
  {
    title: 'What cannot be undone',
    lines: ['What was given to the vendor stays there. Nothing here remembers that it was given.'],
  },
  isNot('Nothing is encrypted.', 'It is not differentially private: no noise is added.'),
  smallPrint('Nothing is kept here but the files that you have saved.', facts.records),
]

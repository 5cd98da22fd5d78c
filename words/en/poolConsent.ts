import type { StudyFile } from '../../study/studyFile.ts'
import type { ConsentSection } from '../consent.ts'
import { assessment, counted, orNobody, orUnsaid, roleNames, whole } from './consentParts.ts'

/** What an owner agrees to before the first sum leaves: on the page, on paper and in a terminal the same text. */

export interface PoolConsentFacts {
  readonly study: Pick<StudyFile, 'title' | 'description' | 'outcome' | 'event' | 'terms' | 'agreement'>
  /** SHA-256, in hexadecimal. */
  readonly digest: string
  /** The server's address or the folder where messages lie. */
  readonly place: string
  readonly code: string
  readonly owners: readonly {
    readonly key: string
    readonly name: string
    readonly role: string
    readonly contact: string
    readonly isOwn: boolean
  }[]
  readonly records: number
  readonly leftOut: number
  readonly mostOpened: number
  readonly mostRounds: number
  readonly levels: readonly string[]
  readonly patterns: number | null
  /** Null where nothing is remembered at all. */
  readonly earlier: { readonly studies: number; readonly numbers: number } | null
  readonly basis: string
  readonly retention: string
}

/** So many digits of a key tell owners of one name apart; that they are whose they seem is what the code is for. */
const keyDigits = 8

export const poolConsentTitle = 'Consent to a pooled study'

export function poolConsent(facts: PoolConsentFacts): ConsentSection[] {
  return [who(facts), what(facts), leaves(facts), learns(), rests(), undone(facts), isNot(), smallPrint(facts)]
}

function who({ owners, study: { agreement }, code, place }: PoolConsentFacts): ConsentSection {
  return {
    title: 'Who takes part',
    table: {
      head: ['Participant', 'Role', 'Contact', 'Key'],
      rows: owners.map(({ name, role, contact, key, isOwn }) => [
        `${name.trim() || 'without a name'}${isOwn ? ' (you)' : ''}`,
        roleNames[role] ?? 'role not stated',
        contact.trim() || 'contact not stated',
        key.slice(0, keyDigits),
      ]),
    },
    lines: [
      `Invited by: ${orUnsaid(agreement?.organiser)}; contact: ${orUnsaid(agreement?.contact)}.`,
      `Who gets the result: every participant; beside them: ${orNobody(agreement?.recipients)}.`,
      `Messages lie at: ${place}; run by: ${orUnsaid(agreement?.carrier)}. Sums are added up by the participants themselves.`,
      `Code of these participants: ${code}. Compare it by telephone or in person.`,
    ],
  }
}

function what({ study, digest, records, leftOut, basis, retention }: PoolConsentFacts): ConsentSection {
  const { title, description, outcome, event, terms, agreement } = study
  return {
    title: 'What for, and of what',
    lines: [
      `Study: ${title} (SHA-256 ${digest}).`,
      `Purpose and formula: ${orUnsaid(description)}`,
      `Outcome: ${outcome.name}${event === undefined ? '' : ` = ${event}`}. Columns: ${terms.join(', ')}.`,
      `Your rows: ${counted(records, 'record')}${leftOut > 0 ? `; ${counted(leftOut, 'row')} left out` : ''}. Period: ${orUnsaid(agreement?.period)}.`,
      `Your legal basis: ${orUnsaid(basis)}.`,
      `How long you keep what comes of it: ${orUnsaid(retention)}.`,
    ],
  }
}

function leaves({ mostOpened, mostRounds, levels, patterns }: PoolConsentFacts): ConsentSection {
  const groups = levels.length === 0 ? '' : ` (${levels.join(', ')})`
  return {
    title: 'What leaves this computer',
    lines: [
      `At most ${counted(mostOpened, 'sum')} in at most ${counted(mostRounds, 'round')} of estimates, each number under a pad that goes away only in the sum of all participants. No row leaves this computer.`,
      patterns === null
        ? 'Sums can be personal data: from them the full table of your categorical columns can be computed.'
        : `Sums can be personal data: only ${whole.format(patterns)} distinct records are possible here, and the full table of them, with the outcome, becomes known to all participants.`,
      `No group of fewer than 5 of your records is in it: levels, and pairs of them, of fewer were merged or left out before${groups}, or the study would have been refused.`,
    ],
  }
}

function learns(): ConsentSection {
  return {
    title: 'Who can learn what',
    table: {
      head: ['Who', 'What'],
      rows: [
        [
          'The server alone',
          'nothing but sizes and times: how many participants there are, when and how much they speak',
        ],
        ['Each participant', 'the sums of all, and so the model'],
        ['All others together', 'your totals: theirs taken away from the sums of all'],
        ['Where three take part, each of the two others', 'your totals, if it works with the other one'],
        ['Whoever gets the model', 'coefficients and errors in six digits, and how many records there were'],
        ['A dishonest participant', 'can falsify the result, and in general nobody can tell'],
      ],
    },
    lines: [],
  }
}

const rests = (): ConsentSection => ({
  title: 'What that rests on',
  lines: [
    'These statements need at least two honest organisations besides the curious one, the code compared by telephone, and this program as it was published. It answers no estimate that asks for a few of your records; that narrows what a dishonest participant can ask for, and proves nothing.',
  ],
})

function undone({ earlier }: PoolConsentFacts): ConsentSection {
  const remembered =
    earlier === null
      ? 'No earlier study is remembered here: I cannot see earlier ones. If these rows were in one from elsewhere, the difference of two could tell single rows.'
      : earlier.studies === 0
        ? 'No other study of these rows is remembered here.'
        : `Earlier studies of these rows that are remembered here: ${whole.format(earlier.studies)}, in which ${counted(earlier.numbers, 'sum')} were opened or may be. What they gave away adds to this.`
  return {
    title: 'What cannot be undone',
    lines: [
      'Before the first sum is open, anybody can leave. After it nobody can withdraw what was told; leaving ends the study for everybody, and a study is run once.',
      remembered,
    ],
  }
}

const isNot = (): ConsentSection => ({
  title: 'What this is not',
  lines: [
    'It is not anonymous, not differentially private (no noise is added, and none can be switched on), and not homomorphic encryption: it is encryption by pads that cancel in the sum. The construction is this project’s own and was not reviewed by third parties.',
  ],
})

function smallPrint({ records }: PoolConsentFacts): ConsentSection {
  return {
    title: 'Small print',
    lines: [
      'A ledger on this device keeps, without the rows, keyed hashes of them and the name of each study, so that a later one that tells a few rows by its difference is refused. It stays until you delete it here; then earlier studies are not seen any more.',
      'Keys and pads go when the study ends. The server keeps the signed messages for as long as it says, 30 days as a rule; backups of it may keep them longer. What participants have computed stays with them.',
      'For questions: the contacts above; for what is kept at the server, whoever runs it.',
      assessment(records, 'You have more than 10,000.'),
    ],
  }
}

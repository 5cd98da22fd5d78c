import { counted, numbers } from './numbers.ts'

/** What those read who have the outcomes that somebody's sealed records are multiplied by. */
export const answering = {
  offered: {
    title: 'Somebody asks for sums over your outcomes',
    about:
      'Who was sent sealed records answers for them here, with outcomes of the same rows. They stay in this browser.',
    choose: 'Open sealed records',
  },
  title: 'Records that were sealed for your outcomes',
  about:
    'Somebody has columns of rows of which you have the outcomes, and asks for sums over these. You see nothing of the columns, and the other side no outcome. What it could read of them if it cheats is said before you answer. Your outcomes are read in this browser alone, by a worker that has no network.',
  close: 'Put them away',
  under: {
    fetching: 'Fetching the sealed records…',
    checking: 'Checking the sealed records',
    reading: 'Reading your outcomes…',
    answering: 'Multiplying by your outcomes',
    sending: 'Putting the answer on the server…',
  },
  done: (part: number) => `${numbers.percent(part)} done`,
  stop: 'Stop',
  asks: (records: number, sums: number) =>
    `${counted(records, 'record')} were sealed. Asked for are ${counted(sums, 'sum')} over their outcomes.`,
  unproven:
    'All of this is what the file says: nothing proves who made it. Ask whoever sent it to you, by another way, before you answer.',
  ledger: {
    title: 'This browser’s ledger of answers',
    none: 'There is none yet: this browser cannot see whether you gave outcomes of these records before. If you did, elsewhere or before this browser’s storage was emptied, bring the ledger’s file first.',
    known: (answers: number) =>
      `It knows of ${counted(answers, 'earlier answer')}. Outcomes of a record are given once: the difference of two answers would tell them.`,
    save: 'Save the ledger',
    bring: 'Bring a ledger’s file',
  },
  outcomes: {
    title: 'Your outcomes',
    next: 'Open your own file with the outcomes of these rows, in the same order: a record is found by its row.',
    column: 'Column with the outcomes',
    choose: 'Choose…',
    matched: (records: number, leftOut: number) =>
      `The outcomes of all ${counted(records, 'sealed record')} were found${leftOut > 0 ? `; ${counted(leftOut, 'other row')} cannot be read and is not needed` : ''}.`,
  },
  give: {
    title: 'What you give',
    how: 'How outcomes are given',
    ways: { turned: 'Randomised', exact: 'As they are' },
    epsilon: 'ε (a smaller one hides more)',
    epsilonRange: (least: number, most: number) => `ε is from ${numbers.brief(least)} to ${numbers.brief(most)}`,
    alone: 'Only outcomes of 0 and 1 can be randomised: these are given as they are.',
    readable: (readable: number, records: number, turned: boolean) =>
      `If what was sealed was made for it, up to ${numbers.integer(readable)} single ${turned ? 'randomised ' : ''}outcomes of ${numbers.integer(records)} could be read from the answer, and you could not see it.`,
    turned: (share: number, odds: number) =>
      `Each outcome is told the other way round with a probability of ${numbers.brief(100 * share)} %. Whatever was sealed, nothing about a person becomes more than ${numbers.brief(odds)} times as likely.`,
    price: (factor: number) =>
      `The price is the other side’s: its standard errors are some ${numbers.brief(factor)} times as large, or more.`,
    exact: 'Nothing bounds that further. For personal data, randomise them.',
    squares: 'The sum of the squares of the outcomes goes in the clear: standard errors need it.',
  },
  consent: {
    title: 'Before the answer is made',
    agree: 'I may give these sums for this purpose, and know what they tell',
    act: 'Answer',
  },
  given: {
    title: 'The answer',
    again: 'This browser has answered for this very file before. This is that answer again, and tells nothing more.',
    about:
      'The ledger in this browser says from now on for which rows outcomes were given. Save it as well: where this browser’s storage is emptied, nothing else remembers.',
    save: 'Save the answer',
    send: 'Put it on this server',
    sent: 'The answer is on the server, for whoever sealed the records. There is nothing more to do.',
    saveReceipt: 'Save the receipt',
  },
}

/** What a side of an exchange declares of itself, and how it agrees. */
export const sideConsent = {
  declare: 'You, in what you agree to',
  declareAbout:
    'All of this stays here, in the text below and in the receipt of it. What is left empty is “not stated”.',
  name: 'Your legal name',
  unsaid: 'Not stated',
}

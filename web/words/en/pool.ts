import type { Parts } from '../parts.ts'
import { counted, numbers } from './numbers.ts'

/** What those read who fit one model to rows of several owners. */
export const pool = {
  setUp: {
    title: 'Pool with other owners',
    about:
      'Three or more owners of rows with these columns fit one model to all of them, each in an own browser. No row leaves its owner, and nobody sees an owner’s sums: only sums of all are opened.',
    notCarried:
      'This server does not carry what owners say to each other: whoever runs it starts it with “--studies”. Any Blindscore server can, and needs no trust for it.',
    studyTitle: 'Title of the study',
    purpose: 'What it is for',
    owners: 'Owners, you among them',
    ranges: 'What each number may be',
    rangesAbout:
      'All who are invited see this. It begins with round numbers and not with your smallest and largest, which are single records’. Rows of anybody that are beyond are left out.',
    column: 'Column',
    from: 'From',
    to: 'To',
    fromOf: (column: string) => `From, ${column}`,
    toOf: (column: string) => `To, ${column}`,
    levels: (count: number) => counted(count, 'level'),
    make: 'Make the study',
    making: 'Making the study…',
    cancel: 'Not now',
  },
  invitations: {
    title: 'Invitations',
    about:
      'One address for each of the other owners. Send each to one of them and to nobody else: who has it can speak in that owner’s place, and the code that you will compare tells the others apart from an impostor only if you compare it. They are shown this once.',
    owner: (seat: number) => `Owner ${seat + 1}`,
    copy: 'Copy the address',
    copyOf: (seat: number) => `Copy the address of owner ${seat + 1}`,
    copied: 'Copied',
  },
  invited: {
    title: 'A pooled study',
    looking: 'Asking the server for the study…',
    youAre: (seat: number, owners: number) => `You are owner ${seat + 1} of ${owners}.`,
    study: 'Study',
    purpose: 'Purpose and formula',
    outcome: 'What is explained',
    columns: 'Columns that explain',
    family: 'Family',
    next: 'Open your own file with these columns, by these names. It is read in this browser and goes nowhere.',
  },
  part: {
    title: 'Your part',
    checking: 'Reading your rows and checking what sums would show of them…',
    checked: (records: number) =>
      `${counted(records, 'record')} of yours: no level, no pattern and no record among them would show in the sums.`,
    leftOut: (rows: number) => `${counted(rows, 'row')} left out: cells that are not as the study says.`,
    frozen: 'The rows stay as they were read, whatever becomes of the file.',
    name: 'What the others call you',
    takePart: 'Take part',
    begunAs: (name: string): Parts<'name'> => [
      'You began this study in this browser as ',
      { name },
      '. What was said stays said; it goes on where it was, with the same rows.',
    ],
    goOn: 'Go on',
    stopped:
      'Nothing is lost: what was said is kept in this browser. Open this address and the same file again, and the study goes on where it was, as long as the others wait.',
    gathering: 'Waiting until all owners are here. Keep this tab open.',
    leave: 'Leave the study',
    leaving: 'Who leaves ends the study for everybody. A tab that is closed can be opened again.',
    owner: (seat: number) => `owner ${seat + 1}`,
    waiting: (names: readonly string[], since: Date) =>
      `Waiting for ${names.length > 1 ? `${names.slice(0, -1).join(', ')} and ` : ''}${names.at(-1)} since ${numbers.clock(since)}.`,
    round: (round: number, what: string) => `Round ${round}: ${what}`,
    whats: {
      records: 'how many records there are',
      design: 'sums of products of the columns',
      start: 'the first weighted sums',
      deviance: 'how well the estimate fits',
      step: 'weighted sums at the estimate',
      criteria: 'what AIC and the null deviance need',
    },
    sums: 'sums of all owners',
    sent: (messages: number, bytes: number) =>
      `${counted(messages, 'message')} from here, ${numbers.bytes(bytes)}: signed, and every number in them under a pad.`,
    over: 'The study is over',
    overAbout:
      'For everybody, and for good: what was opened stays known, and nothing more is. The same owners may set up another one with the same rows; fewer or other rows, or an owner or two more or less, would tell those few by the difference.',
    instead:
      'Who cannot pool can fit here what is all in one place, and publish coefficients with their standard errors: an average of those, weighted, shows no more than they do.',
  },
  consent: {
    title: 'Before the first sum leaves',
    who: 'Who takes part',
    you: '(you)',
    unnamed: 'without a name',
    code: 'Code of these owners',
    compare:
      'Read it to the others by telephone or in person, not by way of this server. If it is the same for all, each of these keys is its owner’s, and nobody is between you.',
    what: 'What leaves this browser',
    leaves: (numbersOpened: number) =>
      `At most ${counted(numbersOpened, 'number')}, in at most 15 rounds of estimates, each under a pad that goes away only in the sum of all owners. No row leaves. Sums can be personal data: with few distinct records the table of all of them can be computed.`,
    learns: 'Who learns what',
    party: 'Who',
    parts: [
      { who: 'The server', what: 'how many owners there are, when and how much they speak; no sum, no row' },
      { who: 'Each owner', what: 'the sums of all owners, and so the model' },
      { who: 'All others together', what: 'your sums: theirs taken away from all' },
      { who: 'With three owners, the two others', what: 'your sums, if they work together' },
      { who: 'Whoever gets the model', what: 'coefficients in six digits, and how many records there were' },
    ],
    assumes: 'What that rests on',
    rests:
      'At least one other owner is honest, the code was compared, and this page is the one that was published. An owner who sends false numbers falsifies the model, and in general nobody can tell. This page answers no estimate that asks for a few of your records.',
    cannot: 'What cannot be undone',
    undone:
      'Once the first sum is open nobody can take back a part in it: who leaves then ends the study for everybody. A study is run once.',
    earlier: {
      unknown:
        'This browser remembers no earlier study: if these rows were in one from elsewhere, the difference of two could tell single rows, and this page would not see it.',
      none: 'This browser remembers no other study of yours.',
      some: (count: number) =>
        `This browser remembers ${count === 1 ? 'one earlier study' : `${numbers.integer(count)} earlier studies`} of yours; their rows and owners are such that the difference tells nobody’s.`,
    },
    isNot: 'What this is not',
    not: 'Sums are not anonymous, and no noise is added to them (no differential privacy). The pads are encryption, but not homomorphic encryption. The construction is this project’s own and was not reviewed by others. For data on health, credit or children, ask whoever answers for data protection first.',
    same: 'I compared the code with all other owners, and it is the same',
    agree: 'I may pool these rows for this purpose, and know what the sums tell',
    pool: 'Pool the sums',
    other: 'It is another code',
  },
  results: {
    title: 'The model of all rows',
    records: 'Records of all owners',
    own: 'Yours among them',
    ownRecords: 'The charts show your own records.',
    digits: 'All digits, for you alone',
    digitsAbout:
      'What you hand on has six digits: from more of them, of a covariance above all, sums of rows can be computed again. These stay in this tab.',
    figures: {
      deviance: 'deviance',
      nullDeviance: 'null deviance',
      dispersion: 'dispersion',
      aic: 'AIC',
      extractAic: 'AIC as in step',
    },
    beside: 'Your own rows beside it',
    compared: (difference: string, freedom: number, p: string) =>
      `By the model of all, the deviance of your rows is ${difference} above that of a fit of yours alone, on ${freedom} degrees of freedom: p = ${p}.`,
    notCompared: 'Your rows alone determine no such model, so there is nothing to compare with.',
    comparedAbout:
      'Where p is small, your rows differ from the others’, or somebody sent false numbers: this page cannot tell which. Look at it before the model is used.',
    learned: 'What each party learned',
    budget: (all: number, most: number) =>
      `In all studies of these rows: ${numbers.integer(all)} of at most ${counted(most, 'sum')}.`,
    opened: (numbersOpened: number, rounds: number) =>
      `You and each other owner: ${counted(numbersOpened, 'sum')} over all owners in ${counted(rounds, 'round')}, and the model that follows from them.`,
    server: (messages: number, bytes: number) =>
      `The server: when this browser left ${counted(messages, 'message')} of ${numbers.bytes(bytes)} in all. What is in them is under pads.`,
    others: 'All other owners together: your sums, by taking theirs away.',
    nobody: 'Nobody: a row of yours.',
    saveModel: 'Download the model',
    saveCsv: 'Download the coefficients',
    inR: 'With all rows in one file, the same in R:',
  },
}

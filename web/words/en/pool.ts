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
    fields: [
      { member: 'title', name: 'Title of the study' },
      { member: 'purpose', name: 'What it is for' },
      { member: 'period', name: 'Period that the records are of' },
      { member: 'organiser', name: 'Who invites: legal name' },
      { member: 'contact', name: 'Contact of who invites' },
      { member: 'recipients', name: 'Who else gets the model' },
      { member: 'carrier', name: 'Who runs this server, and where' },
    ] as const,
    fieldsAbout:
      'All of this is in the study: each participant reads it before it consents, and signs it with every message. Only the last two may be left empty.',
    owners: 'Owners, you among them',
    ownersRange: (least: number, most: number) => `Owners are from ${least} to ${most}`,
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
      'One address for each of the other owners. Send each to one of them and to nobody else: who has it can speak in that owner’s place, and the code that you will compare tells the others apart from an impostor only if you compare it. This browser keeps them until the study expires, and shows them again at your own address.',
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
    agreement: [
      { member: 'period', name: 'Period' },
      { member: 'organiser', name: 'Invited by' },
      { member: 'contact', name: 'Contact' },
      { member: 'recipients', name: 'Who else gets the model' },
      { member: 'carrier', name: 'Who runs the server' },
    ] as const,
    purpose: 'Purpose and formula',
    outcome: 'What is explained',
    columns: 'Columns that explain',
    family: 'Family',
    unknown:
      'Is the address whole? A study also goes when it expires, or when who made it takes it away: ask who invited you.',
    again: 'Try again',
    next: 'Open your own file with these columns, by these names. It is read in this browser and goes nowhere.',
  },
  seen: [
    {
      name: 'Sees',
      what: 'The study, how many owners there are, when and how much each speaks, and what each says of itself. The numbers in messages are under pads.',
    },
    { name: 'Never sees', what: 'A row, an owner’s sums, the sums of all, the model.' },
    {
      name: 'Keeps',
      what: 'The study and its signed messages, until they expire or who made the study takes it away.',
    },
  ],
  organiser: {
    youAre: (owners: number) => `This is the organiser’s address of a study of ${counted(owners, 'owner')}.`,
    about: 'It is no owner’s: with it the study can be taken away, and nothing else.',
    ownAddress:
      'You made this study and can take it away, here or later by an address of your own, which is for nobody else.',
    copy: 'Copy my address',
    copyLabel: 'Copy my address as organiser',
    discard: 'Take the study away',
    sure: 'It is over for everybody then, and what the server keeps of it goes. What was opened before stays known to all owners.',
    discardNow: 'Take it away for everybody',
    keep: 'Leave it there',
    gone: 'The study was taken away.',
  },
  release: {
    title: 'An owner left or came since an earlier study of these rows',
    about:
      'Where one or two owners are in one study of the same rows and not in another, the difference of the sums is theirs. Every page refuses such a study, unless these owners have signed that the others can compute their totals.',
    left: 'Who was in the earlier study and is not in this one opens this address, in the browser that it took part with:',
    copy: 'Copy the address',
    copyLabel: 'Copy the address for an owner who left',
    copied: 'Copied',
    came: 'If you are new yourself, sign here and send the file to the others:',
    sign: 'Sign that the others can compute my totals',
    bring: 'Bring what was signed…',
    brought: (count: number) => `${counted(count, 'signature')} brought.`,
    leaver: 'A study that leaves you out',
    leaverAbout:
      'Who signs gives away its own totals: sums over its rows, as personal as these. Nobody else can sign for you, and nothing happens if you do not: the others then have no such study. What you sign is a file, “release.json”. Send it to the owners of the new study, who bring it in before they take part; it is for this one study alone.',
    joined: 'This browser took part in:',
    notHere:
      'This browser has taken part in no study, so the others would not know its signature. Open this address in the browser that you took part with.',
    notWhole: 'This address is not whole: copy all of it.',
  },
  part: {
    title: 'Your part',
    checking: 'Reading your rows and checking what sums would show of them…',
    checked: (records: number) =>
      `${counted(records, 'record')} of yours: no level, no pattern and no record among them would show in the sums.`,
    leftOut: (rows: number) => `${counted(rows, 'row')} left out: cells that are not as the study says.`,
    frozen: 'The rows stay as they were read, whatever becomes of the file.',
    toOthers: 'What the others are told of you',
    name: 'What the others call you: the legal name',
    role: 'Your role',
    roles: [
      { role: 'joint-controller', text: 'Joint controller with the others' },
      { role: 'controller', text: 'Controller of my own' },
      { role: 'processor', text: 'Processor for a controller' },
      { role: 'not-personal', text: 'These are no personal data' },
    ] as const,
    contact: 'Contact for data protection',
    forReceipt: 'For your own receipt',
    basis: 'Legal basis',
    retention: 'How long what comes of it is kept',
    forReceiptAbout:
      'Both stay here, in what you consent to and in the receipt of it. Before you consent you see who the others are.',
    receiptAbout:
      'The receipt has the text that you consented to with its SHA-256, who took part, and what became of the study. It holds no row.',
    saveReceipt: 'Download the receipt',
    takePart: 'Take part',
    begunAs: (name: string): Parts<'name'> => [
      'You began this study in this browser as ',
      { name },
      '. What was said stays said; it goes on where it was, with the same rows.',
    ],
    goOn: 'Go on',
    stopped:
      'Nothing is lost: what was said is kept in this browser. Go on here, or open this address and the same file again later: the study goes on where it was, as long as the others wait.',
    otherTab: 'Close the other tab, or go on in it.',
    bringRelease:
      'Nothing was opened, and the study is not over. Who left or came signs that the others can compute its totals; each owner brings what was signed, and goes on. Where nobody signs, the study stays as it is and expires.',
    gone: 'It has expired, or who made it took it away.',
    again: 'Go on here',
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
  titles: {
    gathering: 'Waiting',
    roster: 'Compare the code',
    pooling: 'Pooling',
    done: 'Done',
    over: 'Ended',
  },
  consent: {
    title: 'Before the first sum leaves',
    code: 'Code of these owners',
    compare:
      'Read it to the others by telephone or in person, not by way of this server. If it is the same for all, each of these keys is its owner’s, and nobody is between you.',
    digest: 'SHA-256 of this text, as your receipt will have it:',
    print: 'Print this',
    same: 'I compared the code with all other owners, and it is the same',
    agree: 'I may pool these rows for this purpose, and know what the sums tell',
    pool: 'Pool the sums',
    other: 'It is another code',
  },
  results: {
    title: 'The model of all rows',
    kept: 'The study is over. This browser has kept what may be handed on, in six digits.',
    isKept:
      'This browser keeps both, and shows them again at this address with your file, for as long as the server has the study. All digits and the charts go with this tab.',
    notKept: 'This browser keeps nothing of it: download both, or they are gone with this tab.',
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

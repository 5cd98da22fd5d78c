/**
 * Every code an error can carry: stable, part of the API, the same on the wire, across workers and on the page.
 * The part before the slash says whose business it is.
 */
export const errorCodes = [
  // The page's platform
  'platform/insecure-context', // no secure context: WebCrypto is missing
  'platform/no-random', // no secure random source
  'platform/worker-refused', // a message to a worker that names no function of it
  'platform/worker-died', // a worker ended before it answered
  'platform/network-open', // a worker's browser does not refuse it the network
  'platform/page-restricted', // the browser, or a policy that the page's host adds, refuses what the page needs
  // A file
  'file/not-text', // an archive, a spreadsheet, NUL bytes
  'file/encoding', // bytes that the encoding does not have
  'file/empty', // no header or no record
  'file/unterminated-quote',
  'file/row-too-long',
  'file/too-many-columns',
  'file/unreadable',
  // Columns
  'columns/missing',
  'columns/header', // the first line may be a record
  'columns/marks', // numbers that may be thousands or decimals
  // Cells
  'cell/missing',
  'cell/not-a-number',
  'cell/range',
  'cell/precision',
  'cell/level',
  'cell/near', // near to a known value, and a policy would make something else of it
  'cell/error', // a spreadsheet's error, such as #N/A
  'cell/formula', // a formula whose value was not saved
  'row/ragged',
  'row/empty', // none of the model's columns has a value
  'row/header', // the header again
  'row/table', // in another table of the file, under a header of its own
  'row/total', // a sum, a mean or a remark about other rows
  'record/members', // a record of a program that is not made of the model's features
  // A program's use of the client
  'client/options', // an address or a number that cannot be meant
  'client/closed', // something was asked of a connection that is closed
  // A run
  'run/cancelled',
  'run/nothing-to-score',
  'run/offline',
  'run/out-of-date', // the page and the server do not speak the same version
  // A run that a server stores
  'run/not-stored', // this server stores none
  'run/unknown', // none of that name, no more, or not for who asks
  'run/frozen', // a chunk of a run that was started
  'run/incomplete', // started without all of its chunks
  'run/unanswered', // a chunk that has no answer yet
  'run/too-many', // so many runs of one client
  'run/damaged', // what is stored is not what was
  'run/failed', // the server gave up on a part of a run
  'run/foreign', // other records, or another key, than the run's
  'run/receipt', // no receipt of a run that was handed over
  // A result that must not be shown
  'result/ciphertext',
  'result/shape',
  'result/integrity',
  // A sealed file
  'sealed/format', // no sealed file, one of another version, or one that holds something else
  'sealed/damaged', // cut, altered, out of order or mixed; with the place
  'sealed/foreign', // signed by somebody else
  'sealed/key', // sealed with another key
  'sealed/field', // a cell that cannot be sealed, or a sealed one that does not open
  // A key
  'key/size',
  'key/scheme', // a scheme that the server does not serve
  'key/even',
  'key/prime',
  'key/power',
  'key/small-factor',
  'key/proof',
  'key/fingerprint',
  'key/invalid', // primes that do not make a key
  'key/unknown', // the server does not hold this key (any more)
  'key/locked', // the key is not open: it waits for its passphrase, or is gone
  'key/lost', // the worker that held the key has ended
  'key/passphrase', // none yet, too short, or not the one that opens the key
  'key/backup', // a backup that cannot be opened, for whatever reason
  // This device's storage
  'storage/unavailable', // blocked, full, or what was written cannot be read back
  'storage/taken', // another tab or another key has it
  // A model file
  'model/syntax',
  'model/invalid',
  'model/unsupported', // a kind of model, or a part of one, that cannot be scored here
  'model/budget',
  'model/verification',
  'model/unknown',
  'model/changed',
  'model/exhausted', // a scheme has answered with these weights as often as they stay hidden
  // A study: a model that is fitted
  'study/invalid', // a file that is no study, or whose parts contradict each other
  'study/fit', // outcomes that determine no finite estimate
  'study/sums', // a model for which sums of outcomes are not enough
  'study/records', // too few records
  'study/columns', // too many columns for so many records
  'study/cells', // a column by which a few records are told from all others
  'study/bits', // more single outcomes could be read than may be
  'study/sealed', // a file that holds no sealed records, or others than it says
  'study/unmatched', // sealed records without an outcome
  'study/answered', // outcomes of these records were given before
  'study/answer', // no answer, or one to something else, or one that no outcomes give
  'study/unanswered', // sealed records that a server has, and no answer to them
  'study/opened', // an answer to these records was opened before
  'study/pool', // owners, or a study, of which sums are not pooled
  'study/share', // one owner has nearly all records, or others too few beside it
  'study/leverage', // a record that sums would show
  'study/patterns', // so few distinct records that sums are their table
  'study/steered', // an estimate that asks for a few records
  'study/difference', // beside an earlier study, sums would be those of a few rows or owners
  'study/joined', // this owner has taken part in this study before
  'study/consent', // what a study gives away was not consented to, or another text was
  'study/tab', // another tab of this browser takes part in a study
  'study/numbers', // more sums of the same rows than tell little of them
  'study/too-large', // sums of more coefficients than messages have room for
  'study/overflow', // a number that sums have no room for
  'study/message', // a message that its sender did not sign
  'study/roster', // a key that is not the one committed to, or owners that are not those expected
  'study/disagree', // owners were told different things
  'study/missing', // an owner did not speak in time: the study is over
  'study/spoken', // an owner has said something else in that place before
  // A server that carries a pooled study's messages
  'study/damaged', // what a server stores of one is not what was
  'study/not-kept', // this server carries none
  'study/unknown', // none of that name, no more, or not for who asks
  // A request
  'request/syntax',
  'request/shape',
  'request/ciphertext',
  'request/conflict', // the same chunk with other bytes
  'request/too-large',
  'request/media-type',
  'request/encoding',
  'request/busy',
  'request/budget',
  'request/not-found',
  'request/host', // asked for under a name that is not the server's
  // The server itself
  'server/store-gone', // what has to outlive it cannot be written or read
  // Who asks
  'access/required', // this server answers who has an API key
  'access/refused', // no key of this server's, or one that was taken back
  'access/expired',
  'access/forbidden', // known, and not allowed that
  'access/issuer', // who signs tokens does not answer
  'access/keys', // a file of API keys that cannot be used
  'audit/log', // a log of answers that cannot be used
  // A file of another program's encrypted numbers
  'phe/syntax',
  'phe/shape', // other numbers than the model's inputs
  'phe/exponent', // a power of 16 beyond what is computed with
  'phe/overflow', // a number that the key has no room for
  'phe/key', // of another key than the one that is there
  'internal',
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** The place an error is about: never a value, never key material. */
export type ErrorPlace = {
  readonly line?: number
  readonly row?: number
  readonly column?: string
  readonly index?: number
  readonly byte?: number
}

/** What a sentence about an error is made of. Names, counts and choices; never a cell's value, never key material. */
export type Fact = string | number | boolean | null | readonly Fact[] | { readonly [name: string]: Fact | undefined }
export type Facts = { readonly [name: string]: Fact | undefined }
export type NoFacts = { readonly [name: string]: never }

/**
 * An error of ours. Its code says whose business it is and is part of the API; its fault says what happened, more finely,
 * and names the sentence that `words/` makes of the facts. The message is for developers: it holds neither facts nor prose.
 */
export class BlindscoreError extends Error {
  override readonly name = 'BlindscoreError'
  readonly code: ErrorCode
  readonly fault: string
  readonly facts: Facts
  readonly place: ErrorPlace

  constructor(code: ErrorCode, fault: string, facts: Facts = {}, place: ErrorPlace = {}) {
    super(`${code} (${fault === 'unforeseen' ? facts.what : fault})`)
    this.code = code
    this.fault = fault
    this.facts = facts
    this.place = place
  }
}

type Rest<F> = [F] extends [NoFacts] ? [facts?: NoFacts, place?: ErrorPlace] : [facts: F, place?: ErrorPlace]

/** Makes an error of a room: `Faults` lists the room's faults, each with the facts that its sentence needs. */
export type ErrorOf<Faults> = <F extends keyof Faults & string>(
  code: ErrorCode,
  fault: F,
  ...rest: Rest<Faults[F]>
) => BlindscoreError

/** Throws such an error. */
export type Fail<Faults> = <F extends keyof Faults & string>(
  code: ErrorCode,
  fault: F,
  ...rest: Rest<Faults[F]>
) => never

/** The one {@link ErrorOf}, to be given a room's type in its `faults.ts`. */
export function makeError(code: ErrorCode, fault: string, facts?: Facts, place?: ErrorPlace): BlindscoreError {
  return new BlindscoreError(code, fault, facts, place)
}

/** The one {@link Fail}, to be given a room's type in its `faults.ts`. */
export function throwError(code: ErrorCode, fault: string, facts?: Facts, place?: ErrorPlace): never {
  throw makeError(code, fault, facts, place)
}

/** Throws what only a mistake in this program can cause. `what` is for its developers. */
export function unforeseen(what: string): never {
  throw new BlindscoreError('internal', 'unforeseen', { what })
}

export function cancelled(): BlindscoreError {
  return new BlindscoreError('run/cancelled', 'cancelled')
}

const known: ReadonlySet<string> = new Set(errorCodes)

export function isErrorCode(text: unknown): text is ErrorCode {
  return typeof text === 'string' && known.has(text)
}

/** How an error crosses from one thread or worker to another. */
export type SentError = {
  readonly code: string
  readonly fault: string
  readonly facts: Facts
  readonly place: ErrorPlace
}

export function toSent(thrown: unknown): SentError {
  const { code, fault, facts, place } = asBlindscoreError(thrown)
  return { code, fault, facts, place }
}

/** The inverse of {@link toSent}, for whatever came over. */
export function fromSent(sent: Partial<SentError> | undefined): BlindscoreError {
  const code = isErrorCode(sent?.code) ? sent.code : 'internal'
  return new BlindscoreError(code, String(sent?.fault ?? 'unforeseen'), sent?.facts, sent?.place)
}

/** What a piece of work in another thread came to. */
export type Outcome<T> = { readonly value: T } | { readonly error: SentError }

export async function outcomeOf<T>(work: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work() }
  } catch (thrown) {
    return { error: toSent(thrown) }
  }
}

/** The value of an outcome. Throws its error. */
export function takeOutcome<T>(outcome: Outcome<T>): T {
  if ('value' in outcome) return outcome.value
  throw fromSent(outcome.error)
}

/** Anything thrown, as one of ours. What we did not foresee becomes `internal`, without its message: it may hold a value. */
export function asBlindscoreError(thrown: unknown): BlindscoreError {
  if (thrown instanceof BlindscoreError) return thrown
  const kind = thrown instanceof Error ? thrown.name : typeof thrown
  if (kind === 'AbortError') return cancelled()
  return new BlindscoreError('internal', 'unforeseen', { what: kind })
}

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
  // Cells
  'cell/missing',
  'cell/not-a-number',
  'cell/range',
  'cell/precision',
  'cell/level',
  'row/ragged',
  // A run
  'run/cancelled',
  'run/nothing-to-score',
  'run/offline',
  'run/out-of-date', // the page and the server do not speak the same version
  // A result that must not be shown
  'result/ciphertext',
  'result/shape',
  'result/integrity',
  // A key
  'key/size',
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
  'internal',
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** The place an error is about: never a value, never key material. */
export interface ErrorPlace {
  readonly line?: number
  readonly row?: number
  readonly column?: string
  readonly index?: number
  readonly byte?: number
}

export class BlindscoreError extends Error {
  override readonly name = 'BlindscoreError'
  readonly code: ErrorCode
  readonly place: ErrorPlace

  constructor(code: ErrorCode, message: string, place: ErrorPlace = {}) {
    super(message)
    this.code = code
    this.place = place
  }
}

export function fail(code: ErrorCode, message: string, place?: ErrorPlace): never {
  throw new BlindscoreError(code, message, place)
}

const known: ReadonlySet<string> = new Set(errorCodes)

export function isErrorCode(text: unknown): text is ErrorCode {
  return typeof text === 'string' && known.has(text)
}

/** How an error crosses from one thread or worker to another. */
export interface SentError {
  readonly code: string
  readonly message: string
  readonly place: object
}

export function toSent(thrown: unknown): SentError {
  const { code, message, place } = asBlindscoreError(thrown)
  return { code, message, place }
}

/** The inverse of {@link toSent}, for whatever came over. */
export function fromSent(sent: SentError | undefined): BlindscoreError {
  const code = isErrorCode(sent?.code) ? sent.code : 'internal'
  return new BlindscoreError(code, String(sent?.message ?? ''), sent?.place as ErrorPlace)
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
  if (kind === 'AbortError') return new BlindscoreError('run/cancelled', 'Cancelled.')
  return new BlindscoreError('internal', `Something failed that should not have (${kind}).`)
}

import type { ModelShape, ParameterSet, Scheme } from '../core/protocol/scheme.ts'
import { schemes } from '../core/protocol/schemes.ts'
import { chunkHeaderBytes, wireVersion } from '../core/protocol/wire.ts'
import { fail } from './faults.ts'
import type { JsonChunk } from './http/schemas.ts'

/**
 * Every limit of the server in one place. They bound what one request, one client and all of them together can
 * make the server hold or compute.
 */
export interface Limits {
  /** Bytes of a whole request body with a chunk in CBOR. */
  readonly bodyBytes: number
  /** The same in JSON, which is for a person with a command line: it is parsed on the event loop. */
  readonly jsonBytes: number
  /** Bytes of a key with its proof, as JSON. 4096 bits take 8.2 KB. */
  readonly keyBodyBytes: number
  /** Nesting of a JSON body; ours have two levels. */
  readonly jsonDepth: number
  readonly recordsPerChunk: number
  /** Bytes of a sealed file that is sent whole, and how many such files may be under way: all, and those of one client. */
  readonly fileBytes: number
  readonly files: number
  readonly filesPerClient: number
  /**
   * A file that comes, or whose answer is taken, at fewer bytes a second and is so many milliseconds behind them gives its place up, where
   * all are taken, to a client that has none.
   */
  readonly fileBytesPerSecond: number
  readonly fileYieldMs: number
  /** Stored runs of one client, the bytes of their chunks, and those of all clients; the chunks of one run; after how many days it goes. */
  readonly runsPerClient: number
  readonly runBytesPerClient: number
  readonly runBytes: number
  readonly runChunks: number
  readonly runDays: number
  /** Numbers of another program in one request: a body holds fewer, unless they are shorter than any ciphertext is. */
  readonly numbersPerRequest: number
  /** Score requests that wait or are computed at once; more are answered `request/busy`. */
  readonly scorings: number
  /** Score requests under way at once, those whose bodies are still coming included; and those of one client. */
  readonly requests: number
  readonly requestsPerClient: number
  /** Slots for records that one client may have scored in an hour: a block counts as full, whatever is in it. */
  readonly recordsPerHour: number
  /** Keys of one client that are checked or wait for it: they are checked one after the other. */
  readonly keyChecksPerClient: number
  /** The same of all clients: several together leave some to another. */
  readonly keyChecks: number
  /** Keys and proofs remembered that were refused. */
  readonly refusalsRemembered: number
  /** New keys that one client may register in an hour: each one costs a check of a tenth of a second. */
  readonly keysPerHour: number
  /** Bytes of new keys that one client may register in an hour. */
  readonly keyBytesPerHour: number
  /** Keys held, and their bytes; the one unused for longest is dropped and its owner asked to send it again. */
  readonly keys: number
  readonly keyBytes: number
  /** Chunks remembered, so that the same number with other bytes is noticed. */
  readonly chunksRemembered: number
  /** Masks made ahead, per key: while they are made by exponentiation, and once the key has a table for them. */
  readonly masksPerKey: number
  readonly masksByTable: number
  /** Keys that masks are made ahead for, and those of one client. */
  readonly maskKeys: number
  readonly maskKeysPerClient: number
  /** A key that scores nothing for so long gets no more masks. */
  readonly maskIdleMs: number
  /** Tables of masks at once, and the memory of each: 31.8 MiB at 3072 bits, 25 at 2048, 21 at 4096. */
  readonly maskTables: number
  readonly maskTableBytes: number
  /** A key that scored nothing for so long gives its table up to another. */
  readonly maskTableKeepMs: number
  /** After so long without a score request, the threads are free for tables. */
  readonly quietMs: number
  /**
   * Slow headers and slow bodies: the connection is answered 408 and closed. A body has its time again whenever so many bytes of it
   * came meanwhile: no less than the slowest line of a client has (`client/server.ts`).
   */
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly bytesPerTimeout: number
  /** A connection over which nothing went for so long is closed, as of a reader that does not read its answer. */
  readonly silenceMs: number
  readonly connections: number
  /** Those of one address, where no proxy stands before the server. */
  readonly connectionsPerClient: number
  /** One over which nothing was asked for so long, or whose body has come so slowly, makes room for its address's next. */
  readonly connectionYieldMs: number
  /** Requests of one connection that have no answer yet: clients that wait for each have one. */
  readonly requestsPerConnection: number
  /** For so long an address has no new connection after one was closed that had more. */
  readonly connectionRestMs: number
  /** Bytes of bodies that are coming or wait to be scored: of one client, and of all; and as many of answers that are not taken yet. */
  readonly bodyMemoryPerClient: number
  readonly bodyMemory: number
  /**
   * Requests of one client: so many a second, after so many at once. More wait, for so long at most. A body counts as a
   * request for each so many bytes, or for each piece where it does not say its length.
   */
  readonly requestsPerSecond: number
  readonly requestBurst: number
  readonly paceWaitMs: number
  readonly bytesPerRequest: number
  /** How long a shutdown waits for answers under way. */
  readonly drainMs: number
}

const MiB = 2 ** 20

export const defaultLimits: Limits = {
  bodyBytes: 8 * MiB,
  jsonBytes: MiB,
  keyBodyBytes: 16 * 1024,
  jsonDepth: 3,
  recordsPerChunk: 65_536,
  fileBytes: 1024 * MiB,
  files: 8,
  filesPerClient: 2,
  fileBytesPerSecond: 128 * 1024,
  fileYieldMs: 10_000,
  runsPerClient: 20,
  runBytesPerClient: 8192 * MiB,
  runBytes: 65_536 * MiB,
  runChunks: 16_384,
  runDays: 7,
  numbersPerRequest: 2048,
  scorings: 64,
  requests: 512,
  requestsPerClient: 24,
  recordsPerHour: 50_000_000,
  keyChecksPerClient: 8,
  keyChecks: 256,
  refusalsRemembered: 4096,
  keysPerHour: 240,
  keyBytesPerHour: 256 * MiB,
  keys: 4096,
  keyBytes: 512 * MiB,
  chunksRemembered: 65_536,
  masksPerKey: 64,
  masksByTable: 256,
  maskKeys: 64,
  maskKeysPerClient: 4,
  maskIdleMs: 5 * 60_000,
  maskTables: 4,
  maskTableBytes: 32 * MiB,
  maskTableKeepMs: 60_000,
  quietMs: 2000,
  headersTimeoutMs: 15_000,
  requestTimeoutMs: 120_000,
  bytesPerTimeout: 480 * 1024,
  silenceMs: 600_000,
  connections: 4096,
  connectionsPerClient: 64,
  connectionYieldMs: 2000,
  requestsPerConnection: 8,
  connectionRestMs: 10_000,
  bodyMemoryPerClient: 64 * MiB,
  bodyMemory: 512 * MiB,
  requestsPerSecond: 200,
  requestBurst: 100,
  paceWaitMs: 10_000,
  bytesPerRequest: 65_536,
  drainMs: 30_000,
}

/** What a chunk holds besides its ciphertexts in JSON, every member as wide as it can be, indented as a person has it. */
const jsonHeaderBytes = JSON.stringify(
  {
    v: wireVersion,
    card: 'f'.repeat(64),
    key: 'f'.repeat(64),
    run: 'f'.repeat(32),
    chunk: 0xffff_ffff,
    records: 0xffff_ffff,
    ciphertexts: [],
  } satisfies JsonChunk,
  null,
  2,
).length

/**
 * The defaults, grown so that at least one block of the widest model fits a body under every key that holds its records.
 * Throws `model/budget` when a chosen limit is too small for that of keys that outlive a run.
 */
export function limitsFor(models: readonly ModelShape[], chosen: Partial<Limits> = {}): Limits {
  const { bytes, ciphertexts } = widest(models, (scheme) => scheme.parameterSets)
  if (chosen.bodyBytes !== undefined && chosen.bodyBytes < bytes + chunkHeaderBytes) {
    fail('model/budget', 'bodyLimit', { bytes: bytes + chunkHeaderBytes })
  }
  const all = widest(models, (scheme, model) => scheme.setsFor(model))
  const bodyBytes = chosen.bodyBytes ?? Math.max(defaultLimits.bodyBytes, all.bytes + chunkHeaderBytes)
  return {
    ...defaultLimits,
    bodyBytes,
    bodyMemoryPerClient: Math.max(defaultLimits.bodyMemoryPerClient, 4 * bodyBytes),
    bodyMemory: Math.max(defaultLimits.bodyMemory, 16 * bodyBytes),
    // Base64url takes 4 characters for 3 bytes, rounded up for each, and each has two quotes, a comma and its own line.
    jsonBytes: Math.max(defaultLimits.jsonBytes, Math.ceil((bytes * 4) / 3) + 9 * ciphertexts + jsonHeaderBytes),
    ...chosen,
  }
}

/** A request that is made as a whole has blanks, which count for little only where it is some times as large as it must be. */
const wholeRequests = 4

/** The most bytes and ciphertexts that a block of any of the models takes under the sets of a scheme. */
function widest(
  models: readonly ModelShape[],
  setsOf: (scheme: Scheme, model: ModelShape) => readonly ParameterSet[],
): { readonly bytes: number; readonly ciphertexts: number } {
  const layouts = models.flatMap((model) =>
    schemes.flatMap((scheme) => setsOf(scheme, model).flatMap((set) => scheme.layout(set, model) ?? [])),
  )
  return {
    bytes: Math.max(0, ...layouts.map((layout) => (layout.apart ? 1 : wholeRequests) * layout.requestBytes(1))),
    ciphertexts: Math.max(0, ...layouts.map((layout) => layout.requestCiphertexts(1))),
  }
}

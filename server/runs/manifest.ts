import * as z from 'zod/mini'

/** What a run is: sealed in its newest manifest, whose number its entry in the key store says. */

const hex = (digits: number) => z.string().check(z.regex(new RegExp(`^[0-9a-f]{${digits}}$`)))
const count = z.int().check(z.gte(0))

const storedChunk = z.strictObject({
  /** SHA-256 of the chunk in CBOR: what lies there has to have it. */
  digest: hex(64),
  /** Ends the name of its object: each that is put has one of its own, so that none is in another's place. */
  object: hex(16),
  records: count,
  bytes: count,
})
export type StoredChunk = z.infer<typeof storedChunk>

const manifest = z.strictObject({
  v: z.literal(1),
  /** Counts the manifests of the run, from 1. */
  number: count,
  state: z.enum(['open', 'started']),
  model: z.string(),
  /** The hash of the card that all chunks are for. */
  card: hex(64),
  /** The fingerprint and parameter set of the public key, which is an object of its own. */
  key: hex(64),
  set: z.string(),
  /** As it stands in each chunk. */
  clientRun: hex(32),
  /** As the client declared them. */
  chunks: count,
  records: count,
  /** The chunks that are there, by number. */
  stored: z.record(z.string(), storedChunk),
  /** SHA-256 of the token that its requests carry. */
  token: hex(64),
  created: z.string(),
})
export type Manifest = z.infer<typeof manifest>

const entry = z.strictObject({
  v: z.literal(1),
  /** The data keys, in hexadecimal: the first seals; the others open what was sealed before it took their place. */
  keys: z.array(hex(64)),
  /** Whose run it is: the id of an API key, or what stands for everybody. */
  principal: z.string(),
  /** Under which name its work is counted and waits beside other requests of the same client. */
  client: z.string(),
  /** What the log of answers calls who handed it over. */
  who: z.string(),
  /** The newest manifest: its number, and what ends the name of its object. */
  manifest: z.strictObject({ number: count, object: hex(16) }),
  /** Of all chunks that are stored. */
  bytes: count,
  /** Milliseconds since 1970. */
  expires: count,
})
/** What is kept of a run in the key store. */
export type RunEntry = z.infer<typeof entry>

export const writeJson = (value: Manifest | RunEntry): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

/** Null for what is none. */
export const readManifest = (bytes: Uint8Array | null): Manifest | null => readAs(manifest, bytes)
export const readEntry = (bytes: Uint8Array | null): RunEntry | null => readAs(entry, bytes)

function readAs<T extends z.ZodMiniType>(schema: T, bytes: Uint8Array | null): z.infer<T> | null {
  if (bytes === null) return null
  try {
    const read = z.safeParse(schema, JSON.parse(new TextDecoder().decode(bytes)))
    return read.success ? read.data : null
  } catch {
    return null
  }
}

import { ed25519 } from '@noble/curves/ed25519.js'
import { fromHex, toHex } from '../core/number/bytes.ts'
import { utf8 } from './fields.ts'

/**
 * How far a server's log of answers had come, signed: whoever has one can show later that the log was cut or written anew
 * before it (`server/audit/`). In it are names and counts, and nothing of any record.
 */
export interface Checkpoint {
  readonly format: 'blindscore-checkpoint/1'
  /** The Ed25519 public key, in hexadecimal: the one that signs scores of files, too. */
  readonly signer: string
  /** Names the log, in hexadecimal. */
  readonly chain: string
  /** The number of the log's last entry, and its hash. */
  readonly seq: number
  readonly head: string
  /** ISO 8601, in UTC. */
  readonly at: string
  readonly signature: string
}

export type UnsignedCheckpoint = Omit<Checkpoint, 'format' | 'signer' | 'signature'>

/** What is signed: the label keeps such a signature from being anything else's. */
function signedOfCheckpoint({ chain, seq, head, at }: UnsignedCheckpoint): Uint8Array {
  return utf8(`blindscore audit 1\n${chain}\n${seq}\n${head}\n${at}\n`)
}

/** Signs with the key that follows from this seed. */
export function signCheckpoint(unsigned: UnsignedCheckpoint, seed: Uint8Array): Checkpoint {
  const { chain, seq, head, at } = unsigned
  return {
    format: 'blindscore-checkpoint/1',
    signer: toHex(ed25519.getPublicKey(seed)),
    chain,
    seq,
    head,
    at,
    signature: toHex(ed25519.sign(signedOfCheckpoint(unsigned), seed)),
  }
}

const members = {
  format: /^blindscore-checkpoint\/1$/,
  signer: /^[0-9a-f]{64}$/,
  chain: /^[0-9a-f]{32}$/,
  head: /^[0-9a-f]{64}$/,
  at: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  signature: /^[0-9a-f]{128}$/,
} as const

/** A checkpoint as JSON has it; null for what is none, or not signed by the key that it names. */
export function readCheckpoint(json: unknown): Checkpoint | null {
  if (typeof json !== 'object' || json === null) return null
  const read = json as Record<string, unknown>
  const texts = Object.entries(members).every(([name, form]) => {
    const text = read[name]
    return typeof text === 'string' && form.test(text)
  })
  if (!texts || !Number.isSafeInteger(read.seq) || (read.seq as number) < 1) return null
  const { format, signer, chain, seq, head, at, signature } = read as unknown as Checkpoint
  const checkpoint = { format, signer, chain, seq, head, at, signature }
  return isGenuine(checkpoint) ? checkpoint : null
}

function isGenuine(checkpoint: Checkpoint): boolean {
  const { signature, signer } = checkpoint
  try {
    return ed25519.verify(fromHex(signature), signedOfCheckpoint(checkpoint), fromHex(signer), { zip215: false })
  } catch {
    return false
  }
}

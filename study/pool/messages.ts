import { ed25519 } from '@noble/curves/ed25519.js'
import { sha256 } from '@noble/hashes/sha2.js'
import * as z from 'zod/mini'
import { fromBase64, toBase64 } from '../../core/number/base64.ts'
import { fromHex, toHex } from '../../core/number/bytes.ts'
import { fail } from '../faults.ts'

/** What owners say to each other, by way of a server that they do not believe: each message signed, with all that it rests on. */
export interface Message {
  /** Where in the protocol it stands: no message stands for another one. */
  readonly slot: string
  /** The owner's public key, Ed25519. */
  readonly from: string
  /** The digest of all that was agreed before. */
  readonly context: string
  readonly body: Uint8Array
}

const message = z.strictObject({
  slot: z.string(),
  from: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  context: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  body: z.string(),
  signature: z.string(),
})

/** What posts messages and brings those of all owners. */
export interface Board {
  post(slot: string, text: string): Promise<void>
  /** The messages of all owners in a slot, in any order. Throws `study/missing` where one does not come in time. */
  all(slot: string): Promise<readonly string[]>
}

const encoder = new TextEncoder()

export const digestOf = (...parts: readonly string[]): string => toHex(sha256(encoder.encode(JSON.stringify(parts))))

const signedOf = ({ slot, from, context, body }: Message): Uint8Array =>
  encoder.encode(JSON.stringify(['blindscore pool message 1', slot, from, context, toHex(sha256(body))]))

/** The seed of an owner's signatures, which outlives studies: rosters are compared by its public key. */
export const signerOf = (seed: Uint8Array): string => toHex(ed25519.getPublicKey(seed))

export function written(sent: Omit<Message, 'from'>, seed: Uint8Array): string {
  const whole = { ...sent, from: signerOf(seed) }
  const signature = toBase64(ed25519.sign(signedOf(whole), seed))
  return JSON.stringify({ ...whole, body: toBase64(sent.body), signature })
}

/** Throws `study/message` for what its sender did not sign for this slot, `study/disagree` for what rests on something else. */
export function read(text: string, slot: string, context: string): Message {
  const told = parsed(text)
  if (told === null || told.slot !== slot) fail('study/message', 'poolSignature')
  if (told.context !== context) fail('study/disagree', 'poolDisagree')
  return told
}

function parsed(text: string): Message | null {
  try {
    const { signature, ...told } = message.parse(JSON.parse(text))
    const [body, signed] = [fromBase64(told.body), fromBase64(signature)]
    if (body === null || signed === null) return null
    const whole = { ...told, body }
    return ed25519.verify(signed, signedOf(whole), fromHex(told.from), { zip215: false }) ? whole : null
  } catch {
    return null
  }
}

import { sha256Hex } from '../digest.ts'
import type { AuditedEvent } from './audit.ts'

/**
 * A line of the log: a JSON object whose first members are its number and the hash of the line before, and whose last is its own
 * hash: SHA-256 of the object's text without that member. So a changed byte is found in the line that it is in.
 */
interface LineHead {
  readonly seq: number
  /** Names the log, in hexadecimal. */
  readonly chain: string
  /** 64 zeros in the first line. */
  readonly prev: string
  /** ISO 8601, in UTC. */
  readonly at: string
}

export type LineBody =
  | AuditedEvent
  /** The first line. */
  | { readonly kind: 'opened'; readonly format: 'blindscore-audit/1'; readonly signer: string }
  /** A process goes on with the log. `torn`: the bytes that another one left when it was ended in the middle of a line. */
  | { readonly kind: 'resumed'; readonly signer: string; readonly torn?: Torn }
  /** Signs the line before, as a `Checkpoint` of that line does, at this line's time. */
  | { readonly kind: 'checkpoint'; readonly signer: string; readonly signature: string }
  | { readonly kind: 'closed' }

export interface Torn {
  readonly bytes: number
  readonly sha256: string
}

export type Line = LineHead & LineBody & { readonly hash: string }

export const noHash = '0'.repeat(64)

export function writeLine(head: LineHead, body: LineBody): { readonly text: string; readonly hash: string } {
  const object = JSON.stringify({ seq: head.seq, chain: head.chain, prev: head.prev, at: head.at, ...body })
  const hash = sha256Hex(object)
  return { text: `${object.slice(0, -1)},"hash":"${hash}"}\n`, hash }
}

const end = /,"hash":"([0-9a-f]{64})"\}$/
const anyEnd = /,"hash":"[0-9a-f]{64}"\}/

/** Whether a line's end is in a text: not in what a process left that was ended in the middle of one. */
export function looksWhole(text: string): boolean {
  return anyEnd.test(text)
}

/** A line without its end, or null where its hash is not that of its text. */
export function readLine(text: string): Line | null {
  const hash = end.exec(text)?.[1]
  if (hash === undefined || sha256Hex(text.replace(end, '}')) !== hash) return null
  try {
    const line = JSON.parse(text) as Line
    return Number.isSafeInteger(line.seq) && typeof line.prev === 'string' ? line : null
  } catch {
    return null
  }
}

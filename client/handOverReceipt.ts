import * as z from 'zod/mini'
import type { Card } from '../core/card/card.ts'
import { asBlindscoreError } from '../core/errors.ts'
import { equalBytes, fromHex, toHex } from '../core/number/bytes.ts'
import type { KeyName, PublicKey } from '../core/protocol/scheme.ts'
import type { Checkpoint } from '../files/checkpoint.ts'
import { readCard } from './card.ts'
import { fail } from './faults.ts'
import type { FileKeeper } from './fileKeeper.ts'
import type { BegunRun, HandedOver } from './handOver.ts'

/**
 * What is kept of a run that was handed over, to come back to it: by the command in a file, by the page on this device and in a file
 * that can be taken to another. No cell, no score and no key. Who has it can have the sealed answers, and delete the run; opening
 * them takes the key. Digests are under that key too, so that nobody else can hold a guess of the records against them.
 */

const hex = (digits: number) => z.string().check(z.regex(new RegExp(`^[0-9a-f]{${digits}}$`)))
const keyShape = z.object({ set: z.string(), fingerprint: hex(64) })

const shape = z.object({
  format: z.literal('blindscore-run/1'),
  server: z.url({ protocol: /^https?$/ }),
  /** The run's number on every chunk. */
  run: hex(32),
  stored: z.object({
    id: hex(32),
    token: z.string().check(z.regex(/^[\w-]{43}$/)),
    expires: z.iso.datetime(),
  }),
  /** The key that has to be open, and the run's own, which follows from it, where its scheme's keys are for one run. */
  key: keyShape,
  own: z.nullable(keyShape),
  /** `reading`: how it was read; of earlier releases there is none. */
  file: z.object({ name: z.nullable(z.string()), digest: hex(64), reading: z.optional(hex(64)) }),
  /** Without a digest while the run is not handed over in whole. */
  records: z.object({ count: z.int().check(z.positive()), digest: z.nullable(hex(64)) }),
  capacity: z.int().check(z.positive()),
  chunks: z.int().check(z.positive()),
  handedOverAt: z.iso.datetime(),
  /** What the server had signed of its log by then, for `blindscore audit verify`. See `ScoringServer.signedNow`. */
  audit: z.optional(z.unknown()),
  card: z.unknown(),
})

/** A receipt that was read: its card is one. */
export interface HandOverReceipt extends Omit<z.infer<typeof shape>, 'card'> {
  readonly card: Card
}

/** What a receipt is made of. */
export interface ReceiptParts {
  readonly server: string
  readonly card: Card
  readonly key: KeyName
  /** The key that the run was sealed with: that one, or the run's own. */
  readonly sealedWith: PublicKey
  readonly keeper: Pick<FileKeeper, 'sourceTag'>
  readonly run: Uint8Array
  /** With the SHA-256 of its bytes in hexadecimal, and that of all that says how records are made of them. */
  readonly file: { readonly name: string | null; readonly digest: string; readonly reading: Uint8Array }
  readonly records: number
  /** Once it is handed over in whole with the digest of its records, and before that without. */
  readonly handedOver: BegunRun & Partial<Pick<HandedOver, 'digest'>>
  readonly audit: Checkpoint | null | undefined
}

export async function makeReceipt(parts: ReceiptParts): Promise<HandOverReceipt> {
  const { server, card, key, sealedWith, keeper, run, file, records, handedOver, audit } = parts
  const { ticket, expires, capacity, chunks, digest } = handedOver
  const name = ({ set, fingerprint }: KeyName): KeyName => ({ set, fingerprint })
  return {
    format: 'blindscore-run/1',
    server: spelledServer(server),
    run: toHex(run),
    stored: { id: ticket.id, token: ticket.token, expires },
    key: name(key),
    own: sealedWith.fingerprint === key.fingerprint ? null : name(sealedWith),
    file: {
      name: file.name,
      digest: toHex(await keeper.sourceTag(run, fromHex(file.digest))),
      reading: toHex(await keeper.sourceTag(run, file.reading)),
    },
    records: { count: records, digest: digest ? toHex(await keeper.sourceTag(run, digest)) : null },
    capacity,
    chunks,
    handedOverAt: new Date().toISOString(),
    ...(audit !== undefined && { audit }),
    card,
  }
}

/** A server's address as receipts have it, however it was typed. */
export const spelledServer = (url: string): string => new URL(url).href.replace(/\/+$/, '')

/** No receipt is longer: its card is most of it. */
export const mostReceiptBytes = 64 * 2 ** 20

/** A receipt's text, which anybody may have written. Throws `run/receipt` for one that is none. */
export async function readHandOverReceipt(text: string): Promise<HandOverReceipt> {
  try {
    const { card, ...rest } = z.parse(shape, JSON.parse(text))
    return { ...rest, server: spelledServer(rest.server), card: await readCard(card) }
  } catch (thrown) {
    if (asBlindscoreError(thrown).code === 'run/out-of-date') throw thrown
    return fail('run/receipt', 'runReceiptUnread')
  }
}

/** The run that a receipt is of, as `handOver` goes on with it, the same file now being read as `reading` says. */
export async function begunOf(
  keeper: Pick<FileKeeper, 'sourceTag'>,
  { run, stored, capacity, chunks, file }: HandOverReceipt,
  reading: Uint8Array,
): Promise<BegunRun & { readonly readAlike: boolean }> {
  const { id, token, expires } = stored
  const tag = toHex(await keeper.sourceTag(fromHex(run), reading))
  return { ticket: { id, token }, expires, capacity, chunks, readAlike: tag === file.reading }
}

/** Throws `run/foreign` for a digest, of the file or of its records as they were read, that is not the run's. */
export async function requireSame(
  keeper: Pick<FileKeeper, 'sourceTag'>,
  receipt: HandOverReceipt,
  what: 'file' | 'records',
  digest: Uint8Array,
): Promise<void> {
  const tag = await keeper.sourceTag(fromHex(receipt.run), digest)
  const { digest: own } = receipt[what]
  if (own === null || !equalBytes(tag, fromHex(own))) fail('run/foreign', 'recordsOfAnother')
}

/** Throws `run/foreign` for another key than the one that the run follows from. */
export function requireKey({ key }: Pick<HandOverReceipt, 'key'>, present: KeyName): void {
  const { fingerprint: own } = present
  if (key.fingerprint !== own) fail('run/foreign', 'runOfOtherKey', { found: key.fingerprint, own })
}

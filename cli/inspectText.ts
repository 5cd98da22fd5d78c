import { errorOf } from '../files/faults.ts'
import type { RecordsHeader } from '../files/recordsHeader.ts'
import { signerFingerprint } from '../files/signature.ts'

/** What either side may know of a sealed file, and nothing more. */
export interface Inspection {
  readonly holds: 'records' | 'scores'
  readonly model: string
  readonly version: string
  readonly card: string
  readonly columns: readonly string[]
  readonly records: number
  readonly blocks: number
  readonly set: string
  readonly key: string
  readonly sender: string
  /** Of scores: the vendor that signed them, or null. */
  readonly vendor?: string | null
  readonly sealedColumns: readonly string[]
  readonly linkTokens: boolean
  readonly bytes: number
}

/** What the header and the blocks of a file tell. */
export async function inspectionOf(
  header: RecordsHeader,
  found: { readonly vendor?: Uint8Array | null; readonly blocks: number; readonly bytes: number },
): Promise<Inspection> {
  const { card, key, records, columns, tokens, sender } = header
  const { vendor, blocks, bytes } = found
  return {
    holds: vendor === undefined ? 'records' : 'scores',
    model: card.id,
    version: card.version,
    card: card.hash,
    columns: card.features.map(({ name }) => name),
    records,
    blocks,
    set: key.set,
    key: key.fingerprint,
    sender: await signerFingerprint(sender),
    ...(vendor !== undefined && { vendor: vendor && (await signerFingerprint(vendor)) }),
    sealedColumns: columns,
    linkTokens: tokens,
    bytes,
  }
}

/** Control characters of names that a stranger wrote steer no terminal. */
const printable = (text: string): string => text.replace(/\p{C}/gu, '�')

export function inspectionText(inspection: Inspection): string {
  const { holds, model, version, card, columns, records, blocks, set, key, sender, vendor, bytes } = inspection
  const { sealedColumns, linkTokens } = inspection
  const rows: [string, string][] = [
    ['holds', holds === 'records' ? 'sealed records' : 'sealed scores'],
    ['model', `${model}, version ${version}`],
    ['card', card],
    ['columns', columns.join(', ')],
    ['records', `${records}, in ${blocks} blocks`],
    ['scheme', set],
    ['key', key],
    ['sender', `${sender}, who signed all of it`],
    ...(vendor === undefined ? [] : [['vendor', vendor ?? 'not signed'] as [string, string]]),
    ['sealed beside', sealedColumns.length > 0 ? sealedColumns.join(', ') : 'nothing'],
    ['link tokens', linkTokens ? 'yes: equal ones are one person’s' : 'none'],
    ['bytes', `${bytes}, ${(bytes / records).toFixed(1)} a record`],
  ]
  return rows.map(([name, text]) => `${name.padEnd(15)}${printable(text)}\n`).join('')
}

/** Throws `sealed/foreign` where somebody else signed than the one whose fingerprint begins so. */
export async function requireSigner(signer: Uint8Array, expected: string): Promise<void> {
  const found = await signerFingerprint(signer)
  if (!found.startsWith(expected)) throw errorOf('sealed/foreign', 'senderOther', { expected, found })
}

import { concat } from '../../core/number/bytes.ts'
import type { Layout } from '../../core/protocol/scheme.ts'
import { sha256Hex } from '../digest.ts'
import { fail } from '../faults.ts'
import type { Compute } from './compute.ts'
import type { MaskPool } from './masks/maskPool.ts'
import { addSpent, type SchemeKey, type Spent, spentNothing } from './tasks.ts'
import { ciphertextsPerPart, recordsOfPart, workOfScore } from './work.ts'

/** A chunk on its way through the compute threads, in parts of whole blocks, so that clients take turns part by part. */
export interface ChunkWork {
  /** Whose work it is. */
  readonly client: string
  /** Whether somebody waits for it, or it is stored: see `Turn`. */
  readonly kind: 'score' | 'stored'
  readonly key: SchemeKey
  readonly fingerprint: string
  /** The hash of its card. */
  readonly model: string
  readonly layout: Layout
  readonly records: number
  /** `requestBytes(records)` of the layout. */
  readonly ciphertexts: Uint8Array
  /** Records of the same key and layout that are known to come after this chunk. Null: nobody knows. */
  readonly recordsAfter: number | null
  readonly signal: AbortSignal
}

/**
 * Checks every ciphertext, before anything is computed with any of them. Throws `request/ciphertext` with the index of the
 * first that is not valid. Returns the digest of all of them.
 */
export async function checkChunk(
  compute: Pick<Compute, 'check'>,
  { client, kind, key, model, layout, ciphertexts, records, signal }: ChunkWork,
): Promise<{ readonly digest: string; readonly spent: Spent }> {
  const count = layout.requestCiphertexts(records)
  const width = ciphertexts.length / count
  const most = ciphertextsPerPart(layout, records)
  const digests: string[] = []
  let spent = spentNothing
  for (let from = 0; from < count; from += most) {
    const to = Math.min(count, from + most)
    const part = ciphertexts.subarray(from * width, to * width)
    const turn = { kind, client, work: (layout.checkingWork(records) * (to - from)) / count }
    const checked = await compute.check({ key, model, records, ciphertexts: part }, turn, signal)
    if (checked.invalid >= 0) fail('request/ciphertext', 'ciphertextInvalid', {}, { index: from + checked.invalid })
    digests.push(checked.digest)
    spent = addSpent(spent, checked.spent)
  }
  return { digest: sha256Hex(...digests), spent }
}

/** Work with masks that were made ahead: see {@link MaskPool.lend}. */
type MaskedWork = (masks: Uint8Array, table: SharedArrayBuffer | null, lent: number) => ReturnType<Compute['score']>
const noMasks = new Uint8Array(0)

/** The answer to a chunk whose ciphertexts were checked. `stock` masks of it were made ahead. */
export async function scoreChunk(
  compute: Pick<Compute, 'score'>,
  maskPool: MaskPool,
  chunk: ChunkWork,
): Promise<{ readonly ciphertexts: Uint8Array; readonly spent: Spent; readonly stock: number }> {
  const { client, kind, key, fingerprint, model, layout, records, ciphertexts, recordsAfter, signal } = chunk
  const answers: Uint8Array[] = []
  let spent = spentNothing
  let stock = 0
  for (let from = 0; from < records; ) {
    const outlook = maskPool.outlook(fingerprint)
    const part = recordsOfPart(layout, records - from, outlook.stock, outlook.byTable)
    const at = from === 0 ? 0 : layout.requestBytes(from)
    const ofPart = ciphertexts.subarray(at, at + layout.requestBytes(part))
    const needed = layout.scoringItems(part)
    const after = recordsAfter === null ? null : recordsAfter + records - from - part
    const coming = after === null ? null : layout.scoringItems(after)
    const work: MaskedWork = (masks, table, lent) => {
      stock += lent
      const turn = { kind, client, work: workOfScore(layout, part, needed - lent, table !== null) }
      return compute.score({ key, model, records: part, ciphertexts: ofPart, masks, table }, turn, signal)
    }
    const scored =
      needed === 0
        ? await work(noMasks, null, 0)
        : await maskPool.lend({ fingerprint, key, client, coming }, needed, work)
    answers.push(scored.ciphertexts)
    spent = addSpent(spent, scored.spent)
    from += part
  }
  return { ciphertexts: concat(answers), spent, stock }
}

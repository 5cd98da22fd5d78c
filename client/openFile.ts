import { equalBytes } from '../core/number/bytes.ts'
import { layoutOf, parameterSet, schemeOf } from '../core/protocol/schemes.ts'
import { encodeChunk } from '../core/protocol/wire.ts'
import type { RecordsBlock } from '../files/recordsFile.ts'
import type { RecordsHeader } from '../files/recordsHeader.ts'
import type { ScoresFile } from '../files/scoresFile.ts'
import { inOrder } from '../platform/inOrder.ts'
import { fail } from './faults.ts'
import type { FileKeeper } from './fileKeeper.ts'
import { encodeKnown, Planter } from './planted.ts'
import { roundPredictors } from './round.ts'
import { lanesFor, type Sealers } from './score.ts'

/** Some scores of a file, opened. */
export interface OpenedBlock {
  /** The first record's number in the file, from 0. */
  readonly at: number
  readonly records: number
  /** records × heads linear predictors. */
  readonly predictors: Float64Array
  /** The sealed columns' texts, record by record. */
  readonly texts: readonly (readonly string[])[]
}

/**
 * Throws `sealed/key` for a file that was sealed with another key than the one whose fingerprint is `own`, and `sealed/foreign` for
 * one that names this key, but was made by somebody else.
 */
export function checkOwner(
  header: Pick<RecordsHeader, 'sender' | 'key'>,
  keeper: Pick<FileKeeper, 'publicKey'>,
  own: string,
): void {
  const perFile = schemeOf(parameterSet(header.key.set)).keyPerRun
  const signed = equalBytes(header.sender, keeper.publicKey)
  if (!perFile && header.key.fingerprint !== own) {
    fail('sealed/key', 'sealedWithOther', { found: header.key.fingerprint, own })
  }
  if (signed) return
  // A file's own key says nothing of whose it is: who signed the file does.
  if (perFile) fail('sealed/key', 'sealedWithOther', { found: header.key.fingerprint, own })
  fail('sealed/foreign', 'sealedByOther')
}

/**
 * Opens the scores of a file whose owner was checked, in their order. Throws what opening an answer throws: what came before is then
 * not to be believed either, so nothing may be shown before this has ended.
 */
export async function* openFile(
  file: ScoresFile,
  { keeper, sealers }: { readonly keeper: FileKeeper; readonly sealers: Sealers },
  signal: AbortSignal,
): AsyncGenerator<OpenedBlock, void, undefined> {
  const { header } = file
  const { card, key, capacity } = header
  const planter = new Planter(card, layoutOf(key.set, card), await encodeKnown(card))
  const seed = await keeper.plantingSeed(header.file)
  const run = { card, fingerprint: key.fingerprint, run: header.file }
  const rounds = schemeOf(parameterSet(key.set)).roundsScores
  const one = async (block: RecordsBlock): Promise<OpenedBlock> => {
    const { index, records, chunk, extras } = block
    const at = index * capacity
    // Where the planted ones are follows from the seed and their number alone; what they hold is not needed any more.
    const blank = { integers: new Float64Array(card.inputs.length * records), capacity: records, records }
    const planted = await planter.plant(seed, index, { ...blank, at, rows: new Uint32Array(records) })
    if (planted.block.records !== chunk.records) fail('result/shape', 'answerOfAnother')
    const [opened, texts] = await Promise.all([
      sealers.open(run, index, chunk.records, encodeChunk(chunk), signal),
      keeper.openFields(
        header.file,
        at,
        extras.map(({ fields }) => fields),
      ),
    ])
    const own = planted.read(opened.predictors)
    return { at, records, predictors: rounds ? roundPredictors(own, card.tolerance) : own, texts }
  }
  yield* inOrder(file.blocks(), lanesFor(sealers), one)
}

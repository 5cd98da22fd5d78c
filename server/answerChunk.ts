import { parameterSet, schemeOf } from '../core/protocol/schemes.ts'
import type { ScoredModel } from '../model/verdict.ts'
import { type ChunkWork, checkChunk, scoreChunk } from './compute/chunk.ts'
import { addSpent, type Spent } from './compute/tasks.ts'
import type { Service } from './service.ts'

/** Has the scoring done of a chunk whose ciphertexts have that digest, and paid for where that is asked. */
export type Charged = <T>(digest: string, work: () => Promise<T>) => Promise<T>

/**
 * A chunk's answer, whether it came over the wire or lies in a file: checked, charged, scored, and counted. Throws
 * `request/ciphertext` for ciphertexts that are none, and what charging throws.
 */
export async function answerChunk(
  service: Pick<Service, 'compute' | 'maskPool' | 'answers' | 'metrics'>,
  model: ScoredModel,
  chunk: Omit<ChunkWork, 'model'>,
  charged: Charged,
): Promise<{ readonly ciphertexts: Uint8Array; readonly spent: Spent }> {
  const { compute, maskPool, answers, metrics } = service
  const { key, layout, records } = chunk
  const work = { ...chunk, model: model.card.hash }
  const checked = await checkChunk(compute, work)
  const scored = await charged(checked.digest, async () => {
    await answers.count(schemeOf(parameterSet(key.set)), model, layout, records)
    return scoreChunk(compute, maskPool, work)
  })
  const spent = addSpent(checked.spent, scored.spent)
  countScored(metrics, model.card.id, { records, slots: layout.answeredSlots(records), spent, stock: scored.stock })
  return { ciphertexts: scored.ciphertexts, spent }
}

export function countScored(
  metrics: Service['metrics'],
  model: string,
  done: { readonly records: number; readonly slots: number; readonly spent: Spent; readonly stock: number },
): void {
  metrics.count(done.spent)
  metrics.records.inc({ model }, done.records)
  metrics.slots.inc({ model }, done.slots)
  metrics.masksUsed.inc({ from: 'stock' }, done.stock)
  metrics.masksUsed.inc({ from: 'request' }, done.spent.direct + done.spent.byTable)
}

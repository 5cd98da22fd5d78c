import { workerData } from 'piscina'
import { unframe } from './frame.ts'
import { type CentredModel, makeScorer, type Parameters } from './scheme.ts'
import { bindSeal5 } from './seal5.ts'

/** A thread of the server that scores under CKKS: one framed request in, one ciphertext out. */
const { model, parameters } = workerData as { model: CentredModel; parameters: Parameters }

const scorer = bindSeal5(parameters).then((seal) => {
  if (seal === null) throw new Error('SEAL refuses these parameters at 128-bit security.')
  return makeScorer(seal, model, parameters)
})

export default async function score(body: Uint8Array): Promise<{ answer: Uint8Array; took: number }> {
  const ready = await scorer
  const started = performance.now()
  const answer = ready.score(unframe(body))
  return { answer: answer.slice(), took: performance.now() - started }
}

import { workerData } from 'piscina'
import { unframe } from './frame.ts'
import { type CentredModel, type Deletable, makeScorer, type Parameters } from './scheme.ts'
import { bindSeal5 } from './seal5.ts'

export interface ScoreTask {
  /** The framed ciphertexts of a block. */
  readonly body: Uint8Array
  readonly keyId: string
  readonly publicKey: Uint8Array
}

export interface ScoreOutcome {
  readonly answer: Uint8Array
  /** Milliseconds. */
  readonly took: number
}

/** A thread of the server that scores under CKKS, and keeps the keys that it has seen. */
const { model, parameters } = workerData as { model: CentredModel; parameters: Parameters }

const ready = bindSeal5(parameters).then((seal) => {
  if (seal === null) throw new Error('SEAL refuses these parameters at 128-bit security.')
  return { seal, scorer: makeScorer(seal, model, parameters) }
})
const zeros = new Map<string, () => Deletable>()

export default async function score({ body, keyId, publicKey }: ScoreTask): Promise<ScoreOutcome> {
  const { seal, scorer } = await ready
  const started = performance.now()
  const zero = zeros.get(keyId) ?? seal.zeros(publicKey)
  zeros.set(keyId, zero)
  const answer = scorer.score(unframe(body), zero)
  return { answer: answer.slice(), took: performance.now() - started }
}

import { frame } from '../ckks/frame.ts'
import { columnsOf } from '../ckks/records.ts'
import { type Binding, openAnswer, type Parameters, sealColumn } from '../ckks/scheme.ts'
import { bindSeal7 } from '../ckks/seal7.ts'
import type { Material } from '../material.ts'

export type Ask =
  | { readonly kind: 'start'; readonly material: Material; readonly parameters: Parameters }
  | { readonly kind: 'seal'; readonly from: number }
  | { readonly kind: 'open'; readonly answer: Uint8Array }

export type Answer =
  | { readonly kind: 'started'; readonly slots: number; readonly publicKey: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'sealed'; readonly body: Uint8Array<ArrayBuffer>; readonly took: number }
  | { readonly kind: 'opened'; readonly predictors: Float64Array; readonly took: number }
  | { readonly kind: 'failed'; readonly message: string }

let held: { seal: Binding; material: Material; parameters: Parameters } | null = null

self.onmessage = async ({ data: ask }: MessageEvent<Ask>) => {
  const answer = await work(ask).catch((thrown): Answer => ({ kind: 'failed', message: String(thrown) }))
  self.postMessage(answer)
}

async function work(ask: Ask): Promise<Answer> {
  if (ask.kind === 'start') {
    const { material, parameters } = ask
    held = { seal: await bindSeal7(parameters, new URL('/seal.wasm', location.href).href), material, parameters }
    return { kind: 'started', slots: held.seal.slots, publicKey: held.seal.publicKey().slice() }
  }
  if (held === null) throw new Error('The worker has not been started.')
  const { seal, material, parameters } = held
  const started = performance.now()
  if (ask.kind === 'open') {
    const predictors = openAnswer(seal, ask.answer)
    return { kind: 'opened', predictors, took: performance.now() - started }
  }
  const columns = columnsOf(material, ask.from, seal.slots).map((values) => sealColumn(seal, values, parameters))
  return { kind: 'sealed', body: frame(columns), took: performance.now() - started }
}

import type { ReadFile, ReadModel } from '../../formats/reader.ts'
import { type FormatId, formatOf, modelEndings, rangesEnding } from '../../formats/table.ts'
import { openRpc, type RpcWorker } from '../../rpc/rpcHost.ts'
import { IsolatedWorker as Worker } from '../workers/IsolatedWorker.ts'
import type { ModelCheck } from './modelCheck.ts'
import type { ModelApi } from './worker-model.ts'

export type { ModelCheck }

/** The names of model files, as a file chooser is told them. */
export const acceptedFiles = modelEndings.join()

/** Whether a file is the ranges file that may stand beside a model. */
export function isRangesFile({ name }: File): boolean {
  return name.endsWith(rangesEnding)
}

/** Each format's reader is a worker of its own, so that none is larger than a worker should be. */
const readers: Readonly<Record<FormatId, () => RpcWorker>> = {
  'Blindscore JSON': () =>
    new Worker(new URL('./worker-blindscore.ts', import.meta.url), { type: 'module', name: 'blindscore' }),
  PMML: () => new Worker(new URL('./worker-pmml.ts', import.meta.url), { type: 'module', name: 'pmml' }),
  ONNX: () => new Worker(new URL('./worker-onnx.ts', import.meta.url), { type: 'module', name: 'onnx' }),
}

/** Reads a vendor's model file in a worker without network, which ends when it is done. */
export async function readModelFile(file: File, ranges: File | null): Promise<ReadModel> {
  const bytes = async (from: Blob): Promise<Uint8Array> => new Uint8Array(await from.arrayBuffer())
  const [model, beside] = [await bytes(file), ranges ? await bytes(ranges) : undefined]
  const reader = openRpc<{ read: ReadFile }>(readers[formatOf(model)]())
  try {
    return await reader.call((remote) => remote.read(file.name, model, beside))
  } finally {
    reader.end()
  }
}

/** Reads and checks a vendor's model file in two workers without network, which end when they are done. */
export async function reviewModelFile(file: File, ranges: File | null): Promise<ModelCheck> {
  const read = await readModelFile(file, ranges)
  const checker = openRpc<ModelApi>(
    new Worker(new URL('./worker-model.ts', import.meta.url), { type: 'module', name: 'model' }),
  )
  try {
    return await checker.call((remote) => remote.check(read))
  } finally {
    checker.end()
  }
}

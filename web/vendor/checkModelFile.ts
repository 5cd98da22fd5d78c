import { formatOf } from '../../formats/dispatch.ts'
import { openRpc } from '../../rpc/rpcHost.ts'
import type { ModelCheck } from './modelCheck.ts'
import type { ModelApi } from './worker-model.ts'
import type { OnnxApi } from './worker-onnx.ts'
import type { PmmlApi } from './worker-pmml.ts'

export type { ModelCheck }

/** Reads and checks a vendor's model file in two workers without network, which end when they are done. */
export async function checkModelFile(file: File, ranges: File | null): Promise<ModelCheck> {
  const checker = openRpc<ModelApi>(
    new Worker(new URL('./worker-model.ts', import.meta.url), { type: 'module', name: 'model' }),
  )
  const bytes = async (from: Blob): Promise<Uint8Array> => new Uint8Array(await from.arrayBuffer())
  const [model, beside] = [await bytes(file), ranges ? await bytes(ranges) : undefined]
  const importer = formatOf(model) === 'ONNX' ? openOnnx() : openPmml()
  try {
    const read = await importer.call((remote) => remote.read(file.name, model, beside))
    return await checker.call((remote) => remote.check(read))
  } finally {
    importer.end()
    checker.end()
  }
}

/** Each format's reader is a worker of its own, so that none is larger than a worker should be. */
const openOnnx = () =>
  openRpc<OnnxApi>(new Worker(new URL('./worker-onnx.ts', import.meta.url), { type: 'module', name: 'onnx' }))
const openPmml = () =>
  openRpc<PmmlApi>(new Worker(new URL('./worker-pmml.ts', import.meta.url), { type: 'module', name: 'pmml' }))

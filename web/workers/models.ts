import { openBridge } from './bridge.ts'
import type { ModelCheck } from './inside/modelCheck.ts'
import type { ImportApi } from './inside/worker-import.ts'
import type { ModelApi } from './inside/worker-model.ts'

export type { ModelCheck }

/** Reads and checks a vendor's model file in two workers without network, which end when they are done. */
export async function checkModelFile(file: File, ranges: File | null): Promise<ModelCheck> {
  const importer = openBridge<ImportApi>(
    new Worker(new URL('./inside/worker-import.ts', import.meta.url), { type: 'module', name: 'import' }),
  )
  const checker = openBridge<ModelApi>(
    new Worker(new URL('./inside/worker-model.ts', import.meta.url), { type: 'module', name: 'model' }),
  )
  const bytes = async (from: Blob): Promise<Uint8Array> => new Uint8Array(await from.arrayBuffer())
  try {
    const [model, beside] = [await bytes(file), ranges ? await bytes(ranges) : undefined]
    const read = await importer.call((remote) => remote.read(file.name, model, beside))
    return await checker.call((remote) => remote.check(read))
  } finally {
    importer.end()
    checker.end()
  }
}

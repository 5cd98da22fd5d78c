import { openRpc } from '../../rpc/rpcHost.ts'
import { IsolatedWorker as Worker } from '../workers/IsolatedWorker.ts'
import { readModelFile } from './reviewModelFile.ts'
import type { AppliedHere, ApplyApi, ChangesTold } from './worker-adapt.ts'

export type { AppliedHere, ChangesTold }

/** Longer files are no changes of a model. Bytes. */
const longest = 200_000

/** Whether a file says that it is changes of a model, whatever its name. */
export async function isChanges(file: File): Promise<boolean> {
  return file.size <= longest && /^\s*\{\s*"format"\s*:\s*"blindscore-adaptation\/\d+"/.test(await file.text())
}

/** Reads a file of changes in a worker without network, which ends when it is done. Throws `study/invalid`. */
export async function readChanges(file: File): Promise<ChangesTold> {
  const text = await file.text()
  const worker = openWorker()
  try {
    return await worker.call((remote) => remote.changes(text))
  } finally {
    worker.end()
  }
}

/** The model with the changes in it, for that customer: in workers without network, which end when they are done. */
export async function applyChanges(model: File, changes: File, customer: string): Promise<AppliedHere> {
  const read = await readModelFile(model, null)
  const text = await changes.text()
  const worker = openWorker()
  try {
    return await worker.call<AppliedHere>(async (remote) => await remote.apply(read, text, customer))
  } finally {
    worker.end()
  }
}

function openWorker() {
  return openRpc<ApplyApi>(new Worker(new URL('./worker-adapt.ts', import.meta.url), { type: 'module', name: 'adapt' }))
}

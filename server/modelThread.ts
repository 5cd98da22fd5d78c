import { once } from 'node:events'
import type { MessagePort } from 'node:worker_threads'
import { type FilePaths, type FileRead, readModelFile } from './modelFile.ts'

export interface ReadRequest {
  readonly paths: FilePaths
  /** Answers the id of a model with the opening of its commitment: the secret that it follows from stays where it is. */
  readonly openings: MessagePort
}

/** The entry of a thread that reads model files (`modelReader.ts`): {@link readModelFile} behind messages. */
export const read = async ({ paths, openings }: ReadRequest): Promise<FileRead> => {
  try {
    return await readModelFile(paths, async (model) => {
      openings.postMessage(model)
      const [opening] = (await once(openings, 'message')) as [Uint8Array]
      return opening
    })
  } finally {
    openings.close()
  }
}

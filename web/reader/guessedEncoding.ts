import type { EncodingGuess } from '../../reader/guess.ts'
import { openRpc } from '../../rpc/rpcHost.ts'
import { IsolatedWorker as Worker } from '../workers/IsolatedWorker.ts'
import type { EncodingApi } from './worker-encoding.ts'

/** Guesses the encoding of a file that is not UTF-8, in a worker of its own, which holds no key and ends when it is done. */
export async function guessedEncoding(file: Blob, signal: AbortSignal): Promise<EncodingGuess | null> {
  const worker = new Worker(new URL('./worker-encoding.ts', import.meta.url), { type: 'module', name: 'encoding' })
  const host = openRpc<EncodingApi>(worker)
  try {
    return await host.call((remote) => remote.guess(file), signal)
  } finally {
    host.end()
  }
}

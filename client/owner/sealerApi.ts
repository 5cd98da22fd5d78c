import type { ModelShape } from '../../core/protocol/scheme.ts'
import { secureRandom } from '../../platform/random.ts'
import { transfer } from '../../rpc/transfer.ts'
import type { RunHeader } from '../block.ts'
import { engines } from './browserEngines.ts'
import type { EncodedChunk } from './seal.ts'
import { Sealer } from './sealer.ts'

const sealer = new Sealer(Promise.resolve(engines), secureRandom)

/** What a worker that seals and opens offers. */
export const sealerApi = {
  connect: (port: MessagePort) => sealer.connect(port),
  prepare: (items: number) => sealer.prepare(items),
  pace: (set: string, shape: ModelShape) => sealer.pace(set, shape),
  seal: async (header: RunHeader, chunk: EncodedChunk) => {
    await sealer.ready(header.fingerprint)
    const sealed = sealer.seal(header, chunk)
    return transfer(sealed, [sealed.body.buffer])
  },
  open: async (header: RunHeader, chunk: number, records: number, answer: Uint8Array) => {
    await sealer.ready(header.fingerprint)
    const opened = sealer.open(header, chunk, records, answer)
    return transfer(opened, [opened.predictors.buffer])
  },
}

export type SealerApi = typeof sealerApi

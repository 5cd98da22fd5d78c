import { transfer } from 'comlink'
import { openDoor } from './door.ts'
import { ownerEngine } from './engine.ts'
import { type RunHeader, Sealer, type SealTask } from './sealing.ts'

const sealer = new Sealer(Promise.resolve(ownerEngine()))

const api = {
  connect: (port: MessagePort) => sealer.connect(port),
  prepare: (residues: number) => sealer.prepare(residues),
  seal: async (header: RunHeader, task: SealTask) => {
    await sealer.ready(header.fingerprint)
    const sealed = sealer.seal(header, task)
    return transfer(sealed, [sealed.body.buffer])
  },
  open: async (header: RunHeader, chunk: number, records: number, answer: Uint8Array) => {
    await sealer.ready(header.fingerprint)
    const opened = sealer.open(header, chunk, records, answer)
    return transfer(opened, [opened.predictors.buffer])
  },
}

export type SealerApi = typeof api
openDoor(api)

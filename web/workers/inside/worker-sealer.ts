import { transfer } from 'comlink'
import { openDoor } from './door.ts'
import { ownerEngine } from './engine.ts'
import { type RunHeader, Sealer, type SealTask } from './sealing.ts'

const sealer = new Sealer(ownerEngine())

const api = {
  connect: (port: MessagePort) => sealer.connect(port),
  ready: () => sealer.ready(),
  prepare: (residues: number) => sealer.prepare(residues),
  seal: (header: RunHeader, task: SealTask) => {
    const sealed = sealer.seal(header, task)
    return transfer(sealed, [sealed.body.buffer])
  },
  open: (header: RunHeader, chunk: number, records: number, answer: Uint8Array) => {
    const opened = sealer.open(header, chunk, records, answer)
    return transfer(opened, [opened.predictors.buffer])
  },
  engine: async () => (await ownerEngine()).engine,
}

export type SealerApi = typeof api
openDoor(api)

import { workerData } from 'piscina'
import { outcomeOf } from '../../core/errors.ts'
import { enableRelaxedSimd } from '../../kernel/node.ts'
import { ownerEngines } from '../../kernel/ownerEngines.ts'
import { secureRandom } from '../../platform/random.ts'
import type { RunHeader } from '../block.ts'
import type { KeyMessage } from './keyMessage.ts'
import type { EncodedChunk } from './seal.ts'
import { Sealer } from './sealer.ts'

/** The entry of a thread that seals: no logic, only {@link Sealer} behind messages that keep an error's code. */

enableRelaxedSimd()
const { engines } = ownerEngines()
const sealer = new Sealer(Promise.resolve(engines), secureRandom)
await sealer.hear(workerData as KeyMessage)

export const seal = async ({ header, chunk }: { header: RunHeader; chunk: EncodedChunk }) =>
  outcomeOf(() => sealer.seal(header, chunk))

export const open = async (task: { header: RunHeader; chunk: number; records: number; answer: Uint8Array }) =>
  outcomeOf(() => sealer.open(task.header, task.chunk, task.records, task.answer))

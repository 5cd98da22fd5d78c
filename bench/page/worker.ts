import { ownerReference } from '../../core/private/paillier/reference.ts'
import { reference } from '../../core/protocol/paillier/reference.ts'
import { loadLattice } from '../../kernel/lattice/loader.ts'
import { kernelOwnerArithmetic } from '../../kernel/private.ts'
import { kernelArithmetic, loadKernel } from '../../kernel/public.ts'
import { bindSeal7 } from '../ckks/seal7.ts'
import { compare } from '../compare.ts'
import { multiplications } from '../multiplication.ts'
import { ckks } from '../participants/ckks.ts'
import { engine } from '../participants/engine.ts'
import { latticeParticipants } from '../participants/lattice.ts'
import { library } from '../participants/library.ts'
import type { CompareJob, MultiplyJob, Results } from './jobs.ts'
import type { Message } from './page.ts'

const say = (message: Message): void => self.postMessage(message)

self.onmessage = async ({ data: job }: MessageEvent<CompareJob | MultiplyJob>) => {
  try {
    say({ result: await work(job) })
  } catch (thrown) {
    say({ error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) })
  }
}

async function work(job: CompareJob | MultiplyJob): Promise<Results['compare'] | Results['multiply']> {
  const { kernel, reason } = loadKernel()
  if (job.kind === 'multiply') return { ...multiplications(kernel, job.pace), engine: reason }
  const { material } = job
  const participants = [library(material), engine('BigInt reference', material, reference, ownerReference)]
  if (kernel) participants.push(engine('kernel', material, kernelArithmetic(kernel), kernelOwnerArithmetic(kernel)))
  for (const parameters of job.ckks) {
    const seal = await bindSeal7(parameters, new URL('/seal.wasm', location.href).href)
    participants.push(ckks('node-seal 7.0', material, seal, parameters))
  }
  participants.push(...latticeParticipants(material, loadLattice()))
  return { ...compare(participants, job.only, job.pace, (tell) => say({ tell })), engine: reason }
}

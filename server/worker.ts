import { workerData } from 'piscina'
import { asBlindscoreError, type ErrorCode, type ErrorPlace } from '../core/errors.ts'
import { chooseEngine } from './engine.ts'
import { type MaskRequest, type ModelWeights, type ScoreRequest, type TableRequest, Tasks } from './tasks.ts'

/** The door of a compute thread: no logic, only {@link Tasks} behind messages that keep an error's code. */

export type Outcome<T> =
  | { readonly value: T }
  | { readonly error: { readonly code: ErrorCode; readonly message: string; readonly place: ErrorPlace } }

const { engine: arithmetic, reason } = chooseEngine()
const tasks = new Tasks(arithmetic, workerData as readonly ModelWeights[])

async function settle<T>(work: (tasks: Tasks) => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work(tasks) }
  } catch (thrown) {
    const { code, message, place } = asBlindscoreError(thrown)
    return { error: { code, message, place } }
  }
}

export const engine = () => settle(() => ({ name: arithmetic.engine, reason }))
export const checkKey = ({ n, proof }: { n: Uint8Array; proof: Uint8Array }) =>
  settle((tasks) => tasks.checkKey(n, proof))
export const masks = (request: MaskRequest) => settle((tasks) => tasks.masks(request))
export const growTable = (request: TableRequest) => settle((tasks) => tasks.growTable(request))
export const score = (request: ScoreRequest) => settle((tasks) => tasks.score(request))

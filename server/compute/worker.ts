import { workerData } from 'piscina'
import { type Outcome, outcomeOf } from '../../core/errors.ts'
import { productsOfSmallPrimes } from '../../core/protocol/paillier/publicKey.ts'
import { enableRelaxedSimd } from '../../kernel/node.ts'
import { scoringEngines } from '../../kernel/scoringEngines.ts'
import type { PlanRequest } from './planNumbers.ts'
import {
  type CheckRequest,
  type CombineRequest,
  type KeyCheckRequest,
  type MaskRequest,
  type ModelWeights,
  type ScoreRequest,
  type TableRequest,
  Tasks,
} from './tasks.ts'
import { threadMs } from './thread.ts'

/** The entry of a compute thread: no logic, only {@link Tasks} behind messages that keep an error's code. */

enableRelaxedSimd()
const { engines, report } = scoringEngines()
// Now, so that the first key's check does not make a request wait for it.
productsOfSmallPrimes()
const tasks = new Tasks(engines, workerData as readonly ModelWeights[], threadMs)

const settle = <T>(work: (tasks: Tasks) => T | Promise<T>): Promise<Outcome<T>> => outcomeOf(() => work(tasks))

export const engine = () => settle(() => ({ ...report, hasTables: engines.some(({ hasTables }) => hasTables) }))
export const checkKeyStep = (request: KeyCheckRequest) => settle((tasks) => tasks.checkKeyStep(request))
export const check = (request: CheckRequest) => settle((tasks) => tasks.check(request))
export const masks = (request: MaskRequest) => settle((tasks) => tasks.masks(request))
export const growTable = (request: TableRequest) => settle((tasks) => tasks.growTable(request))
export const plan = (request: PlanRequest) => settle((tasks) => tasks.plan(request))
export const combine = (request: CombineRequest) => settle((tasks) => tasks.combine(request))
export const score = (request: ScoreRequest) => settle((tasks) => tasks.score(request))

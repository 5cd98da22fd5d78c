import { workerData } from 'piscina'
import { type Outcome, outcomeOf } from '../../core/errors.ts'
import { enableRelaxedSimd } from '../../kernel/node.ts'
import { scoringEngines } from '../../kernel/scoringEngines.ts'
import {
  type MaskRequest,
  type ModelWeights,
  type SchemeKey,
  type ScoreRequest,
  type TableRequest,
  Tasks,
} from './tasks.ts'

/** The entry of a compute thread: no logic, only {@link Tasks} behind messages that keep an error's code. */

enableRelaxedSimd()
const { engines, report } = scoringEngines()
const tasks = new Tasks(engines, workerData as readonly ModelWeights[])

const settle = <T>(work: (tasks: Tasks) => T | Promise<T>): Promise<Outcome<T>> => outcomeOf(() => work(tasks))

export const engine = () => settle(() => ({ ...report, hasTables: engines.some(({ hasTables }) => hasTables) }))
export const checkKey = ({ key, proof }: { key: SchemeKey; proof: Uint8Array }) =>
  settle((tasks) => tasks.checkKey(key, proof))
export const masks = (request: MaskRequest) => settle((tasks) => tasks.masks(request))
export const growTable = (request: TableRequest) => settle((tasks) => tasks.growTable(request))
export const score = (request: ScoreRequest) => settle((tasks) => tasks.score(request))

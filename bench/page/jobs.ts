import type { Parameters } from '../ckks/scheme.ts'
import type { Comparison } from '../compare.ts'
import type { Material } from '../material.ts'
import type { Multiplied } from '../multiplication.ts'
import type { Operation } from '../operations.ts'
import type { Pace } from '../timing.ts'

/** What Node asks of the page, and gets. All of it is plain data. */

export interface CompareJob {
  readonly kind: 'compare'
  readonly material: Material
  readonly only: readonly Operation[]
  readonly pace: Pace
  /** One CKKS participant each. */
  readonly ckks: readonly Parameters[]
}

export interface MultiplyJob {
  readonly kind: 'multiply'
  readonly pace: Pace
}

export interface CkksJob {
  readonly kind: 'ckks'
  readonly material: Material
  readonly parameters: Parameters
  readonly records: number
  readonly workers: number
}

export type Job = CompareJob | MultiplyJob | CkksJob

/** Which engine the browser runs, and why. */
export interface Engine {
  readonly engine: string
}

export interface CkksJourney {
  /** Milliseconds, and what workers spent of them, added up. */
  readonly elapsed: number
  readonly work: { readonly seal: number; readonly open: number }
  readonly bytesUp: number
  readonly bytesDown: number
  readonly records: number
  /** Largest error of a linear predictor over all records. */
  readonly error: number
}

export interface Results {
  compare: Comparison & Engine
  multiply: { timings: Multiplied[]; wrong: string[] } & Engine
  ckks: CkksJourney
}

declare global {
  interface Window {
    /** Set by the page; called from Node. */
    bench: <J extends Job>(job: J) => Promise<Results[J['kind']]>
  }
}

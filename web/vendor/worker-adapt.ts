import type { ReadModel } from '../../formats/reader.ts'
import { reviewModel } from '../../model/verdict.ts'
import { sha256 } from '../../platform/digest.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'
import { type Adaptation, numbersIn, readAdaptation } from '../../study/adaptationFile.ts'
import { type Applied, adaptedModel, appliedTo } from '../../study/applied.ts'

/** The worker of a vendor that puts a customer's changes into its model: it has that model, and no network. */

/** What a file of changes says. */
export interface ChangesTold extends Pick<Adaptation, 'model' | 'version'> {
  readonly numbers: ReturnType<typeof numbersIn>
}

/** The customer's model. */
export interface AppliedHere {
  readonly id: string
  /** Its file. */
  readonly file: string
  readonly weights: readonly Applied[]
}

const api = {
  /** Throws `study/invalid`. */
  changes(text: string): ChangesTold {
    const adaptation = readAdaptation(text)
    const { model, version } = adaptation
    return { model, version, numbers: numbersIn(adaptation) }
  },

  /** Throws `study/invalid` for changes of another model, and what `reviewModel` throws of one that cannot be served. */
  async apply({ file: model }: ReadModel, text: string, customer: string): Promise<AppliedHere> {
    const adapted = adaptedModel(model, readAdaptation(text), customer)
    await reviewModel(adapted, sha256)
    return {
      id: adapted.id,
      file: `${JSON.stringify(adapted, null, 2)}\n`,
      weights: appliedTo(model, adapted),
    }
  },
}

export type ApplyApi = typeof api
serveIsolated(api)

import { gramOf } from '../stats/exactSums.ts'
import { componentsOf } from '../stats/pca.ts'
import { requirePowers } from './arranged.ts'
import type { Design, DesignRows } from './design.ts'
import { withOnes } from './fitted.ts'

/** The principal components of a study's columns; its outcome has no part in them. */
export interface StudyComponents {
  readonly records: number
  readonly scaled: boolean
  readonly columns: readonly { readonly name: string; readonly centre: number; readonly scale: number }[]
  /** The largest first, with a loading for each column. */
  readonly components: readonly {
    readonly deviation: number
    readonly share: number
    readonly loadings: readonly number[]
  }[]
}

export function studyComponents(design: Design, rows: DesignRows, scaled: boolean): StudyComponents {
  requirePowers(design)
  const { inputs } = design
  const { centres, scales, deviations, loadings } = componentsOf(gramOf(withOnes(rows)), inputs, scaled)
  const all = deviations.reduce((sum, each) => sum + each * each, 0)
  return {
    records: rows.outcomes.length,
    scaled,
    columns: inputs.map(({ name }, j) => ({ name, centre: centres[j] as number, scale: scales[j] as number })),
    components: loadings.map((each, k) => {
      const deviation = deviations[k] as number
      return { deviation, share: (deviation * deviation) / all, loadings: [...each] }
    }),
  }
}

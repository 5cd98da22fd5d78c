import { rangesName } from '../../formats/table.ts'
import type { ModelCheck } from './modelCheck.ts'

type Feature = ModelCheck['card']['features'][number]

/**
 * The ranges file (`cli/README.md`) to stand beside the file `model`, for its vendor to fill in: what that says of every number,
 * and the columns' names where it has none. Read back unchanged it changes nothing: a range that was chosen is not in it.
 */
export function rangesFileOf(
  model: string,
  { card, notes, withoutRange }: Pick<ModelCheck, 'card' | 'notes' | 'withoutRange'>,
): File {
  const unnamed = notes.some(({ note }) => note === 'columnsNamed')
  const ranges = card.features.flatMap((feature) =>
    feature.type === 'number' ? [[feature.name, withoutRange.includes(feature.name) ? {} : saidOf(feature)]] : [],
  )
  const columns = unnamed ? { columns: card.features.map(({ name }) => name) } : {}
  const text = JSON.stringify({ ...columns, ...Object.fromEntries(ranges) }, null, 2)
  return new File([`${text}\n`], rangesName(model), { type: 'application/json' })
}

function saidOf({ min, max, places, finer, label, unit }: Extract<Feature, { type: 'number' }>) {
  return {
    range: [Number(min), Number(max)],
    // One that is stated refuses what is finer.
    ...(finer === 'refuse' && { step: Number(`1e${-places}`) }),
    ...(label !== undefined && { label }),
    ...(unit !== undefined && { unit }),
  }
}

import type { Card } from '../../core/card/card.ts'
import type { Repair } from '../../reader/repairs.ts'
import { keptValuesPlace } from './keptPlace.ts'

/**
 * Which of a model's values a person said that a word means ("astronaut" as others), for the next file: by the model's id and the
 * input's name. The word is all of a file that is in it.
 */
type Kept = ReadonlyMap<string, readonly Saying[]>
type Saying = readonly [input: string, word: string, value: string]

export type ValueRepair = Extract<Repair, { kind: 'levels' }>

/** So many models are remembered, those of the last files, and so many words of each. */
const mostModels = 30
const mostWords = 200

/** What was said for earlier files, of values that the model still has and of words that are none of them. */
export function recalledValues(card: Card): readonly ValueRepair[] {
  return (read().get(card.id) ?? []).flatMap(([input, word, value]): ValueRepair[] => {
    const feature = card.features.findIndex(({ name }) => name === input)
    const found = card.features[feature]
    if (found?.type !== 'category' || !found.levels.includes(value) || found.levels.includes(word)) return []
    return [{ feature, kind: 'levels', pairs: [[word, value]] }]
  })
}

/** Remembers what a word means; what was said of it before is forgotten. */
export function rememberValue(card: Card, repair: ValueRepair): void {
  change(card, repair, (others, said) => [...others, ...said].slice(-mostWords))
}

export function forgetValues(card: Card, repairs: readonly ValueRepair[]): void {
  for (const repair of repairs) change(card, repair, (others) => others)
}

function change(
  card: Card,
  { feature, pairs }: ValueRepair,
  next: (others: readonly Saying[], said: readonly Saying[]) => readonly Saying[],
): void {
  const found = card.features[feature]
  if (found?.type !== 'category') return
  const said = pairs.map(([word, value]): Saying => [found.name, word, value])
  const models = new Map(read())
  const others = (models.get(card.id) ?? []).filter(
    ([input, word]) => !said.some((each) => each[0] === input && each[1] === word),
  )
  const now = next(others, said)
  models.delete(card.id)
  if (now.length > 0) models.set(card.id, now)
  write([...models].slice(-mostModels))
}

function read(): Kept {
  try {
    const stored = JSON.parse(localStorage.getItem(keptValuesPlace) ?? '[]') as [string, Saying[]][]
    return new Map(
      stored.map(([model, of]) => [
        String(model),
        of.map(([input, word, value]): Saying => [String(input), String(word), String(value)]),
      ]),
    )
  } catch {
    // What another version stored, or nobody of ours, is nothing.
    return new Map()
  }
}

function write(kept: readonly (readonly [string, readonly Saying[]])[]): void {
  try {
    if (kept.length === 0) localStorage.removeItem(keptValuesPlace)
    else localStorage.setItem(keptValuesPlace, JSON.stringify(kept))
  } catch {
    // For this file alone, then.
  }
}

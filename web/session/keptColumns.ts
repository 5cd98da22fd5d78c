import type { Card } from '../../core/card/card.ts'
import { isFoundByName, type Match } from '../../reader/matching.ts'
import { keptPlace } from './keptPlace.ts'

/**
 * Which columns a person chose for a model's inputs, for the next file that has columns of those names: by the model's id,
 * the input's name and the column's. Nothing else of a file is in it.
 */
type Kept = ReadonlyMap<string, ReadonlyMap<string, string>>

/** So many models are remembered, those of the last files, and so many inputs of each. */
const mostModels = 30
const mostInputs = 200

/** A name that could be a cell: of a first line that was taken for a header. */
const likeCell = /^[\s\d.,:/+-]*$/

/** The matches with the columns that were chosen for an earlier file, where no other input has them. */
export function recalled(card: Card, header: readonly string[], matches: readonly Match[]): readonly Match[] {
  const of = read().get(card.id)
  if (!of) return matches
  const used = new Set(
    matches.flatMap((match) => (isFoundByName(match) || match.how === 'chosen' ? [match.column] : [])),
  )
  return matches.map((match) => {
    const column = header.indexOf(of.get(card.features[match.feature]?.name ?? '') ?? '')
    const free = column >= 0 && header.lastIndexOf(header[column] as string) === column && !used.has(column)
    if (match.how === 'chosen' || !free) return match
    used.add(column)
    return { feature: match.feature, column, how: 'kept' }
  })
}

/**
 * Remembers the columns that were chosen, once nothing about the file is in doubt (`isSure`), and forgets those that were
 * remembered and given up.
 */
export function remember(card: Card, header: readonly string[], matches: readonly Match[], isSure: boolean): void {
  const kept = read()
  const of = new Map(kept.get(card.id))
  for (const [i, { how }] of recalled(card, header, matches).entries()) {
    const match = matches[i] as Match
    const name = card.features[match.feature]?.name ?? ''
    const column = match.column === null ? '' : (header[match.column] ?? '')
    const chosen = match.how === 'chosen' || match.how === 'kept'
    if (chosen && isSure && !likeCell.test(column) && header.indexOf(column) === header.lastIndexOf(column)) {
      of.delete(name)
      of.set(name, column)
    } else if (how === 'kept' && !chosen) of.delete(name)
  }
  const before = JSON.stringify(plain(kept))
  const models = new Map(kept)
  models.delete(card.id)
  if (of.size > 0) models.set(card.id, new Map([...of].slice(-mostInputs)))
  const now = plain(new Map([...models].slice(-mostModels)))
  if (JSON.stringify(now) !== before) write(now)
}

type Plain = readonly (readonly [model: string, inputs: readonly (readonly [input: string, column: string])[]])[]

const plain = (kept: Kept): Plain => [...kept].map(([model, of]) => [model, [...of]])

function read(): Kept {
  try {
    const stored = JSON.parse(localStorage.getItem(keptPlace) ?? '[]') as Plain
    return new Map(
      stored.map(([model, of]) => [String(model), new Map(of.map(([input, name]) => [input, String(name)]))]),
    )
  } catch {
    // What another version stored, or nobody of ours, is nothing.
    return new Map()
  }
}

function write(kept: Plain): void {
  try {
    if (kept.length === 0) localStorage.removeItem(keptPlace)
    else localStorage.setItem(keptPlace, JSON.stringify(kept))
  } catch {
    // For this file alone, then.
  }
}

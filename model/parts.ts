import type { Card } from '../core/card/card.ts'
import { plainName } from '../core/card/columnName.ts'
import { linkProblem, responseNames } from '../core/card/link.ts'
import { compileLastSteps } from '../core/card/outcome.ts'
import { fail } from './faults.ts'
import type { ModelColumn, ModelFile } from './modelFile.ts'
import { type ColumnWeights, uniqueIndex, weightsOfHead } from './weights.ts'

/** A model file's parts, checked against each other, before any number of them is an integer. */
export interface Parts {
  readonly columns: readonly ModelColumn[]
  readonly headNames: readonly string[]
  readonly responses: string[]
  readonly reasons: Card['reasons']
  /** Per head. */
  readonly weights: readonly ColumnWeights[]
}

/** Throws `model/invalid` for parts that contradict each other. */
export function partsOf(file: ModelFile): Parts {
  const columns: readonly ModelColumn[] = [...file.features, ...(file.derived ?? [])]
  const indexOf = uniqueIndex(columns.map((column) => column.name))
  distinctAliases(file)
  const headNames = file.heads.map((head, i) => head.name ?? (file.heads.length === 1 ? 'score' : `head${i + 1}`))
  uniqueIndex(headNames)
  const responses = responsesOf(file, headNames)
  const reasons = reasonsOf(file, headNames, columns)
  const levelSets = new Map<number, ReadonlyMap<string, number>>()
  const levelsOf = (c: number): ReadonlyMap<string, number> => {
    const column = columns[c]
    const levels = levelSets.get(c) ?? uniqueIndex(column?.type === 'category' ? column.levels : [])
    levelSets.set(c, levels)
    return levels
  }
  const weights = file.heads.map((head) => weightsOfHead(head.terms, columns, indexOf, levelsOf))
  return { columns, headNames, responses, reasons, weights }
}

/** Throws where an alias of one feature is another's name or alias: one column of a file would feed both. */
function distinctAliases({ features }: ModelFile): void {
  const owners = new Map(features.map(({ name }) => [plainName(name), name]))
  for (const { name, aliases = [] } of features) {
    for (const alias of aliases) {
      const owner = owners.get(plainName(alias))
      if (owner !== undefined && owner !== name)
        fail('model/invalid', 'aliasTwice', { column: name, alias, other: owner })
      owners.set(plainName(alias), name)
    }
  }
}

/** The response names, checked against the link. */
function responsesOf(file: ModelFile, headNames: readonly string[]): string[] {
  const scored = headNames.filter((_, i) => file.heads[i]?.role === undefined)
  const problem = linkProblem(file.link, scored.length)
  if (problem) fail('model/invalid', 'link', problem)
  const own = responseNames(file.link, scored)
  const names = file.responses ?? own
  if (names.length !== own.length) fail('model/invalid', 'responseCount', { given: own.length, named: names.length })
  const all = [...names, ...(file.outputs ?? []).map(({ name }) => name)]
  uniqueIndex(all)
  compileLastSteps({ responses: all, outputs: file.outputs, decision: file.decision })
  return all
}

/** The reason codes, checked against heads and columns: every reason head is told of once, and every level has a code. */
function reasonsOf(file: ModelFile, headNames: readonly string[], columns: readonly ModelColumn[]): Card['reasons'] {
  const roles = new Set(headNames.filter((_, i) => file.heads[i]?.role === 'reason'))
  if (roles.size === 0 && !file.reasons) return undefined
  const { characteristics } = file.reasons ?? { characteristics: [] }
  uniqueIndex(characteristics.map(({ head }) => head))
  if (characteristics.length !== roles.size || !characteristics.every(({ head }) => roles.has(head)))
    fail('model/invalid', 'reasonHeads')
  for (const { head, column: name, codes } of characteristics) {
    const column = columns.find((candidate) => candidate.name === name)
    if (column?.type !== 'category') fail('model/invalid', 'reasonColumn', { head, column: name })
    const levels = uniqueIndex(codes.map(([level]) => level))
    const without = column.levels.find((level) => !levels.has(level))
    if (without !== undefined) fail('model/invalid', 'reasonCode', { head, level: without })
  }
  return file.reasons
}

import * as z from 'zod/mini'
import { columnsOf } from '../core/card/expression.ts'
import { limitNesting } from '../core/card/nesting.ts'
import { type ModelColumn, type ModelFeature, modelDerived, modelFeature } from '../model/modelFile.ts'
import { shapeFault } from '../model/shape.ts'
import { familyNames } from '../stats/families.ts'
import { fail } from './faults.ts'

/**
 * A study: which columns explain which outcome, by which family. It is public to all who take part. Columns are written as
 * in a model file, each number among them with its range and its step: what a fit rests on are whole numbers of steps, and
 * how large they may be is known before a record is read.
 */

const text = z.string().check(z.maxLength(4000))
const name = z.string().check(z.minLength(1), z.maxLength(200))

/** The most columns of a design beside the intercept: beyond, an exact fit takes minutes. */
const mostTerms = 100

const studyFile = z.strictObject({
  format: z.literal('blindscore-study/1'),
  id: z.string().check(z.regex(/^[a-z0-9][a-z0-9._-]{0,99}$/)),
  title: name,
  description: text,
  features: z.array(modelFeature).check(z.minLength(1), z.maxLength(1000)),
  derived: z.optional(z.array(modelDerived).check(z.maxLength(1000))),
  /** Features and derived columns that get coefficients: a category one for each level but its first (R's treatment contrasts). */
  terms: z.array(name).check(z.minLength(1), z.maxLength(mostTerms)),
  outcome: modelFeature,
  /** The level that counts as 1, where the outcome is a category. */
  event: z.optional(z.string().check(z.maxLength(400))),
  family: z.enum(familyNames),
})

export type StudyFile = z.infer<typeof studyFile>

/** A study's text. Throws `study/invalid` where it is none, and where its parts contradict each other. */
export function parseStudy(json: string): StudyFile {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    fail('study/invalid', 'studyJson')
  }
  limitNesting(value)
  const result = z.safeParse(studyFile, value)
  if (!result.success) fail('study/invalid', 'studyShape', shapeFault(result.error, value))
  checkParts(result.data)
  return result.data
}

function checkParts(study: StudyFile): void {
  const { terms, outcome, event, family } = study
  const columns = columnsByName(study)
  const seen = new Set<string>()
  for (const term of terms) {
    const column = columns.get(term)
    if (column === undefined) fail('study/invalid', 'studyTerm', { term })
    if (seen.has(term)) fail('study/invalid', 'studyTermTwice', { term })
    seen.add(term)
    requireSteps(column)
  }
  if (columns.has(outcome.name)) fail('study/invalid', 'studyOutcomeAmongTerms', { column: outcome.name })
  requireSteps(outcome)
  if (outcome.type === 'category') {
    if (event === undefined || !outcome.levels.includes(event)) fail('study/invalid', 'studyEvent')
    if (family !== 'binomial') fail('study/invalid', 'studyOutcome', { family })
  } else {
    const [min, max] = outcome.range as readonly [number, number]
    const counts = outcome.type === 'integer' || outcome.step === 1
    const fits = family === 'gaussian' || (counts && min === 0 && (family === 'poisson' || max === 1))
    if (!fits) fail('study/invalid', 'studyOutcome', { family })
  }
}

function requireSteps(column: ModelColumn): void {
  if (column.type === 'category') return
  const stepped = column.type === 'integer' || column.step !== undefined
  if (column.range === undefined || !stepped) fail('study/invalid', 'studyRange', { column: column.name })
}

export function columnsByName({ features, derived = [] }: StudyFile): ReadonlyMap<string, ModelColumn> {
  return new Map([...features, ...derived].map((column) => [column.name, column]))
}

/** The columns that the terms need, themselves or by an expression: no other one is read. */
export function neededColumns(study: StudyFile): {
  readonly features: ModelFeature[]
  readonly derived: NonNullable<StudyFile['derived']>
} {
  const needed = new Set(study.terms)
  const derived = [...(study.derived ?? [])].reverse().filter((column) => {
    if (!needed.has(column.name)) return false
    for (const used of columnsOf(column.expression)) needed.add(used)
    return true
  })
  return { features: study.features.filter(({ name }) => needed.has(name)), derived: derived.reverse() }
}

import * as z from 'zod/mini'
import { columnsOf } from '../core/card/expression.ts'
import { limitNesting } from '../core/card/nesting.ts'
import { type ModelColumn, type ModelFeature, modelDerived, modelFeature } from '../model/modelFile.ts'
import { shapeFault } from '../model/shape.ts'
import {
  type CanonicalName,
  canonicalNames,
  type FamilyName,
  families,
  familyNames,
  usualLink,
} from '../stats/families.ts'
import { type LinkName, linkNames } from '../stats/links.ts'
import { fail } from './faults.ts'
import { type Formula, formulaOf, mostTerms, requireSteps } from './formula.ts'
import { jsonOf } from './json.ts'

/**
 * A study: which columns explain which outcome, by which family. It is public to all who take part. Columns are written as
 * in a model file, each number among them with its range and its step: what a fit rests on are whole numbers of steps, and
 * how large they may be is known before a record is read.
 */

const text = z.string().check(z.maxLength(4000))
const name = z.string().check(z.minLength(1), z.maxLength(200))

const studyFile = z.strictObject({
  format: z.literal('blindscore-study/1'),
  id: z.string().check(z.regex(/^[a-z0-9][a-z0-9._-]{0,99}$/)),
  title: name,
  description: text,
  features: z.array(modelFeature).check(z.minLength(1), z.maxLength(1000)),
  derived: z.optional(z.array(modelDerived).check(z.maxLength(1000))),
  /**
   * Features and derived columns that get coefficients, a category one for each level but its first (R's treatment contrasts);
   * and what R's formulas make of them: `I(x^2)`, `poly(x, 3)`, `a:b` (`formula.ts`).
   */
  terms: z.array(name).check(z.minLength(1), z.maxLength(mostTerms)),
  outcome: modelFeature,
  /** The level that counts as 1, where the outcome is a category. */
  event: z.optional(z.string().check(z.maxLength(400))),
  family: z.enum(familyNames),
  /** The family's usual one where none is said. */
  link: z.optional(z.enum(linkNames)),
  /** Numbers that are added to predictors as they are; in the model, columns with a weight of 1. */
  offsets: z.optional(z.array(name).check(z.minLength(1), z.maxLength(mostTerms))),
  /** How much a record counts: a number from 0 on. For a binomial's shares, of how many trials. */
  weights: z.optional(name),
  /** The column that counts failures, where the outcome counts the successes of the same trials (R's two-column response). */
  failures: z.optional(name),
  /** What owners who pool are told of who asks, for all of them to sign with the rest of the study. */
  agreement: z.optional(
    z.strictObject({
      /** Who invites: a legal name, and how it is reached. */
      organiser: name,
      contact: name,
      /** What time the records are of. */
      period: name,
      /** Who gets the model beside those who take part. */
      recipients: z.optional(name),
      /** Who runs the server that carries the messages, and where. */
      carrier: z.optional(name),
    }),
  ),
})

export type StudyFile = z.infer<typeof studyFile>

/** A study's text. Throws `study/invalid` where it is none, and where its parts contradict each other. */
export function parseStudy(json: string): StudyFile {
  const value = jsonOf(json)
  if (value === undefined) fail('study/invalid', 'studyJson')
  return checkedStudy(value)
}

/** A study as it came, from a text or put together. Throws `study/invalid`. */
export function checkedStudy(value: unknown): StudyFile {
  limitNesting(value)
  const result = z.safeParse(studyFile, value)
  if (!result.success) fail('study/invalid', 'studyShape', shapeFault(result.error, value))
  checkParts(result.data)
  return result.data
}

/** Throws `study/invalid` where parts of a study contradict each other. */
export function checkParts(study: StudyFile): void {
  const { terms, outcome, event } = study
  const columns = columnsByName(study)
  formulaOf(terms, columns)
  if (columns.has(outcome.name)) fail('study/invalid', 'studyOutcomeAmongTerms', { column: outcome.name })
  if (outcome.type !== 'category') requireSteps(outcome)
  if (outcome.type === 'category' && (event === undefined || !outcome.levels.includes(event)))
    fail('study/invalid', 'studyEvent')
  if (study.failures !== undefined) checkTrials(study, study.failures, columns)
  else if (!fits(study)) fail('study/invalid', 'studyOutcome', { family: study.family })
  const { link } = study
  if (link !== undefined && !families[study.family].links.includes(link))
    fail('study/invalid', 'studyLink', { family: study.family, links: families[study.family].links })
  for (const name of [...(study.offsets ?? []), ...(study.weights === undefined ? [] : [study.weights])]) {
    const column = columns.get(name)
    if (column === undefined) fail('study/invalid', 'studyTerm', { term: name })
    if (column.type === 'category') fail('study/invalid', 'studyNoNumber', { column: name })
    requireSteps(column)
    if (name === study.weights && (column.range?.[0] ?? -1) < 0) fail('study/invalid', 'studyWeights', { column: name })
  }
}

/** Successes and failures are counted, and say by themselves how much a record counts. */
function checkTrials(
  { family, outcome, weights }: StudyFile,
  name: string,
  columns: ReadonlyMap<string, ModelColumn>,
): void {
  const failures = columns.get(name)
  if (failures === undefined) fail('study/invalid', 'studyTerm', { term: name })
  if (failures.type === 'category') fail('study/invalid', 'studyNoNumber', { column: name })
  requireSteps(failures)
  const counts = [outcome, failures].every((each) => {
    return each.type !== 'category' && each.range?.[0] === 0 && (each.type === 'integer' || each.step === 1)
  })
  if (!isOfTrials(family) || !counts || weights !== undefined) fail('study/invalid', 'studyFailures', { column: name })
}

/** Whether R takes two columns of counts for the outcome of such a family. */
const isOfTrials = (family: FamilyName): boolean => family === 'binomial' || family === 'quasibinomial'

/**
 * Whether the family takes such outcomes: of a binomial shares only where weights say of how many. Families without a
 * likelihood take what is between whole numbers as well.
 */
function fits({ outcome, family, weights }: StudyFile): boolean {
  const { outcomes } = families[family]
  if (outcome.type === 'category') return outcomes === 'shares'
  const [min, max] = outcome.range as readonly [number, number]
  const whole = outcome.type === 'integer' || outcome.step === 1
  const isQuasi = family.startsWith('quasi')
  if (outcomes === 'any') return true
  if (outcomes === 'positive') return min >= 0
  if (outcomes === 'counts') return isQuasi ? min >= 0 : whole && min === 0
  return min === 0 && max === 1 && (whole || isQuasi || weights !== undefined)
}

/** The link of a study. */
export const linkOf = ({ family, link }: StudyFile): LinkName => link ?? usualLink(family)

/**
 * The family of a study that sums of outcomes are enough for. Throws `study/sums` for others: with another link, weights or
 * an offset the likelihood takes more of the outcomes than X'y, or of both sides what only one has.
 */
export function sumFamily(study: StudyFile): CanonicalName {
  const family = canonicalNames.find((name) => name === study.family)
  const plain = study.offsets === undefined && study.weights === undefined && study.failures === undefined
  if (family === undefined || linkOf(study) !== usualLink(study.family) || !plain) fail('study/sums', 'studySumsOnly')
  return family
}

/** A study whose terms are columns of its features and derived columns, each once, and which columns its terms are. */
export function completed(study: StudyFile): { readonly study: StudyFile; readonly formula: Formula } {
  const formula = formulaOf(study.terms, columnsByName(study))
  const terms = [...new Set(formula.terms.flatMap(({ cells }) => cells.map(({ column }) => column)))]
  if (formula.derived.length === 0) return { study: { ...study, terms }, formula }
  return { study: { ...study, terms, derived: [...(study.derived ?? []), ...formula.derived] }, formula }
}

export function columnsByName({ features, derived = [] }: StudyFile): ReadonlyMap<string, ModelColumn> {
  return new Map([...features, ...derived].map((column) => [column.name, column]))
}

/** Terms, offsets, weights and failures: what is read beside the outcome. */
export function namesRead({ terms, offsets = [], weights, failures }: StudyFile): string[] {
  const others = [weights, failures].filter((name) => name !== undefined)
  return [...new Set([...terms, ...offsets, ...others])]
}

/** The columns that these need, themselves or by an expression: no other one is read. */
export function neededColumns(
  study: StudyFile,
  names: readonly string[],
): {
  readonly features: ModelFeature[]
  readonly derived: NonNullable<StudyFile['derived']>
} {
  const needed = new Set(names)
  const derived = [...(study.derived ?? [])].reverse().filter((column) => {
    if (!needed.has(column.name)) return false
    for (const used of columnsOf(column.expression)) needed.add(used)
    return true
  })
  return { features: study.features.filter(({ name }) => needed.has(name)), derived: derived.reverse() }
}

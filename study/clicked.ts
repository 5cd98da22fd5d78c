import type { Expression } from '../core/card/expression.ts'
import type { FamilyName, QuasiName } from '../stats/families.ts'
import type { LinkName } from '../stats/links.ts'
import { familyInR, nameInR, weightsInR } from './lineOfR.ts'
import type { StudyFile } from './studyFile.ts'

/** A study of what a person points at: columns of a file, their squares and products, and the outcome. */

/** What is chosen from; studies that are written have any variance with any link. */
export type ClickedFamily = Exclude<FamilyName, QuasiName>

/** A column as it is in the file. */
export type ClickedColumn =
  | {
      readonly kind: 'number'
      readonly name: string
      readonly min: number
      readonly max: number
      readonly places: number
    }
  | { readonly kind: 'category'; readonly name: string; readonly levels: readonly string[] }

export interface Clicked {
  readonly outcome: string
  /** The text that counts as 1, where the outcome has texts. */
  readonly event: string | null
  readonly family: ClickedFamily
  /** Null where it is the family's usual one. */
  readonly link: LinkName | null
  /** How much each record counts, and what is added to its predictor as it is; columns of numbers. */
  readonly weights: string | null
  readonly offset: string | null
  /** Columns that explain, in their order. */
  readonly terms: readonly string[]
  /** Numbers among them whose squares do as well. */
  readonly squares: readonly string[]
  /** Pairs among them whose products do as well. */
  readonly crossed: readonly (readonly [string, string])[]
}

/** The families that an outcome can be of, the usual one first. */
export function familiesOf(column: ClickedColumn): readonly ClickedFamily[] {
  if (column.kind === 'category') return ['binomial', 'quasibinomial']
  const { places, min, max } = column
  const above = min > 0 ? (['Gamma', 'inverse.gaussian'] as const) : []
  if (places > 0) return min >= 0 ? ['gaussian', ...above, 'quasipoisson'] : ['gaussian']
  if (min < 0) return ['gaussian']
  if (max === 1) return ['binomial', 'gaussian', 'poisson', 'quasibinomial', 'quasipoisson']
  return ['gaussian', 'poisson', ...above, 'quasipoisson']
}

/** The columns that can say how much a record counts. */
export const weighing = (columns: readonly ClickedColumn[]): readonly string[] =>
  columns.flatMap((column) => (column.kind === 'number' && column.min >= 0 ? [column.name] : []))

export function studyOf(columns: readonly ClickedColumn[], clicked: Clicked, title: string): StudyFile {
  const { outcome, event, family, link, terms, weights, offset } = clicked
  const named = new Map(columns.map((column) => [column.name, column]))
  const of = (name: string): ClickedColumn => named.get(name) as ClickedColumn
  const derived = [...squaresOf(clicked, of), ...productsOf(clicked, of)]
  const told = of(outcome)
  return {
    format: 'blindscore-study/1',
    id: idOf(title),
    title: title.slice(0, 200) || 'fit',
    description: formulaOf(clicked).slice(0, 4000),
    features: [
      ...new Set([...terms, ...(offset === null ? [] : [offset]), ...(weights === null ? [] : [weights])]),
    ].map((name) => featureOf(of(name))),
    ...(derived.length > 0 && { derived }),
    terms: [...terms, ...derived.map(({ name }) => name)],
    outcome:
      told.kind === 'category' || !(family === 'binomial' || family === 'poisson')
        ? featureOf(told)
        : { name: outcome, type: 'integer', range: [0, told.max] },
    ...(event !== null && told.kind === 'category' && { event }),
    family,
    ...(link !== null && { link }),
    ...(offset !== null && { offsets: [offset] }),
    ...(weights !== null && { weights }),
  }
}

function idOf(title: string): string {
  const plain = title
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 100)
  return plain || 'fit'
}

function featureOf(column: ClickedColumn): StudyFile['features'][number] {
  const { name } = column
  if (column.kind === 'category') return { name, type: 'category', levels: [...column.levels] }
  return { name, type: 'number', range: [column.min, column.max], step: stepOf(column.places) }
}

const stepOf = (places: number): number => Number(`1e-${places}`)

type Derived = NonNullable<StudyFile['derived']>[number]

/** A derived column whose values lie between some, and a step more: what is computed in doubles may be beyond by their last bit. */
function derivedOf(name: string, expression: Expression, ends: readonly number[], places: number): Derived {
  const step = stepOf(places)
  const end = (value: number): number => Number(value.toFixed(Math.min(100, places)))
  const range: [number, number] = [end(Math.min(...ends) - step), end(Math.max(...ends) + step)]
  return { name, type: 'number', range, step, expression }
}

function squaresOf({ squares }: Clicked, of: (name: string) => ClickedColumn): Derived[] {
  return squares.flatMap((name) => {
    const column = of(name)
    if (column.kind !== 'number') return []
    const { min, max, places } = column
    const ends = [min * min, max * max, ...(min < 0 && max > 0 ? [0] : [])]
    return [derivedOf(squareName(name), { op: 'square', args: [{ column: name }] }, ends, 2 * places)]
  })
}

const squareName = (name: string): string => `I(${name}^2)`

/** One factor of a product: a number, or whether a category has a level that is not its first. */
interface Factor {
  readonly name: string
  readonly expression: Expression
  readonly ends: readonly number[]
  readonly places: number
}

function factorsOf(column: ClickedColumn): Factor[] {
  const { name } = column
  if (column.kind === 'number') {
    return [{ name, expression: { column: name }, ends: [column.min, column.max], places: column.places }]
  }
  return column.levels.slice(1).map((level) => ({
    name: `${name}${level}`,
    expression: { op: 'equal', args: [{ column: name }, { constant: level }] },
    ends: [0, 1],
    places: 0,
  }))
}

function productsOf({ crossed }: Clicked, of: (name: string) => ClickedColumn): Derived[] {
  return crossed.flatMap(([left, right]) =>
    factorsOf(of(right)).flatMap((b) =>
      factorsOf(of(left)).map((a) =>
        derivedOf(
          `${a.name}:${b.name}`,
          { op: 'multiply', args: [a.expression, b.expression] },
          a.ends.flatMap((x) => b.ends.map((y) => x * y)),
          a.places + b.places,
        ),
      ),
    ),
  )
}

/** The formula as R writes it. */
export function formulaOf({ outcome, event, terms, squares, crossed, offset }: Clicked): string {
  const left = event === null ? nameInR(outcome) : `I(${nameInR(outcome)} == ${JSON.stringify(event)})`
  const right = [
    ...terms.map(nameInR),
    ...squares.map((name) => `I(${nameInR(name)}^2)`),
    ...crossed.map(([a, b]) => `${nameInR(a)}:${nameInR(b)}`),
    ...(offset === null ? [] : [`offset(${nameInR(offset)})`]),
  ]
  return `${left} ~ ${right.join(' + ') || '1'}`
}

/** A line of R that fits the same to the same file: categories with the same level as the one that others are compared with. */
export function clickedInR(columns: readonly ClickedColumn[], clicked: Clicked, file: string): string {
  const factors = columns.flatMap((column) => {
    if (column.kind !== 'category' || !clicked.terms.includes(column.name)) return []
    const name = nameInR(column.name)
    return [`${name} <- factor(${name}, levels = c(${column.levels.map((level) => JSON.stringify(level)).join(', ')}))`]
  })
  const read = `read.csv(${JSON.stringify(file)}, check.names = FALSE)`
  const data = factors.length === 0 ? read : `within(${read}, { ${factors.join('; ')} })`
  const family = familyInR({ family: clicked.family, link: clicked.link ?? undefined })
  return `summary(glm(${formulaOf(clicked)}, family = ${family}${weightsInR(clicked.weights ?? undefined)}, data = ${data}))`
}

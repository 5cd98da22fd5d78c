import { canonicalNames, type FamilyName, families, usualLink } from '../stats/families.ts'
import type { LinkName } from '../stats/links.ts'
import { familyInR, outcomeInR, weightsInR } from './lineOfR.ts'
import { nameInR } from './nameInR.ts'
import type { StudyFile } from './studyFile.ts'

/** A study of what a person points at: columns of a file, their squares, polynomials and products, and the outcome. */

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
  readonly family: FamilyName
  /** Null where it is the family's usual one. */
  readonly link: LinkName | null
  /** How much each record counts, and what is added to its predictor as it is; columns of numbers. */
  readonly weights: string | null
  /** The column that counts failures, where the outcome counts successes. */
  readonly failures: string | null
  readonly offset: string | null
  /** Columns that explain, in their order. */
  readonly terms: readonly string[]
  /** Numbers among them whose squares do as well. */
  readonly squares: readonly string[]
  /** Numbers among them of which polynomials explain, in place of the number itself. */
  readonly polynomials: readonly ClickedPolynomial[]
  /** Pairs among them whose products do as well. */
  readonly crossed: readonly (readonly [string, string])[]
}

export interface ClickedPolynomial {
  readonly name: string
  readonly degree: number
  /** Coefficients are those of powers, and not of R's orthogonal polynomials. */
  readonly raw: boolean
}

/** Whether such outcomes can be successes, beside which another column counts the failures. */
export const isCount = (column: ClickedColumn): boolean =>
  column.kind === 'number' && column.places === 0 && column.min >= 0

/** The families that an outcome can be of, the usual one first; those of a variance alone at the end. */
export function familiesOf(column: ClickedColumn, failures: string | null = null): readonly FamilyName[] {
  if (failures !== null) return ['binomial', 'quasibinomial']
  if (column.kind === 'category') return ['binomial', 'quasibinomial', 'quasi(mu(1-mu))']
  const { places, min, max } = column
  if (min < 0) return ['gaussian', 'quasi(constant)']
  const above = min > 0 ? (['Gamma', 'inverse.gaussian'] as const) : []
  const aboveQuasi = ['quasi(mu^2)' as const, ...(min > 0 ? (['quasi(mu^3)'] as const) : [])]
  const events = places === 0 && max === 1
  const shares = max <= 1 ? (['quasi(mu(1-mu))'] as const) : []
  // Shares are a binomial's where weights say of how many trials.
  const ofTrials = places > 0 && max <= 1 ? (['binomial'] as const) : []
  return [
    ...(events ? (['binomial'] as const) : []),
    'gaussian',
    ...(places === 0 ? (['poisson'] as const) : []),
    ...above,
    ...ofTrials,
    ...(max <= 1 ? (['quasibinomial'] as const) : []),
    'quasipoisson',
    'quasi(constant)',
    'quasi(mu)',
    ...aboveQuasi,
    ...shares,
  ]
}

/** Whether such outcomes are shares of trials, of which weights have to say the number. */
export const takesTrials = (outcome: ClickedColumn, family: FamilyName): boolean =>
  family === 'binomial' && outcome.kind === 'number' && outcome.places > 0

/** The columns that can say how much a record counts. */
export const weighing = (columns: readonly ClickedColumn[]): readonly string[] =>
  columns.flatMap((column) => (column.kind === 'number' && column.min >= 0 ? [column.name] : []))

export function studyOf(columns: readonly ClickedColumn[], clicked: Clicked, title: string): StudyFile {
  const { outcome, event, family, link, terms, weights, failures, offset } = clicked
  const named = new Map(columns.map((column) => [column.name, column]))
  const of = (name: string): ClickedColumn => named.get(name) as ClickedColumn
  const told = of(outcome)
  return {
    format: 'blindscore-study/1',
    id: idOf(title),
    title: title.slice(0, 200) || 'fit',
    description: formulaOf(clicked).slice(0, 4000),
    features: [...new Set([...terms, ...[offset, weights].filter((name) => name !== null)])]
      .map((name) => featureOf(of(name)))
      .concat(failures === null ? [] : [countOf(of(failures))]),
    terms: termsOf(clicked),
    outcome: failures === null ? outcomeOf(told, family) : countOf(told),
    ...(event !== null && told.kind === 'category' && { event }),
    family,
    ...(link !== null && { link }),
    ...(offset !== null && { offsets: [offset] }),
    ...(weights !== null && { weights }),
    ...(failures !== null && { failures }),
  }
}

/** A column of counts. */
function countOf(column: ClickedColumn): StudyFile['outcome'] {
  return column.kind === 'category' ? featureOf(column) : { name: column.name, type: 'integer', range: [0, column.max] }
}

/** An outcome with the range that its family asks for. */
function outcomeOf(told: ClickedColumn, family: FamilyName): StudyFile['outcome'] {
  if (told.kind === 'category') return featureOf(told)
  const { name, places } = told
  const { outcomes } = families[family]
  const [min, max] = outcomes === 'shares' ? [0, 1] : [family === 'poisson' ? 0 : told.min, told.max]
  const isWhole = family === 'poisson' || (outcomes === 'shares' && places === 0)
  return isWhole ? { name, type: 'integer', range: [min, max] } : featureOf({ ...told, min, max })
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

/** What explains, as R's formulas write it. */
function termsOf({ terms, squares, polynomials, crossed }: Clicked): string[] {
  const factorOf = (name: string): string => {
    const polynomial = polynomials.find((each) => each.name === name)
    return polynomial ? polynomialInR(polynomial) : nameInR(name)
  }
  return [
    ...terms.map(factorOf),
    ...squares.map((name) => `I(${nameInR(name)}^2)`),
    ...crossed.map((pair) => pair.map(factorOf).join(':')),
  ]
}

export const polynomialInR = ({ name, degree, raw }: ClickedPolynomial): string =>
  `poly(${nameInR(name)}, ${degree}${raw ? ', raw = TRUE' : ''})`

/** The formula as R writes it, of all terms or of those that are left. */
export function formulaOf(clicked: Clicked, terms: readonly string[] = termsOf(clicked)): string {
  const { outcome, event, failures, offset } = clicked
  const left = outcomeInR(outcome, event ?? undefined, failures ?? undefined)
  const right = [...terms, ...(offset === null ? [] : [`offset(${nameInR(offset)})`])]
  return `${left} ~ ${right.join(' + ') || '1'}`
}

/** `glm`, as it is or by `step`. */
interface PlainCall {
  readonly kind: 'summary' | 'step'
  /** Profile-likelihood intervals as well. */
  readonly profile: boolean
}

/** What R is asked for; `glmnet` is the package's, at one penalty. */
export type CallOfR =
  | PlainCall
  | { readonly kind: 'glmnet'; readonly alpha: number; readonly lambda: number }
  | { readonly kind: 'components'; readonly scaled: boolean }

/** Lines of R that give the same of the same file: categories with the same level as the one that others are compared with. */
export function clickedInR(
  columns: readonly ClickedColumn[],
  clicked: Clicked,
  file: string,
  call: CallOfR = { kind: 'summary', profile: false },
): string {
  const factors = columns.flatMap((column) => {
    if (column.kind !== 'category' || !clicked.terms.includes(column.name)) return []
    const name = nameInR(column.name)
    return [`${name} <- factor(${name}, levels = c(${column.levels.map((level) => JSON.stringify(level)).join(', ')}))`]
  })
  const read = `read.csv(${JSON.stringify(file)}, check.names = FALSE)`
  const data = factors.length === 0 ? read : `within(${read}, { ${factors.join('; ')} })`
  const family = familyInR({ family: clicked.family, link: clicked.link ?? undefined })
  const weights = weightsInR(clicked.weights ?? undefined)
  const model = (from: string) => `glm(${formulaOf(clicked)}, family = ${family}${weights}, data = ${from})`
  if (call.kind === 'summary' && !call.profile) return `summary(${model(data)})`
  if ('profile' in call) {
    const made = call.kind === 'step' ? `step(${model('data')})` : model('data')
    return `data <- ${data}\nmodel <- ${made}\nsummary(model)${call.profile ? '\nconfint(model)' : ''}`
  }
  const matrix = `model.matrix(~ ${termsOf(clicked).join(' + ')}, data)[, -1, drop = FALSE]`
  if (call.kind === 'components')
    return `data <- ${data}\nprcomp(${matrix}, scale. = ${call.scaled ? 'TRUE' : 'FALSE'})`
  return `data <- ${data}\n${glmnetInR(clicked, matrix, call)}`
}

function glmnetInR(
  { outcome, event, family, link, offset, weights, failures }: Clicked,
  matrix: string,
  { alpha, lambda }: Extract<CallOfR, { kind: 'glmnet' }>,
): string {
  const column = (name: string): string => `data$${nameInR(name)}`
  // A standard family by its name is glmnet's own code, any other one is R's.
  const usual = link === null && canonicalNames.some((name) => name === family)
  // glmnet's own code takes the counts in the other order than R's families.
  const counts = failures === null ? null : usual ? [failures, outcome] : [outcome, failures]
  const told = event === null ? column(outcome) : `as.numeric(${column(outcome)} == ${JSON.stringify(event)})`
  const parts = [
    matrix,
    counts === null ? told : `cbind(${counts.map(column).join(', ')})`,
    `family = ${usual ? JSON.stringify(family) : familyInR({ family, link: link ?? usualLink(family) })}`,
    ...(weights === null ? [] : [`weights = ${column(weights)}`]),
    ...(offset === null ? [] : [`offset = ${column(offset)}`]),
    `alpha = ${alpha}`,
    `lambda = ${lambda}`,
    'thresh = 1e-16',
  ]
  return `coef(glmnet::glmnet(${parts.join(', ')}))`
}

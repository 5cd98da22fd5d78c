import { type Card, columnAt } from '../core/card/card.ts'
import { columnsOf } from '../core/card/expression.ts'
import { headRoles } from '../core/card/outcome.ts'
import type { Sha256 } from '../core/number/digest.ts'
import { log10 } from '../core/number/elementary.ts'
import { type FamilyName, families } from '../stats/families.ts'
import type { LinkName } from '../stats/links.ts'
import { slope } from './adaptationFile.ts'
import { type Design, designFrom, designOf } from './design.ts'
import { fail } from './faults.ts'
import { linkOfCard } from './fitted.ts'
import { checkParts, type StudyFile } from './studyFile.ts'

/**
 * A vendor's model is moved towards outcomes that its customer has: what is fitted are the changes δ of its weights, with its
 * own predictors as the offset. With a ridge that is the posterior mode about the vendor's weights. Columns are read by the
 * vendor's card, so that x here is to the last step what the vendor's model multiplies by.
 */
export interface Adapting {
  readonly outcome: string
  /** The text that counts as 1; null where outcomes are numbers. */
  readonly event: string | null
  /** The link's usual one where none is said. */
  readonly family: FamilyName | undefined
  /** Whether the vendor's predictor gets a slope. */
  readonly slope: boolean
  /** Columns of the card whose weights change. */
  readonly columns: readonly string[]
}

/** As files of scores call it. */
const predictor = 'linear_predictor'

const usualFamilies: Readonly<Record<LinkName, FamilyName>> = {
  identity: 'gaussian',
  logit: 'binomial',
  probit: 'binomial',
  cloglog: 'binomial',
  cauchit: 'binomial',
  log: 'poisson',
  sqrt: 'poisson',
  inverse: 'Gamma',
  '1/mu^2': 'inverse.gaussian',
}

/**
 * What is fitted, and by which card a file of scores with outcomes is read. Throws `study/invalid` for a card whose model is
 * none of one predictor and a link that R has, and for columns that are none of its inputs.
 */
export async function adaptationDesign(
  card: Card,
  wanted: Adapting,
  sha256: Sha256,
): Promise<{ readonly study: StudyFile; readonly design: Design }> {
  const study = adaptationStudy(card, wanted)
  for (const [i, column] of wanted.columns.entries()) {
    if (wanted.columns.indexOf(column) !== i) fail('study/invalid', 'studyTermTwice', { term: column })
    if (!card.inputs.some((input) => columnAt(card, input.column)?.name === column))
      fail('study/invalid', 'adaptColumn', { column })
  }
  const own = await designOf(study, 'both', sha256)
  const named = { ...study, terms: [...study.terms, ...wanted.columns] }
  return { study, design: designFrom(together(own.card, card, wanted.columns), named, 'both') }
}

function adaptationStudy(card: Card, { outcome, event, family: said, slope: hasSlope }: Adapting): StudyFile {
  const { reasons } = headRoles(card)
  const link = linkOfCard(card.link)
  if (card.responses.length !== 1 || reasons.length > 0 || link === null) fail('study/invalid', 'adaptCard')
  const taken = [...card.features, ...card.derived].find(({ name }) => [outcome, predictor, slope].includes(name))
  if (taken || outcome === predictor)
    fail('study/invalid', 'studyOutcomeAmongTerms', { column: taken?.name ?? outcome })
  const family = said ?? usualFamilies[link]
  const most = largest(card)
  const study: StudyFile = {
    format: 'blindscore-study/1',
    id: card.id,
    title: card.title,
    description: '',
    features: [{ name: predictor, type: 'number' }],
    derived: [asRead(most)],
    terms: hasSlope ? [slope] : [],
    offsets: [slope],
    outcome: outcomeOf(outcome, event, family, most),
    ...(event !== null && { event }),
    family,
    link,
  }
  checkParts(study)
  return study
}

/** Steps on either side of zero: with the sign, in the 50 bits that a column may have. */
const steps = 14

/**
 * A power of ten that no predictor of the card is beyond, as far as steps of it are a thousandth of what the card promises
 * of a predictor.
 */
function largest({ slotBits, scaleBits, tolerance }: Card): number {
  const bits = (slotBits - 1 - scaleBits) * log10(2)
  return Math.max(0, Math.min(Math.ceil(bits), Math.floor(log10(tolerance)) + steps - 3))
}

const ten = (power: number): number => Number(`1e${power}`)

/** The predictor in whole steps: a cell may have more digits than these, and is rounded to them. */
function asRead(most: number): NonNullable<StudyFile['derived']>[number] {
  const fine = ten(steps - most)
  return {
    name: slope,
    type: 'number',
    range: [-ten(most), ten(most)],
    step: ten(most - steps),
    expression: {
      op: 'divide',
      args: [{ op: 'round', args: [{ op: 'multiply', args: [{ column: predictor }, fine] }] }, fine],
    },
  }
}

function outcomeOf(name: string, event: string | null, family: FamilyName, most: number): StudyFile['outcome'] {
  if (event !== null) return { name, type: 'category', levels: [`not ${event}`, event], unknown: 'reference' }
  const { outcomes } = families[family]
  if (outcomes === 'shares') return { name, type: 'integer', range: [0, 1] }
  if (outcomes === 'counts' && !family.startsWith('quasi')) return { name, type: 'integer', range: [0, 1e9] }
  const end = Math.max(most, 6)
  return { name, type: 'number', range: [outcomes === 'any' ? -ten(end) : 0, ten(end)], step: ten(end - steps) }
}

/** A card that encodes the predictor and the outcome, and these columns as the vendor's card does; it reads no other ones. */
function together(own: Card, vendor: Card, columns: readonly string[]): Card {
  const needed = new Set(columns)
  for (const { name, expression } of [...vendor.derived].reverse()) {
    if (needed.has(name)) for (const used of columnsOf(expression)) needed.add(used)
  }
  const features = [...own.features, ...vendor.features.filter(({ name }) => needed.has(name))]
  const derived = [...own.derived, ...vendor.derived.filter(({ name }) => needed.has(name))]
  const places = new Map([...features, ...derived].map(({ name }, at) => [name, at]))
  const inputsOf = (card: Card, isWanted: (name: string) => boolean): Card['inputs'] =>
    card.inputs.flatMap((input) => {
      const name = columnAt(card, input.column)?.name ?? ''
      return isWanted(name) ? [{ ...input, column: places.get(name) ?? 0 }] : []
    })
  const inputs = [...inputsOf(own, () => true), ...inputsOf(vendor, (name) => columns.includes(name))]
  return { ...own, features, derived, inputs }
}

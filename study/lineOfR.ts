import { families } from '../stats/families.ts'
import type { Factor } from './formula.ts'
import { nameInR } from './nameInR.ts'
import { completed, type StudyFile } from './studyFile.ts'

/** The line of R that gives the same to the same records, where no term is a column that the study derives. */
export function lineOfR(study: StudyFile): string | null {
  const { outcome, event, derived = [], offsets = [], weights, failures } = study
  const factors = completed(study).formula.terms.map((term) => term.factors)
  const used = [...factors.flat().map(({ column }) => column), ...offsets, weights, failures]
  if (derived.some(({ name }) => used.includes(name))) return null
  const left = outcomeInR(outcome.name, event, failures)
  const terms = factors.map((each) => each.map(factorInR).join(':'))
  const right = [...terms, ...offsets.map((name) => `offset(${nameInR(name)})`)]
  const data = 'read.csv("FILE.csv", stringsAsFactors = TRUE)'
  return `summary(glm(${left} ~ ${right.join(' + ')}, family = ${familyInR(study)}${weightsInR(weights)}, data = ${data}))`
}

/** The left side of a formula. */
export function outcomeInR(outcome: string, event: string | undefined, failures: string | undefined): string {
  if (failures !== undefined) return `cbind(${nameInR(outcome)}, ${nameInR(failures)})`
  return event === undefined ? nameInR(outcome) : `I(${nameInR(outcome)} == ${JSON.stringify(event)})`
}

const factorInR = ({ text, column }: Factor): string => (text === column ? nameInR(text) : text)

export function familyInR({ family, link }: Pick<StudyFile, 'family' | 'link'>): string {
  // The same model; R's quasi begins so near shares of 0 and 1 that its first step leads nowhere.
  if (family === 'quasi(mu(1-mu))' && link !== undefined && families.quasibinomial.links.includes(link))
    return familyInR({ family: 'quasibinomial', link })
  const variance = /^quasi\((.*)\)$/.exec(family)?.[1]
  const said = Object.entries({ link, variance }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} = ${JSON.stringify(value)}`],
  )
  const name = variance === undefined ? family : 'quasi'
  return said.length === 0 ? name : `${name}(${said.join(', ')})`
}

export const weightsInR = (weights: string | undefined): string =>
  weights === undefined ? '' : `, weights = ${nameInR(weights)}`

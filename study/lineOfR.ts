import type { StudyFile } from './studyFile.ts'

/** The line of R that gives the same, where all columns are the file's own. */
export function lineOfR(study: StudyFile): string | null {
  const { terms, outcome, event, derived = [], offsets = [], weights } = study
  if (derived.some(({ name }) => [...terms, ...offsets, weights].includes(name))) return null
  const left = event === undefined ? nameInR(outcome.name) : `I(${nameInR(outcome.name)} == ${JSON.stringify(event)})`
  const right = [...terms.map(nameInR), ...offsets.map((name) => `offset(${nameInR(name)})`)]
  const data = 'read.csv("FILE.csv", stringsAsFactors = TRUE)'
  return `summary(glm(${left} ~ ${right.join(' + ')}, family = ${familyInR(study)}${weightsInR(weights)}, data = ${data}))`
}

export const familyInR = ({ family, link }: Pick<StudyFile, 'family' | 'link'>): string =>
  link === undefined ? family : `${family}(link = ${JSON.stringify(link)})`

export const weightsInR = (weights: string | undefined): string =>
  weights === undefined ? '' : `, weights = ${nameInR(weights)}`

export const nameInR = (name: string): string =>
  /^[A-Za-z.][A-Za-z0-9._]*$/.test(name) ? name : `\`${name.replaceAll('`', '')}\``

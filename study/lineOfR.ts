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

export function familyInR({ family, link }: Pick<StudyFile, 'family' | 'link'>): string {
  const variance = /^quasi\((.*)\)$/.exec(family)?.[1]
  const said = Object.entries({ link, variance }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} = ${JSON.stringify(value)}`],
  )
  const name = variance === undefined ? family : 'quasi'
  return said.length === 0 ? name : `${name}(${said.join(', ')})`
}

export const weightsInR = (weights: string | undefined): string =>
  weights === undefined ? '' : `, weights = ${nameInR(weights)}`

export const nameInR = (name: string): string =>
  /^[A-Za-z.][A-Za-z0-9._]*$/.test(name) ? name : `\`${name.replaceAll('`', '')}\``

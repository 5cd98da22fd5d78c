import { counted } from './numbers.ts'

/** What is read only where a file is not as its model would have it. */
export const importer = {
  kept: (columns: number) =>
    `${counted(columns, 'column')} ${columns === 1 ? 'is' : 'are'} matched as you chose for an earlier file. This device remembers the names alone.`,
  oneValue: (feature: string) => `One value for ${feature} in every record`,
  orOneValue: 'or one value for all:',
  value: (text: string) => (text === '' ? 'Missing in every record' : `“${text}” in every record`),
  allMissing: (as: string | null) => (as === null ? 'Leave it missing' : `Count it as ${as}`),
  allMissingOf: (feature: string, said: string) => `${said}: ${feature}`,
  notAllowed: (text: string) => `The model does not take “${text}” here.`,
  forget: 'Match by the names of this file',
}

/** What texts of consent say alike, whoever agrees and to what. */

/** So many records are many: then an assessment is suggested. */
const manyRecords = 10_000

export const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
export const counted = (count: number, one: string): string => `${whole.format(count)} ${count === 1 ? one : `${one}s`}`
export const orUnsaid = (text: string | undefined): string => text?.trim() || 'not stated'
export const orNobody = (text: string | undefined): string => text?.trim() || 'nobody is named'

export const roleNames: Readonly<Record<string, string>> = {
  'joint-controller': 'joint controller (Art. 26 GDPR)',
  controller: 'controller of its own',
  processor: 'processor for a controller',
  'not-personal': 'no personal data',
}

/** `many` is said where there are. */
export const assessment = (records: number, many: string): string =>
  `A data-protection impact assessment (DPIA) is suggested where the records are of health, credit or children, or are more than ${whole.format(manyRecords)}.${records > manyRecords ? ` ${many}` : ''}`

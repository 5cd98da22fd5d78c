import { consentText } from '../../words/consent.ts'
import {
  adaptConsent,
  adaptConsentTitle,
  answerConsent,
  answerConsentTitle,
  sealConsent,
  sealConsentTitle,
} from '../../words/en/sideConsent.ts'
import { sideConsent } from './en/answering.ts'
import type { LanguageId } from './language.ts'
import { pseudo } from './pseudo.ts'

/** What one of two sides reads before it agrees: fetched with the parts of the page where it does. */
export const sideConsentWords: Readonly<Record<LanguageId, typeof sideConsent>> = {
  en: sideConsent,
  'en-XA': pseudo(sideConsent),
}

const seal = { title: sealConsentTitle, sectionsOf: sealConsent }
const answer = { title: answerConsentTitle, sectionsOf: answerConsent }
const adapt = { title: adaptConsentTitle, sectionsOf: adaptConsent }

/** The texts that are agreed to. */
export const sideConsents = {
  seal: { en: seal, 'en-XA': pseudo(seal) },
  answer: { en: answer, 'en-XA': pseudo(answer) },
  adapt: { en: adapt, 'en-XA': pseudo(adapt) },
} as const satisfies Readonly<Record<string, Readonly<Record<LanguageId, object>>>>

/** Such a text as it is kept and hashed. */
export const textOfConsent = (title: string, sections: ReturnType<typeof answerConsent>): string =>
  consentText(title, sections)

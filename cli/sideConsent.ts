import { writeConsentReceipt } from '../study/consentReceipt.ts'
import { fail } from '../study/faults.ts'
import { consentDigest, type Declared } from '../study/pool/receipt.ts'
import { type ConsentSection, consentText } from '../words/consent.ts'
import { replace } from './replace.ts'
import type { Say } from './say.ts'

export interface ConsentOptions {
  readonly declared: Declared
  /** The SHA-256 of the text that is agreed to; `show` ends where it is shown; null agrees by having named all owners. */
  readonly consent: string | null
  /** Where the receipt goes. */
  readonly receipt: string | null
}

/** What one of two sides agrees to before it gives something away; a pooled study has its own (`poolConsent.ts`). */
export interface SideConsent {
  readonly title: string
  readonly sections: readonly ConsentSection[]
}

/**
 * Says what is agreed to, and writes the receipt of it before anything is given. Throws `study/consent` where it was only to be shown,
 * or is another text.
 */
export async function agree({ title, sections }: SideConsent, options: ConsentOptions, say: Say): Promise<void> {
  const text = consentText(title, sections)
  const sha256 = consentAsked(text, options.consent, say)
  if (options.receipt === null) return
  await replace(options.receipt, writeConsentReceipt({ text, sha256, at: new Date(), own: options.declared }))
}

/** Says a text with its SHA-256, which is returned where that is agreed to. Throws `study/consent`. */
export function consentAsked(text: string, consent: string | null, say: Say): string {
  const digest = consentDigest(text)
  say(`${text}\nSHA-256 of this text: ${digest}`)
  if (consent === 'show') fail('study/consent', 'poolConsent', { digest })
  if (consent !== null && consent !== digest) fail('study/consent', 'poolConsentOther')
  return digest
}

import { type Consent, writeConsentReceipt } from '../../study/consentReceipt.ts'
import { textDigest } from './textDigest.ts'

/** The receipt of a text that was agreed to just now. */
export async function consented(text: string, own: Consent['own']): Promise<string> {
  return writeConsentReceipt({ text, sha256: await textDigest(text), at: new Date(), own })
}

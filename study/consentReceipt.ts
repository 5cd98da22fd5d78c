/** What one of two sides keeps of its consent: the text that it agreed to, whole, with its digest, and what it wrote for itself. */
export interface Consent {
  readonly text: string
  /** SHA-256 of the text in UTF-8, in hexadecimal. */
  readonly sha256: string
  /** By the clock of who agreed. */
  readonly at: Date
  /** The legal basis, and how long what comes of it is kept; either may be empty. */
  readonly own: { readonly basis: string; readonly retention: string }
}

export function writeConsentReceipt({ text, sha256, at, own: { basis, retention } }: Consent): string {
  const told = {
    format: 'blindscore-consent-receipt/1',
    own: { basis, retention },
    consent: { text, sha256, at: at.toISOString() },
  }
  return `${JSON.stringify(told, null, 2)}\n`
}

import { fail } from '../faults.ts'
import type { OfCertificate } from './principals.ts'

/** What a subject in the form of RFC 4514 has at most here: a name of 64 letters that are not Latin is 384 characters of it from nginx. */
const longest = 2000

/**
 * What a distinguished name begins with, RFC 4514's or OpenSSL's older `/C=AT/CN=abc`. Of no certificate Apache writes `(null)`, and
 * Caddy the name of its own variable: that is nobody's.
 */
const distinguished = /^\/?[A-Za-z0-9.-]+=/

/**
 * Whom the subject of a client's certificate names in a header (in lower case), as a trusted proxy hands it on that checked the
 * certificate; null where there was none, or the proxy says so in words of its own. Throws `access/refused` for a header that came
 * twice, of which one is not the proxy's, and for what is no subject.
 */
export function certificatesIn(header: string): OfCertificate {
  return (headers, raw) => {
    const times = raw?.filter((name, i) => i % 2 === 0 && name.toLowerCase() === header).length ?? 1
    if (times > 1) fail('access/refused', 'certificateTwice')
    const sent = headers.get(header)?.trim() ?? ''
    if (!distinguished.test(sent)) return null
    const subject = utf8Of(sent)
    if (subject === null || subject.length > longest || /\p{C}/u.test(subject))
      fail('access/refused', 'certificateTwice')
    return { id: `cert:${subject}`, models: null }
  }
}

/** A header's characters are its bytes; Caddy's are those of UTF-8, nginx's of ASCII. Null for what is neither. */
function utf8Of(header: string): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(header, (byte) => byte.charCodeAt(0)))
  } catch {
    return null
  }
}

import { fail } from '../faults.ts'
import type { Certificates, EnteredCertificates } from './principals.ts'

/** What a subject in the form of RFC 4514 has at most here: a name of 64 letters that are not Latin is 384 characters of it from nginx. */
const longest = 2000

/**
 * What a distinguished name begins with, RFC 4514's or OpenSSL's older `/C=AT/CN=abc`. Of no certificate Apache writes `(null)`, and
 * Caddy the name of its own variable: that is nobody's.
 */
const distinguished = /^\/?[A-Za-z0-9.-]+=/

/** What a certificate's holder is called in the log and counted under. */
export const idOfCertificate = (subject: string): string => `cert:${subject}`

/** Whether a text can be a subject here, however it is written. */
export function isSubject(text: string): boolean {
  return distinguished.test(text) && text.length <= longest && !/\p{C}/u.test(text)
}

interface Parts {
  readonly entered?: EnteredCertificates | null
  /** Whether others than those that are entered are refused, and do not have all models. */
  readonly enteredAlone?: boolean
}

/**
 * By the subject of a client's certificate in a header (in lower case), as a trusted proxy hands it on that checked the certificate; null
 * where there was none, or the proxy says so in words of its own. Throws `access/refused` for a header that came twice, of which one
 * is not the proxy's, for what is no subject, and for one that is not entered where it has to be.
 */
export function certificatesIn(header: string, { entered, enteredAlone = false }: Parts = {}): Certificates {
  return {
    async of(headers, raw) {
      const subject = subjectIn(header, headers, raw)
      if (subject === null) return null
      const known = await entered?.certified(subject)
      if (!known && enteredAlone) fail('access/refused', 'certificateRefused')
      return known ?? { id: idOfCertificate(subject), models: null }
    },
    recordsPerHour: (id) => entered?.recordsPerHour(id) ?? null,
  }
}

function subjectIn(header: string, headers: Headers, raw: readonly string[] | undefined): string | null {
  const times = raw?.filter((name, i) => i % 2 === 0 && name.toLowerCase() === header).length ?? 1
  if (times > 1) fail('access/refused', 'certificateTwice')
  const sent = headers.get(header)?.trim() ?? ''
  if (!distinguished.test(sent)) return null
  const subject = utf8Of(sent)
  if (subject === null || !isSubject(subject)) fail('access/refused', 'certificateTwice')
  return subject
}

/** A header's characters are its bytes; Caddy's are those of UTF-8, nginx's of ASCII. Null for what is neither. */
function utf8Of(header: string): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(header, (byte) => byte.charCodeAt(0)))
  } catch {
    return null
  }
}

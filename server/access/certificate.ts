import { fail } from '../faults.ts'
import type { Principal } from './principals.ts'

/**
 * Whom the subject of a client's certificate names, as a trusted proxy hands it on that checked the certificate; null where there was
 * none. Throws `access/refused` for a header that came twice: one of the two is not the proxy's.
 */
export function certificatePrincipal(
  header: string,
  headers: Headers,
  raw: readonly string[] | undefined,
): Principal | null {
  const times = raw?.filter((name, i) => i % 2 === 0 && name.toLowerCase() === header).length ?? 1
  if (times > 1) fail('access/refused', 'certificateTwice')
  const subject = headers.get(header)?.trim() ?? ''
  if (subject === '') return null
  if (!/^[^\p{C}]{1,300}$/u.test(subject)) fail('access/refused', 'certificateTwice')
  return { id: `cert:${subject}`, models: null }
}

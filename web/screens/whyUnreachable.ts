import type { WhyUnreachable } from '../../client/server.ts'

/** How long the browser's report of a refusal may come after it, in milliseconds. */
const reportWithin = 100

/**
 * Why no answer came from a server that is not the page's own. Browsers tell a page nothing of that, so it asks once more,
 * for nothing and for an answer that it may not read: the page's policy refuses that with a report, and a server that only
 * does not allow the page answers it.
 */
export const whyUnreachable: WhyUnreachable = async (url) => {
  if (new URL(url, location.href).origin === location.origin) return 'serverUnreachable'
  let refused = false
  const note = ({ effectiveDirective }: SecurityPolicyViolationEvent): void => {
    if (effectiveDirective === 'connect-src') refused = true
  }
  document.addEventListener('securitypolicyviolation', note)
  const answers = await fetch(`${url}/healthz`, { mode: 'no-cors', credentials: 'omit', cache: 'no-store' }).then(
    () => true,
    () => false,
  )
  if (!answers) await new Promise((resolve) => setTimeout(resolve, reportWithin))
  document.removeEventListener('securitypolicyviolation', note)
  return refused ? 'pageForbidsServer' : answers ? 'serverForbidsPage' : 'serverUnreachable'
}

import type { BlindscoreError } from '../../core/errors.ts'
import { errorOf } from '../../rpc/faults.ts'

/** What the browser reported as refused, by a policy of the page's host or of an extension: directives, and what they refused. */
const reported: { readonly directive: string; readonly refused: string }[] = []
const heard = new WeakSet<Document>()

/** How long a report may come after what it is about, in milliseconds. */
const reportWithin = 200

/** Notes what the browser reports of a document: the page's, and the frame's that its workers are started in. */
export function hearRefusals(of: Document): void {
  if (heard.has(of)) return
  heard.add(of)
  of.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, disposition }) => {
    if (disposition === 'enforce') reported.push({ directive: effectiveDirective, refused: blockedURI })
  })
}

/** What a policy says of the frame, and of the texts that frame and workers are made of. */
const ofFrames = /^(frame-src|child-src|require-trusted-types-for|trusted-types)$/

/**
 * Why a worker of this script could not be started, where it was not allowed to: by a policy, or because no page from a disk
 * may. Null where something else was in its way.
 */
export async function whyRefused(script: URL): Promise<BlindscoreError | null> {
  await new Promise((resolve) => setTimeout(resolve, reportWithin))
  const found = reported.find(
    ({ directive, refused }) =>
      refused.startsWith('blob') ||
      ofFrames.test(directive) ||
      (directive === 'connect-src' && refused !== '' && script.href.startsWith(refused)),
  )
  const fromDisk = location.protocol === 'file:'
  if (!found && !fromDisk) return null
  return errorOf('platform/page-restricted', 'workersRefused', { fromDisk, directive: found?.directive ?? null })
}

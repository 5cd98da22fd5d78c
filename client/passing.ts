import type { ErrorCode } from '../core/errors.ts'

/** What time may mend, for everything that a server is asked: nothing of what was sent is refused. */
export const passing: ReadonlySet<ErrorCode> = new Set([
  'run/offline',
  'request/busy',
  'request/budget',
  'server/store-gone',
  'access/issuer',
])

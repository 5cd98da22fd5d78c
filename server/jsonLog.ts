import { type DestinationStream, type Logger, pino } from 'pino'

/**
 * The server's log: one JSON object a line. What is logged is chosen where it happens, member by member: routes,
 * counts, codes and times, never a body, a header, a path as it was sent, or more of a key than the first bytes of
 * its fingerprint. The redaction below is a second fence, for a mistake.
 */
export function jsonLog(level: string, destination?: DestinationStream): Logger {
  const secret = ['n', 'proof', 'ciphertexts', 'masks', 'weights', 'body', 'headers', 'req', 'res', 'request', 'err']
  const options = {
    level,
    base: null,
    redact: { paths: secret.flatMap((name) => [name, `*.${name}`]), remove: true },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}

import { type DestinationStream, type Logger, pino } from 'pino'

export type Log = Logger

/**
 * The server's log: one JSON object a line. What is logged is chosen where it happens, member by member: routes,
 * counts, codes and times, never a body, a header, a path as it was sent, or more of a key than the first bytes of
 * its fingerprint. The redaction below is a second fence, for a mistake.
 */
export function makeLog(level: string, destination?: DestinationStream): Log {
  const secret = ['n', 'proof', 'ciphertexts', 'masks', 'weights', 'body', 'headers', 'req', 'res', 'request', 'err']
  const options = {
    level,
    base: null,
    redact: { paths: secret.flatMap((name) => [name, `*.${name}`]), remove: true },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}

/** What a fingerprint is called in the log. */
export function shortFingerprint(fingerprint: string): string {
  return fingerprint.slice(0, 8)
}

/** Where an unforeseen error came from: its kind and its frames, without its message, which may hold a value. */
export function originOf(thrown: unknown): { kind: string; frames: string[] } {
  if (!(thrown instanceof Error)) return { kind: typeof thrown, frames: [] }
  const frames = (thrown.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return { kind: thrown.name, frames: frames.map((line) => line.trim()) }
}

/** What the server says of itself: facts from closed sets and a few words, one object a line (see `jsonLog.ts`). */
export interface Log {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

/** Of a server that nobody listens to. */
export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} }

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

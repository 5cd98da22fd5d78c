/** How long the property tests look: `SLOW=1 npx vitest run core` turns every count up. */
export const slow = (process.env.SLOW ?? '') !== ''

/** `few` runs in an everyday test, twenty times as many under SLOW=1. */
export function runs(few: number): { numRuns: number } {
  return { numRuns: slow ? 20 * few : few }
}

import { fail } from '../faults.ts'

/** By which a proxy sends a key's chunks to the process that has its masks. */
export const keyTokenHeader = 'Blindscore-Key-Token'

/**
 * Refuses a request that came under the token of another key than its body names, with `key/fingerprint`: whoever sends one aims at
 * the process of somebody else's key. Nothing else follows from a token, and none is needed.
 */
export function checkKeyToken(
  headers: Headers,
  fingerprint: string,
  tokenOfKey: ((fingerprint: string) => string) | null,
): void {
  const sent = headers.get(keyTokenHeader)
  if (sent !== null && tokenOfKey !== null && sent !== tokenOfKey(fingerprint))
    fail('key/fingerprint', 'keyTokenForeign')
}

import { fail } from '../faults.ts'

/** By which a proxy sends a key's chunks to the process that has its masks. */
export const keyTokenHeader = 'Blindscore-Key-Token'

export interface KeyTokens {
  of(fingerprint: string): string
  /**
   * Refuses a request that came under the token of another key than its body names, with `key/fingerprint`: whoever sends one aims at
   * the process of somebody else's key. Nothing else follows from a token, and none is needed.
   */
  check(headers: Headers, fingerprint: string): void
}

/** For servers that may be several: one in a page is not. */
export function keyTokens(of: (fingerprint: string) => string): KeyTokens {
  return {
    of,
    check: (headers, fingerprint) => {
      const sent = headers.get(keyTokenHeader)
      if (sent !== null && sent !== of(fingerprint)) fail('key/fingerprint', 'keyTokenForeign')
    },
  }
}

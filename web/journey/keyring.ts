import type { KeySize } from '../../core/card.ts'
import { asBlindscoreError, type BlindscoreError } from '../../core/errors.ts'
import type { Crew } from '../workers/crew.ts'
import type { PublicKeyInfo } from '../workers/inside/vault.ts'

/** The key as the page knows it: its public half and where it stands. The private half is in the vault's workers. */
export type KeyState =
  | { readonly status: 'none' }
  | { readonly status: 'making'; readonly bits: KeySize }
  | { readonly status: 'ready'; readonly info: PublicKeyInfo }
  | { readonly status: 'failed'; readonly error: BlindscoreError }

/** Residues that each sealer makes ahead, at most: 12 MiB of them at 3072 bits, enough for some 50,000 records × 22 inputs. */
const mostAhead = 16_384

/** Makes a key in the vault, then, behind it, the table that residues are drawn from. */
export async function makeKey(crew: Crew, bits: KeySize): Promise<KeyState> {
  try {
    const info = await crew.vault.call((vault) => vault.makeKey(bits))
    // Sealing works without the table, only slower, so nobody waits for it.
    void crew.vault.call((vault) => vault.makeTable()).catch(() => {})
    return { status: 'ready', info }
  } catch (thrown) {
    return { status: 'failed', error: asBlindscoreError(thrown) }
  }
}

/** Has the sealers make residues for a run of about `ciphertexts`, while nothing else needs them. */
export async function prepareSealers(crew: Crew, ciphertexts: number): Promise<void> {
  const each = Math.min(Math.ceil(ciphertexts / crew.sealers.size), mostAhead)
  await crew.sealers.each((sealer) => sealer.prepare(each)).catch(() => {})
}

/** Why no key can be made on this page, or null when one can. */
export function keyObstacle(): 'insecure-context' | 'no-workers' | null {
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle) return 'insecure-context'
  if (typeof Worker === 'undefined') return 'no-workers'
  return null
}

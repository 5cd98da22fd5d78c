import { toHex } from '../../core/number/bytes.ts'
import { secureRandom } from '../../platform/random.ts'
import { busy } from '../http/problem.ts'
import type { Stores } from './ports.ts'
import { keyBytes, sealedBy, sealingKey } from './seal.ts'
import { type Bound, type Kind, manifestObject, type Opened, Vault } from './vault.ts'

/** What has to be known of a kind to seal all of it anew. */
export interface Rotated<M extends { readonly number: number }> {
  readonly kind: Kind<M>
  /** The objects of one beside its manifest. */
  readonly objectsOf: (vault: Vault<M>, open: Opened<M>) => Promise<readonly Bound[]>
  /** Takes away what is made anew should it be needed: who knew the old data key may have made it. */
  readonly forget?: (vault: Vault<M>, id: string) => Promise<void>
}

export interface Rotation {
  /** The keys before and after. */
  readonly was: Uint8Array
  readonly becomes: Uint8Array
  readonly reencrypt: boolean
}

/**
 * Wraps all data keys of a kind under another key, and with `reencrypt` gives each a data key of its own anew, for when the old ones may
 * be known: no server may work there meanwhile. What was broken off is finished by doing it again. Throws `…/damaged` for one that
 * neither of the keys opens; those before it are done. Returns how many there are.
 */
export async function rotate<M extends { readonly number: number }>(
  rotated: Rotated<M>,
  stores: Stores,
  { was, becomes, reencrypt }: Rotation,
): Promise<number> {
  const [before, after] = [sealingKey(was), sealingKey(becomes)]
  const vault = new Vault(rotated.kind, stores, [after, before])
  const ids = await vault.ids()
  for (const id of ids) {
    if (reencrypt) await giveNewKey(vault, id, rotated)
    else await rewrap(vault, id, (keys) => keys)
  }
  return ids.length
}

async function rewrap<M extends { readonly number: number }>(
  vault: Vault<M>,
  id: string,
  change: (keys: readonly string[]) => readonly string[],
): Promise<void> {
  const open = await vault.openEntry(id)
  if (open === null) return
  if (!(await vault.putEntry(open, { ...open.entry, keys: [...change(open.entry.keys)] }))) busy()
}

/** The new key stands beside the old one until all objects are under it, so that a kill leaves nothing that does not open. */
async function giveNewKey<M extends { readonly number: number }>(
  vault: Vault<M>,
  id: string,
  { objectsOf, forget }: Rotated<M>,
): Promise<void> {
  await rewrap(vault, id, (keys) => [toHex(secureRandom(keyBytes)), ...keys])
  const open = await vault.open(id)
  if (open === null) return
  await forget?.(vault, id)
  for (const object of [manifestObject(open), ...(await objectsOf(vault, open))]) {
    const bytes = await vault.get(open, object).catch(() => null)
    // What does not open already says so when it is asked for.
    if (bytes === null) continue
    await vault.put(open, object, bytes)
    const lies = await vault.sealed(id, object.name)
    if (lies === null || sealedBy(lies) !== open.keys[0]?.id) vault.kind.damaged()
  }
  await rewrap(vault, id, (keys) => keys.slice(0, 1))
}

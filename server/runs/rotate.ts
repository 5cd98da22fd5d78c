import { toHex } from '../../core/number/bytes.ts'
import { secureRandom } from '../../platform/random.ts'
import { fail } from '../faults.ts'
import { busy } from '../http/problem.ts'
import type { RunStores } from './openRuns.ts'
import { keyBytes, sealedBy, sealingKey } from './seal.ts'
import { answerIn, boundOfAnswer, outcomesOf } from './storedRuns.ts'
import { forgetBases } from './tableBases.ts'
import { manifestName, nameOfIn, type OpenRun, RunVault } from './vault.ts'

/**
 * Wraps the data keys of all runs under another key, and with `reencrypt` gives each run a data key of its own anew, for when the old
 * ones may be known: no server may work on the runs meanwhile. What was broken off is finished by doing it again. Throws `run/damaged`
 * for a run that neither of the keys opens; those before it are done.
 */
export async function rotate(
  { objects, keys }: RunStores,
  was: Uint8Array,
  becomes: Uint8Array,
  reencrypt: boolean,
): Promise<number> {
  const [before, after] = [await sealingKey(was), await sealingKey(becomes)]
  const vault = new RunVault(objects, keys, [after, before])
  const runs = await keys.list()
  for (const run of runs) {
    if (reencrypt) await giveNewKey(vault, run)
    else await rewrap(vault, run, (keysOfRun) => keysOfRun)
  }
  return runs.length
}

async function rewrap(
  vault: RunVault,
  run: string,
  change: (keys: readonly string[]) => readonly string[],
): Promise<void> {
  const open = await vault.openEntry(run)
  if (open === null) return
  if (!(await vault.putEntry(open, { ...open.entry, keys: [...change(open.entry.keys)] }))) busy()
}

/** The new key stands beside the old one until all objects are under it, so that a kill leaves nothing that does not open. */
async function giveNewKey(vault: RunVault, run: string): Promise<void> {
  await rewrap(vault, run, (keys) => [toHex(secureRandom(keyBytes)), ...keys])
  const open = await vault.open(run)
  if (open === null) return
  // Who knew the old key may have made them.
  await forgetBases(vault, run)
  for (const { name, bound, read } of await objectsOf(vault, open)) {
    const bytes = await read().catch(() => null)
    // What does not open already says so when it is asked for.
    if (bytes !== null) await vault.put(open, name, bytes, bound)
    const [key] = open.keys
    const lies = await vault.objects.get(`${run}/${name}`)
    if (bytes !== null && (lies === null || sealedBy(lies) !== key?.id)) fail('run/damaged', 'runDamaged')
  }
  await rewrap(vault, run, (keys) => keys.slice(0, 1))
}

async function objectsOf(vault: RunVault, open: OpenRun) {
  const { manifest } = open
  const object = (name: string, bound: readonly string[]) => ({ name, bound, read: () => vault.get(open, name, bound) })
  const { answered, failed } = await outcomesOf(vault, open)
  const storedOf = (chunk: number) => manifest.stored[chunk] ?? fail('run/damaged', 'runDamaged')
  return [
    object('key', [manifest.key]),
    object(manifestName(open), []),
    ...Object.entries(manifest.stored).map(([chunk, stored]) =>
      object(nameOfIn(Number(chunk), stored), [stored.digest]),
    ),
    ...answered.map((chunk) => ({
      ...object(`out/${chunk}`, boundOfAnswer(open, storedOf(chunk))),
      read: () => answerIn(vault, open, chunk, storedOf(chunk)),
    })),
    ...failed.map((chunk) => object(`failed/${chunk}`, [storedOf(chunk).digest])),
  ]
}

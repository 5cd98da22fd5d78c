import { expect, test } from 'vitest'
import { toHex } from '../../core/number/bytes.ts'
import { secureRandom } from '../../core/test/sources.ts'
import { sha256Hex } from '../digest.ts'
import { silentLog } from '../log.ts'
import { keepHouse } from '../sealed/housekeeping.ts'
import { storesInMemory } from '../sealed/memoryStores.ts'
import type { KeyStore, ObjectStore, Stores } from '../sealed/ports.ts'
import { rotate } from '../sealed/rotate.ts'
import { sealingKey } from '../sealed/seal.ts'
import { Usage } from '../sealed/usage.ts'
import { newObject, Vault } from '../sealed/vault.ts'
import { fileObject, messageObject, rotatedStudies, type StudyVault, studyKind } from '../studies/manifest.ts'

/** Rotations and removals that are ended before each of their changes of the stores, and begun again; and keys that go otherwise. */

const [was, becomes] = [secureRandom(32), secureRandom(32)]
const file = Buffer.from('what the study is about')
const said = Buffer.from('what was said')
const message = { digest: sha256Hex(said), object: newObject(), bytes: said.length }

const vaultOf = async (stores: Stores, key: Uint8Array): Promise<StudyVault> =>
  new Vault(studyKind, stores, [sealingKey(key)])

/** Two studies, each with its file and a message. */
async function filled() {
  const stores = storesInMemory()
  const vault = await vaultOf(stores, was)
  const ids = [secureRandom(16), secureRandom(16)].map(toHex)
  for (const id of ids) {
    const study = sha256Hex(file)
    const about = { v: 1 as const, owners: 2, created: 0, organiser: study, seats: [], study, said: { 'a/0': message } }
    const objects = [
      { ...fileObject(about), bytes: file },
      { ...messageObject('a/0', message), bytes: said },
    ]
    const entry = { principal: 'p', client: 'c', who: 'w', bytes: 1, expires: 1 }
    await vault.create({ id, entry, manifest: about, objects })
  }
  return { stores, ids }
}

/** The stores, of which each change waits for `before`, and does not come about where that rejects. */
function beforeChanges(stores: Stores, before: () => Promise<unknown>): Stores {
  const changing = <T extends object>(store: T, names: readonly (keyof T)[]): T =>
    new Proxy(store, {
      get(of, name) {
        const method = Reflect.get(of, name) as (...args: unknown[]) => unknown
        if (!names.includes(name as keyof T)) return method
        return async (...args: unknown[]) => {
          await before()
          return method(...args)
        }
      },
    })
  return {
    objects: changing<ObjectStore>(stores.objects, ['put', 'putNew', 'delete']),
    keys: changing<KeyStore>(stores.keys, ['put', 'delete']),
  }
}

/** The stores as a process has them that is killed before its change of that number: nothing of it comes about, nor anything after. */
function killedAt(stores: Stores, at: number): Stores {
  let changes = 0
  return beforeChanges(stores, async () => {
    changes += 1
    if (changes >= at) throw new Error('killed')
  })
}

async function expectAllThere(stores: Stores, ids: readonly string[]): Promise<void> {
  const [vault, old] = [await vaultOf(stores, becomes), await vaultOf(stores, was)]
  for (const id of ids) {
    const open = (await vault.open(id)) ?? expect.fail('no study')
    expect(open.entry.keys).toHaveLength(1)
    for (const [object, bytes] of [
      [fileObject(open.manifest), file],
      [messageObject('a/0', message), said],
    ] as const)
      expect(Buffer.from((await vault.get(open, object)) ?? [])).toEqual(bytes)
    await expect(old.open(id)).rejects.toMatchObject({ code: 'study/damaged' })
  }
}

/** Does something as often as it has changes, each time killed before the next one, until it comes to its end. */
async function killedEverywhere(work: (at: number) => Promise<boolean>): Promise<number> {
  for (let at = 1; ; at++) if (!(await work(at))) return at - 1
}

const ended = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => false,
    () => true,
  )

test.each([
  ['wrapped', false, 2],
  ['sealed', true, 10],
])(
  'a rotation that is killed anywhere loses nothing, and is finished by the next: all is %s anew',
  async (_, reencrypt, least) => {
    const changes = await killedEverywhere(async (at) => {
      const { stores, ids } = await filled()
      const rotation = { was, becomes, reencrypt }
      const isKilled = await ended(rotate(rotatedStudies, killedAt(stores, at), rotation))
      expect(await rotate(rotatedStudies, stores, rotation)).toBe(2)
      await expectAllThere(stores, ids)
      return isKilled
    })
    expect(changes).toBeGreaterThanOrEqual(least)
  },
)

test('a removal that is killed anywhere leaves all that there was, or nothing once it was looked for', async () => {
  const changes = await killedEverywhere(async (at) => {
    const { stores, ids } = await filled()
    const [id = '', other = ''] = ids
    const isKilled = await ended((await vaultOf(killedAt(stores, at), was)).remove(id))
    const vault = await vaultOf(stores, was)
    expect(await vault.sweepRemoved()).toEqual([])
    const left = await stores.objects.list(`study-${id}/`)
    if ((await vault.open(id)) === null) expect(left).toEqual([])
    else expect(left.length).toBeGreaterThanOrEqual(3)
    expect(await vault.open(other)).not.toBeNull()
    return isKilled
  })
  expect(changes).toBeGreaterThanOrEqual(4)
})

test('what is taken away is found whole or not at all, and never altered, by who opens it meanwhile', async () => {
  const { stores, ids } = await filled()
  const [id = ''] = ids
  const found: boolean[] = []
  const open = async () => found.push((await vault.open(id)) !== null)
  const vault = await vaultOf(beforeChanges(stores, open), was)
  await vault.remove(id)
  expect(found).toEqual([true, true, false, false, false, false])
  await open()
  expect(found.at(-1)).toBe(false)
})

test('a key that went without a removal is named at the next look, and one that was removed is not', async () => {
  const { stores, ids } = await filled()
  const vault = await vaultOf(stores, was)
  const told: object[] = []
  const log = { ...silentLog, error: (facts: object) => void told.push(facts) }
  const house = { vault, usage: new Usage(), log, onExpired: () => {}, now: () => 0 }
  const [taken = '', removed = ''] = ids
  await keepHouse(house)
  await (await vaultOf(stores, was)).remove(removed)
  await keepHouse(house)
  expect(told).toEqual([])
  await stores.keys.delete(`study-${taken}`)
  for (let i = 0; i < 2; i++) await keepHouse(house)
  expect(told).toEqual([{ id: taken, count: 1 }])
})

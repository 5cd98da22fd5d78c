import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { lattice } from '../../core/protocol/lattice/scheme.ts'
import { paillier } from '../../core/protocol/paillier/scheme.ts'
import type { Layout } from '../../core/protocol/scheme.ts'
import { layoutOf } from '../../core/protocol/schemes.ts'
import type { Chunk } from '../../core/protocol/wire.ts'
import { sha256Hex } from '../digest.ts'
import { limitsFor } from '../limits.ts'
import { silentLog } from '../log.ts'
import { FileLedger } from '../state/fileLedger.ts'
import { stateInMemory } from '../state/memory.ts'
import { LatticeClient } from './support/lattice.ts'
import { answerOf, Client, chunkRequest, makeWorld, problemOfResponse, register, tiny, zero } from './support/world.ts'

const records = [
  ['40', '123.45', 'south'],
  ['18', '0', 'north'],
  ['99', '1000', 'east'],
]
const scores = '/v1/models/tiny/scores'
const client = new LatticeClient(tiny.card)
const modulus = await Client.make()

async function makeLatticeWorld(...options: Parameters<typeof makeWorld>) {
  const world = await makeWorld(...options)
  const put = await world.ask(client.address, client.keyRequest())
  if (!put.ok) throw new Error(await put.text())
  return world
}

describe('the lattice scheme on the server', () => {
  test('is named for each model that it serves, unless the operator serves without it', async () => {
    const schemesOf = async (world: Awaited<ReturnType<typeof makeWorld>>) =>
      (await (await world.ask('/v1/models')).json()).models.map(({ schemes }: { schemes: string[] }) => schemes)
    expect(await schemesOf(await makeWorld())).toEqual([
      ['paillier', 'lattice'],
      ['paillier', 'lattice'],
    ])
    const pinned = await makeWorld({ schemes: [paillier] })
    expect(await schemesOf(pinned)).toEqual([['paillier'], ['paillier']])
    const refused = await pinned.ask(client.address, client.keyRequest())
    expect(await problemOfResponse(refused)).toEqual({ status: 400, code: 'key/scheme' })
    const other = await makeWorld({ schemes: [lattice] })
    const response = await other.ask(`/v1/keys/${modulus.fingerprint}`, modulus.keyRequest())
    expect(await problemOfResponse(response)).toEqual({ status: 400, code: 'key/scheme' })
  })

  test('takes a key, scores a chunk under it, and answers the very predictors', async () => {
    const world = await makeWorld()
    const first = await world.ask(client.address, client.keyRequest())
    expect([first.status, await first.json()]).toEqual([201, { fingerprint: client.fingerprint, set: client.set.id }])
    expect((await world.ask(client.address, client.keyRequest())).status).toBe(200)
    const chunk = client.seal(tiny.card, records)
    const answer = await answerOf(await world.ask(scores, chunkRequest(chunk)))
    const opened = client.open(tiny.card, answer)
    expect(opened[0]?.[0]).toBeCloseTo(0.190755, 5)
    expect(opened).toHaveLength(3)
    const again = await answerOf(await world.ask(scores, chunkRequest(chunk)))
    expect(client.open(tiny.card, again)).toEqual(opened)
    // Each answer has a mask of its own, and the seed is the request's.
    const differing = again.ciphertexts.filter((byte, i) => byte !== answer.ciphertexts[i]).length
    expect(differing).toBeGreaterThan(0.9 * again.ciphertexts.length)
    expect(again.ciphertexts.slice(0, 32)).toEqual(chunk.ciphertexts.slice(0, 32))
  })

  test('goes on with another instance, or after a restart: the key is asked for again, and the scores are right', async () => {
    const [one, other] = [await makeLatticeWorld(), await makeWorld()]
    const run = randomBytes(16)
    const chunks = [0, 1].map((chunk) => client.seal(tiny.card, records, run, chunk))
    const first = await answerOf(await one.ask(scores, chunkRequest(chunks[0] as Chunk)))
    // Nothing of the first instance is known to the other, and no answer of the one needs anything of the other's.
    const strange = await other.ask(scores, chunkRequest(chunks[1] as Chunk))
    expect(await problemOfResponse(strange)).toMatchObject({ status: 409, code: 'key/unknown' })
    expect((await other.ask(client.address, client.keyRequest())).status).toBe(201)
    const second = await answerOf(await other.ask(scores, chunkRequest(chunks[1] as Chunk)))
    expect(client.open(tiny.card, second)).toEqual(client.open(tiny.card, first))
    const resent = await answerOf(await other.ask(scores, chunkRequest(chunks[0] as Chunk)))
    expect(client.open(tiny.card, resent)).toEqual(client.open(tiny.card, first))
  })

  test('speaks JSON as well: the seed, and a text for each polynomial', async () => {
    const world = await makeLatticeWorld()
    const chunk = client.seal(tiny.card, records)
    const layout = layoutOf(client.set.id, tiny.card)
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
    const pieces = (all: Uint8Array, bytes: number) => {
      const texts = [text(all.subarray(0, 32))]
      for (let at = 32; at < all.length; at += bytes) texts.push(text(all.subarray(at, at + bytes)))
      return texts
    }
    const width = (chunk.ciphertexts.length - 32) / layout.requestCiphertexts(3)
    const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
    const ask = (ciphertexts: string[]) =>
      world.ask(scores, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({
          v: 1,
          card: hex(chunk.card),
          key: hex(chunk.key),
          run: hex(chunk.run),
          chunk: 0,
          records: 3,
          ciphertexts,
        }),
      })
    const answer = await (await ask(pieces(chunk.ciphertexts, width))).json()
    const ciphertexts = Buffer.concat(answer.ciphertexts.map((each: string) => Buffer.from(each, 'base64url')))
    expect(answer.ciphertexts).toHaveLength(1 + layout.answerCiphertexts(3))
    expect(client.open(tiny.card, { ...chunk, ciphertexts })[0]?.[0]).toBeCloseTo(0.190755, 5)
    // The same bytes, cut elsewhere.
    const wrong = await ask(pieces(chunk.ciphertexts, width / 2))
    expect(await problemOfResponse(wrong)).toMatchObject({ status: 400, code: 'request/shape' })
  })

  test('charges the slots that an answer has values for, whatever was declared', async () => {
    const slots = layoutOf(client.set.id, tiny.card).answeredSlots(1)
    expect(slots).toBeGreaterThanOrEqual(64)
    const world = await makeLatticeWorld({}, { recordsPerHour: 2 * slots - 1 })
    const one = () => world.ask(scores, chunkRequest(client.seal(tiny.card, records.slice(0, 1))))
    expect((await one()).status).toBe(200)
    expect(await problemOfResponse(await one())).toEqual({ status: 429, code: 'request/budget' })
  })
})

/** A folder for one test, which goes with it. */
function ledgerFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'blindscore-ledger-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

describe('the ledger of answered slots', () => {
  const slots = layoutOf(client.set.id, tiny.card).answeredSlots(3)

  test('counts every answer, again and again, and refuses the one beyond what hides the weights', async () => {
    const taken: [string, number, number][] = []
    const most = 2 * slots
    let sum = 0
    const ledger = {
      take: async (name: string, count: number, bound: number) => {
        taken.push([name, count, bound])
        sum += count
        return sum <= most
      },
    }
    const limits = limitsFor([tiny.card])
    const world = await makeLatticeWorld({ openState: stateInMemory(limits, { ledger }) })
    const chunk = client.seal(tiny.card, records)
    for (let i = 0; i < 2; i++) expect((await world.ask(scores, chunkRequest(chunk))).status).toBe(200)
    const refused = await world.ask(scores, chunkRequest(client.seal(tiny.card, records)))
    expect(await problemOfResponse(refused)).toEqual({ status: 409, code: 'model/exhausted' })
    expect(new Set(taken.map(([name]) => name)).size).toBe(1)
    expect(taken.map(([, count]) => count)).toEqual([slots, slots, slots])
    expect(taken[0]?.[2]).toBe(lattice.mostAnsweredSlots)
  })

  test('is not worn by a chunk that is sent again and again: what a client may cost it is twice what its hour pays for', async () => {
    const take = vi.fn(async () => true)
    const limits = { ...limitsFor([tiny.card]), recordsPerHour: slots }
    const clock = { ms: 0 }
    const state = stateInMemory(limits, { ledger: { take } })
    const world = await makeLatticeWorld({ openState: state, now: () => clock.ms }, { recordsPerHour: slots })
    const chunk = chunkRequest(client.seal(tiny.card, records))
    const statuses: number[] = []
    for (let i = 0; i < 4; i++) statuses.push((await world.ask(scores, chunk)).status)
    expect(statuses).toEqual([200, 200, 429, 429])
    const refused = await world.ask(scores, chunk)
    expect(refused.headers.get('retry-after')).toBe('3600')
    expect(await problemOfResponse(refused)).toEqual({ status: 429, code: 'request/budget' })
    expect(take).toHaveBeenCalledTimes(2)
    // Another client's are its own.
    expect((await world.ask(scores, chunk, '192.0.2.9')).status).toBe(200)
    clock.ms = 3_600_000
    expect((await world.ask(scores, chunk)).status).toBe(200)
  })

  test('does not count what nothing adds up for', async () => {
    const ledger = { take: async () => false }
    const world = await makeWorld({ openState: stateInMemory(limitsFor([tiny.card]), { ledger }) })
    await register(world, modulus)
    expect((await world.ask(scores, chunkRequest(modulus.seal(tiny.card, records)))).status).toBe(200)
  })

  test('is again what its process knew where it is put back or goes meanwhile, and the log says so', async () => {
    const file = join(ledgerFolder(), 'ledger')
    const name = sha256Hex('a')
    const told: object[] = []
    const log = { ...silentLog, error: (facts: object) => void told.push(facts) }
    const ledger = await FileLedger.open(file, log)
    const before = readFileSync(file)
    await ledger.take(name, 1000, 9_000_000)
    const after = readFileSync(file, 'utf8')
    const harms = [() => writeFileSync(file, before), () => rmSync(file), () => writeFileSync(file, 'none')]
    for (const harm of harms) {
      harm()
      await ledger.close()
      expect([readFileSync(file, 'utf8'), told.splice(0).length]).toEqual([after, 1])
    }
    // What another one counted there is counted here.
    await (await FileLedger.open(file)).take(name, 3_000_000, 9_000_000)
    expect(await ledger.take(name, 2_000_000, 9_000_000)).toBe(true)
    expect(await ledger.take(name, 5_000_000, 9_000_000)).toBe(false)
    expect(told).toHaveLength(1)
  })

  test('outlives its process in a file, and never counts less than was answered', async () => {
    const file = join(ledgerFolder(), 'state', 'ledger')
    const [name, other] = [sha256Hex('a'), sha256Hex('b')]
    const first = await FileLedger.open(file)
    expect(await first.take(name, 1000, 5_000_000)).toBe(true)
    expect(JSON.parse(readFileSync(file, 'utf8'))[name]).toBeGreaterThanOrEqual(1000)
    const second = await FileLedger.open(file)
    expect(await second.take(name, 4_000_000, 5_000_000)).toBe(false)
    expect(await second.take(name, 3_000_000, 5_000_000)).toBe(true)
    expect(await second.take(other, 5_000_000, 5_000_000)).toBe(true)
    expect(await second.take(other, 1, 5_000_000)).toBe(false)
    // Many at once are counted one by one.
    const third = await FileLedger.open(`${file}2`)
    const all = await Promise.all(Array.from({ length: 20 }, () => third.take(name, 10, 100)))
    expect(all.filter((taken) => taken)).toHaveLength(10)
  })

  test('that cannot be written for a while is a store that is gone: nothing is answered, and it goes on where it was', async () => {
    const folder = ledgerFolder()
    const [file, name] = [join(folder, 'own', 'ledger'), sha256Hex('a')]
    const ledger = await FileLedger.open(file)
    renameSync(join(folder, 'own'), join(folder, 'away'))
    const refused = { code: 'server/store-gone', seconds: 5 }
    for (let i = 0; i < 2; i++) await expect(ledger.take(name, 3, 4)).rejects.toMatchObject(refused)
    renameSync(join(folder, 'away'), join(folder, 'own'))
    expect([await ledger.take(name, 3, 4), await ledger.take(name, 3, 4)]).toEqual([true, false])
    expect(JSON.parse(readFileSync(file, 'utf8'))[name]).toBeGreaterThanOrEqual(3)
  })

  test('is not begun anew where a byte of its file is another one', async () => {
    const file = join(ledgerFolder(), 'ledger')
    await (await FileLedger.open(file)).take(sha256Hex('a'), 1000, 5_000_000)
    const whole = readFileSync(file)
    for (let i = 0; i < whole.length - 1; i += 3) {
      writeFileSync(
        file,
        whole.map((byte, at) => (at === i ? byte ^ 1 : byte)),
      )
      await expect(FileLedger.open(file)).rejects.toMatchObject({ fault: 'ledgerShape' })
    }
  })

  test.each(['', '[', '[]', '1', '[1]', '{"a":1}', `{"${'0'.repeat(64)}":-1}`, `{"${'0'.repeat(64)}":1.5}`])(
    'is not begun anew where its file holds something else: %j',
    async (text) => {
      const file = join(ledgerFolder(), 'ledger')
      writeFileSync(file, text)
      await expect(FileLedger.open(file)).rejects.toMatchObject({ code: 'model/invalid', fault: 'ledgerShape' })
    },
  )
})

/** One table for both schemes: what is malformed is refused before anything is computed, each kind by its own code. */
describe('malformed keys and chunks', () => {
  const prime = Buffer.alloc(8, 0xff)

  test.each([
    ['no set', (c: LatticeClient) => [`/v1/keys/${c.fingerprint}`, c.publicKey], 'request/syntax'],
    ['a set that there is not', (c) => [c.address.replace(/set=.*/, 'set=lattice-1-2-3'), c.publicKey], 'key/size'],
    ['another spelling of its set', (c) => [`${c.address}0`, c.publicKey], 'key/size'],
    ['Paillier’s set', (c) => [c.address.replace(/set=.*/, 'set=paillier-2048'), c.publicKey], 'request/too-large'],
    ['a byte short', (c) => named(c, c.publicKey.slice(1)), 'key/size'],
    ['a byte long', (c) => named(c, Buffer.concat([c.publicKey, Buffer.alloc(1)])), 'request/too-large'],
    ['nothing', (c) => named(c, new Uint8Array(0)), 'key/size'],
    ['the key of another set', (c) => named(c, new LatticeClient(zero.card).publicKey), /key\/size|request\/too-large/],
    ['a field that no residue has', (c) => named(c, spoiled(c.publicKey, 32)), 'key/invalid'],
    [
      'the last field that no residue has',
      (c) => named(c, spoiled(c.publicKey, c.publicKey.length - 8)),
      'key/invalid',
    ],
    ['another fingerprint', (c) => [c.address.replace(c.fingerprint, sha256Hex('x')), c.publicKey], 'key/fingerprint'],
  ] as [string, (c: LatticeClient) => [string, Uint8Array], string | RegExp][])(
    'a lattice key: %s',
    async (_, of, code) => {
      const world = await makeWorld()
      const [path, body] = of(client)
      const problem = await problemOfResponse(await world.ask(path, client.keyRequest(body)))
      expect(problem.code).toMatch(code)
      expect(problem.status).toBe(problem.code === 'request/too-large' ? 413 : 400)
      expect(world.service.keys.size).toBe(0)
    },
  )

  function named(c: LatticeClient, body: Uint8Array): [string, Uint8Array] {
    return [`/v1/keys/${sha256Hex(body)}?set=${c.set.id}`, body]
  }
  function spoiled(bytes: Uint8Array, at: number): Uint8Array {
    const copy = new Uint8Array(bytes)
    copy.set(prime, at)
    return copy
  }

  test('a key is held under one set, and refused under another', async () => {
    const world = await makeWorld()
    const { set } = client
    const wider = `${set.id.replace(/-\d+$/, '')}-${Number(/\d+$/.exec(set.id)?.[0]) - 1}`
    if (lattice.parameterSet(wider) === null) return
    expect((await world.ask(client.address, client.keyRequest())).status).toBe(201)
    const other = client.address.replace(set.id, wider)
    const problem = await problemOfResponse(await world.ask(other, client.keyRequest()))
    expect([problem.status, /key\/size|request\/too-large/.test(problem.code)].join()).toMatch(/^4\d\d,true$/)
  })

  type Damage = (chunk: Chunk, layout: Layout) => Partial<Chunk>
  const width = ({ ciphertexts, records: count }: Chunk, layout: Layout) =>
    (ciphertexts.length - layout.prefixBytes) / layout.requestCiphertexts(count)
  const damages: [string, Damage, string][] = [
    ['a byte short', ({ ciphertexts }) => ({ ciphertexts: ciphertexts.slice(1) }), 'request/shape'],
    [
      'a byte long',
      ({ ciphertexts }) => ({ ciphertexts: Buffer.concat([ciphertexts, Buffer.of(0)]) }),
      'request/shape',
    ],
    ['nothing', () => ({ ciphertexts: new Uint8Array(0) }), 'request/shape'],
    [
      'the last ciphertext missing',
      (chunk, layout) => ({ ciphertexts: chunk.ciphertexts.slice(0, -width(chunk, layout)) }),
      'request/shape',
    ],
    ['no records', () => ({ records: 0 }), 'request/shape'],
    ['more records than its ciphertexts hold', () => ({ records: 4000 }), 'request/shape'],
    ['more records than there can be', () => ({ records: 0xffff_ffff }), 'request/shape'],
    [
      'a first ciphertext that is none',
      ({ ciphertexts }, { prefixBytes }) => ({
        ciphertexts: new Uint8Array(ciphertexts).fill(0xff, prefixBytes, prefixBytes + 512),
      }),
      'request/ciphertext',
    ],
    [
      'a last ciphertext that is none',
      ({ ciphertexts }) => ({ ciphertexts: new Uint8Array(ciphertexts).fill(0xff, -512) }),
      'request/ciphertext',
    ],
    ['the key of nobody', () => ({ key: randomBytes(32) }), 'key/unknown'],
    ['another card', () => ({ card: randomBytes(32) }), 'model/changed'],
  ]
  describe.each(['paillier', 'lattice'])('a chunk under %s', (scheme) => {
    test.each(damages)('%s', async (_, damage, code) => {
      const world = await makeLatticeWorld()
      await register(world, modulus)
      const sealer = scheme === 'lattice' ? client : modulus
      const set = scheme === 'lattice' ? client.set.id : 'paillier-2048'
      const chunk = sealer.seal(tiny.card, records)
      const bad = { ...chunk, ...damage(chunk, layoutOf(set, tiny.card)) }
      expect((await problemOfResponse(await world.ask(scores, chunkRequest(bad)))).code).toBe(code)
    })
  })

  test('polynomials of unequal or too few coefficients are no chunk: nothing is padded', async () => {
    const world = await makeLatticeWorld()
    const chunk = client.seal(tiny.card, records)
    const layout = layoutOf(client.set.id, tiny.card)
    const size = width(chunk, layout)
    const polynomials = Array.from({ length: layout.requestCiphertexts(3) }, (_, j) =>
      chunk.ciphertexts.subarray(32 + j * size, 32 + (j + 1) * size),
    )
    const seed = chunk.ciphertexts.subarray(0, 32)
    const unequal = polynomials.map((each, j) => (j === 0 ? each.subarray(0, size / 2) : each))
    const fewer = polynomials.map((each) => each.subarray(0, size / 2))
    const longer = polynomials.map((each) => Buffer.concat([each, each]))
    for (const wrong of [unequal, fewer, longer]) {
      const ciphertexts = Buffer.concat([seed, ...wrong])
      const response = await world.ask(scores, chunkRequest({ ...chunk, ciphertexts }))
      expect(await problemOfResponse(response)).toMatchObject({ status: 400, code: 'request/shape' })
    }
  })
})

import { describe, expect, test } from 'vitest'
import { layoutOf } from '../../core/protocol/schemes.ts'
import type { Chunk } from '../../core/protocol/wire.ts'
import type { Compute } from '../compute/compute.ts'
import { clientOf } from '../state/client.ts'
import { Client, chunkRequest, computeHere, makeWorld, problemOfResponse, register, tiny } from './support/world.ts'

/** What one client is given of what all of them need. */

describe('one client does not take what others need', () => {
  test('beyond its places it is told to come back; others are served', async () => {
    const waiting: (() => void)[] = []
    const here = computeHere([tiny])
    const compute = {
      ...here,
      score: async (...task: Parameters<typeof here.score>) => {
        await new Promise<void>((resolve) => waiting.push(resolve))
        return here.score(...task)
      },
    }
    const own = await makeWorld({ models: [tiny], compute }, { scorings: 3, requestsPerClient: 2 })
    const client = await Client.make()
    await register(own, client)
    const body = chunkRequest(client.seal(tiny.card, [['18', '0', 'north']]))
    const score = (address: string) => own.ask('/v1/models/tiny/scores', body, address)
    const begun = async (count: number) => {
      while (waiting.length < count) await new Promise((resolve) => setImmediate(resolve))
    }
    const first = [score('192.0.2.1'), score('192.0.2.1')]
    await begun(2)
    const third = await score('192.0.2.1')
    expect(third.headers.get('retry-after')).toBe('1')
    expect(await problemOfResponse(third)).toEqual({ status: 503, code: 'request/busy' })
    const other = score('192.0.2.2')
    await begun(3)
    expect(await problemOfResponse(await score('192.0.2.3'))).toEqual({ status: 503, code: 'request/busy' })
    for (const end of waiting.splice(0)) end()
    expect((await Promise.all([...first, other])).map(({ status }) => status)).toEqual([200, 200, 200])
    const after = score('192.0.2.1')
    await begun(1)
    waiting.pop()?.()
    expect((await after).status).toBe(200)
    expect(own.service.admission.scoring).toBe(0)
  })

  test('a budget in records an hour counts slots: what is refused, fails or is sent again is not charged', async () => {
    const client = await Client.make()
    const { slots } = layoutOf('paillier-2048', tiny.card)
    const here = computeHere([tiny])
    let fails = false
    const compute: Compute = {
      ...here,
      score: (...task) => (fails ? Promise.reject(new Error('a thread died')) : here.score(...task)),
    }
    const own = await makeWorld({ models: [tiny], compute }, { recordsPerHour: 3 * slots })
    await register(own, client)
    const seal = (count: number) => client.seal(tiny.card, Array(count).fill(['18', '0', 'north']))
    const score = (chunk: Chunk, address = '192.0.2.1') =>
      own.ask('/v1/models/tiny/scores', chunkRequest(chunk), address)
    const statuses = async (...chunks: Chunk[]) =>
      (await Promise.all(chunks.map((chunk) => score(chunk)))).map(({ status }) => status)

    const one = seal(1)
    const bad = { ...seal(1), ciphertexts: one.ciphertexts.slice().fill(0, 512) }
    for (let i = 0; i < 5; i++) expect(await statuses(bad)).toEqual([400])
    fails = true
    for (let i = 0; i < 5; i++) expect(await statuses(seal(1))).toEqual([500])
    fails = false
    // Four blocks are more than an hour ever has; so many records in two blocks are not.
    expect(await statuses(seal(3 * slots + 1))).toEqual([413])
    expect(await statuses(seal(slots + 1))).toEqual([200])
    // One record is a block: whatever else is in its slots is answered as well.
    expect(await statuses(one)).toEqual([200])
    expect(await statuses(one, one, one, one)).toEqual([200, 200, 200, 200])
    const refused = await score(seal(1))
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3000)
    expect(await problemOfResponse(refused)).toEqual({ status: 429, code: 'request/budget' })
    expect((await score(seal(3 * slots), '192.0.2.2')).status).toBe(200)
    const metrics = await (await own.ask('/metrics')).text()
    expect(metrics).toContain(`blindscore_slots_total{model="tiny"} ${(3 + 4 + 3) * slots}`)
  })

  test('the same chunk sent many times at once is charged once', async () => {
    const client = await Client.make()
    const { slots } = layoutOf('paillier-2048', tiny.card)
    const own = await makeWorld({ models: [tiny] }, { recordsPerHour: 5 * slots })
    await register(own, client)
    const chunk = client.seal(tiny.card, [['18', '0', 'north']])
    const score = (each: Chunk) => own.ask('/v1/models/tiny/scores', chunkRequest(each))
    const answers = await Promise.all(Array.from({ length: 4 }, () => score(chunk)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    const rest = client.seal(tiny.card, Array(4 * slots).fill(['18', '0', 'north']))
    expect((await score(rest)).status).toBe(200)
  })

  test('clients are told apart by address, of IPv6 by the network that one has', () => {
    expect(clientOf('192.0.2.1')).toBe('192.0.2.1')
    expect(clientOf('::ffff:192.0.2.1')).toBe('192.0.2.1')
    expect(clientOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64')
    expect(clientOf('2001:DB8:1:2::1')).toBe('2001:db8:1:2::/64')
    expect(clientOf('2001:db8::1')).toBe('2001:db8:0:0::/64')
    expect(clientOf('fe80::1%eth0')).toBe('fe80:0:0:0::/64')
    expect(clientOf(undefined)).toBe('unknown')
  })
})

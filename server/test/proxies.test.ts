import { describe, expect, test } from 'vitest'
import { fail } from '../faults.ts'
import { addressBits, readNetwork } from '../http/addresses.ts'
import { Proxies } from '../http/proxies.ts'
import { clientOf } from '../state/client.ts'
import { makeWorld, problemOfResponse, tiny } from './support/world.ts'

/** Whose word is taken for who asks. */

const proxies = new Proxies(['10.0.0.0/8', '2001:db8:1::/48', '192.0.2.7'])
const of = (peer: string | undefined, headers: Record<string, string>) => proxies.addressOf(peer, new Headers(headers))

describe('networks', () => {
  test.each([
    ['10.0.0.0/8', ['10.0.0.1', '10.255.255.255', '::ffff:10.1.2.3'], ['11.0.0.1', '9.255.255.255', '::10.1.2.3']],
    ['0.0.0.0/0', ['1.2.3.4'], ['2001:db8::1', '::1']],
    ['192.0.2.7', ['192.0.2.7'], ['192.0.2.8', '192.0.2.6']],
    ['2001:db8:1::/48', ['2001:db8:1:ffff::1'], ['2001:db8:2::1', '10.0.0.1']],
    ['::/0', ['::1', '10.0.0.1'], ['unknown', '']],
  ])('%s', (network, within, outside) => {
    const own = new Proxies([network])
    for (const each of within) expect(own.trusts(each), each).toBe(true)
    for (const each of outside) expect(own.trusts(each), each).toBe(false)
  })

  test.each([
    '10.0.0.0/33',
    '10.0.0.1/8',
    '10.0.0.0/08',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    'fe80::%1/64',
    '::/129',
    'a',
    '',
    '*',
  ])('none: %j', (text) => expect(readNetwork(text)).toBeNull())

  test('addresses are the same in every way that they can be written', () => {
    expect(addressBits('::FFFF:c000:207')).toBe(addressBits('192.0.2.7'))
    expect(addressBits('2001:db8:0:0::1')).toBe(addressBits('2001:DB8::0001'))
    expect(addressBits('fe80::1%eth0')).toBe(addressBits('fe80::1'))
  })
})

describe('who asks', () => {
  test('is the peer, whatever it sends, unless it is a trusted proxy', () => {
    for (const name of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'client-ip']) {
      expect(of('203.0.113.9', { [name]: name === 'forwarded' ? 'for=10.0.0.5' : '198.51.100.1' })).toBe('203.0.113.9')
    }
    expect(of(undefined, { 'x-forwarded-for': '198.51.100.1' })).toBeUndefined()
    expect(new Proxies().addressOf('10.0.0.1', new Headers({ 'x-forwarded-for': '198.51.100.1' }))).toBe('10.0.0.1')
  })

  test.each([
    ['198.51.100.1', '198.51.100.1'],
    ['203.0.113.1, 198.51.100.1', '198.51.100.1'],
    // What stands before it is what the client wrote, also where it wrote a proxy's address.
    ['10.0.0.9, 203.0.113.1, 198.51.100.1', '198.51.100.1'],
    ['203.0.113.1, 198.51.100.1, 10.0.0.2', '198.51.100.1'],
    ['198.51.100.1, 2001:db8:1::5, 192.0.2.7', '198.51.100.1'],
    ['198.51.100.1:4711', '198.51.100.1'],
    ['[2001:db8:2::1]:4711', '2001:db8:2::1'],
    ['2001:db8:2::1', '2001:db8:2::1'],
    ['unknown', '10.0.0.1'],
    ['198.51.100.1, unknown, 10.0.0.2', '10.0.0.2'],
    ['198.51.100.1, ', '10.0.0.1'],
    ['10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['', '10.0.0.1'],
  ])('behind one it is the nearest that none of them has: X-Forwarded-For: %s', (text, expected) => {
    expect(of('10.0.0.1', { 'x-forwarded-for': text })).toBe(expected)
  })

  test.each([
    ['for=198.51.100.1', '198.51.100.1'],
    ['for=203.0.113.1, for=198.51.100.1;proto=https;by=10.0.0.1', '198.51.100.1'],
    ['For="[2001:db8:2::1]:4711";proto=http', '2001:db8:2::1'],
    ['proto=https;for="198.51.100.1:80", for=10.0.0.4', '198.51.100.1'],
    ['for="203.0.113.1, for=198.51.100.1"', '10.0.0.1'],
    ['for=_hidden', '10.0.0.1'],
    ['by=198.51.100.1', '10.0.0.1'],
    ['notfor=198.51.100.1', '10.0.0.1'],
  ])('and so by RFC 7239: Forwarded: %s', (text, expected) => {
    expect(of('10.0.0.1', { forwarded: text })).toBe(expected)
  })

  test('is in doubt where both headers name another, since one of them is not the proxy’s', () => {
    const both = (list: string, text: string) => of('10.0.0.1', { 'x-forwarded-for': list, forwarded: text })
    expect(both('198.51.100.1', 'for=203.0.113.1, for=198.51.100.1')).toBe('198.51.100.1')
    expect(() => both('198.51.100.1', 'for=203.0.113.1')).toThrow(expect.objectContaining({ code: 'request/syntax' }))
    expect(() => both('198.51.100.1', 'for=_hidden')).toThrow(expect.objectContaining({ code: 'request/syntax' }))
  })

  test('counts by its /64, through a proxy as well', () => {
    const [one, other] = ['2001:db8:2:3::1', '2001:db8:2:3:ffff::9'].map((each) =>
      clientOf(of('10.0.0.1', { 'x-forwarded-for': each })),
    )
    expect(one).toBe('2001:db8:2:3::/64')
    expect(other).toBe(one)
  })
})

describe('a server behind a proxy', () => {
  test('counts by who asked it, and nobody has another’s hour by a header', async () => {
    const world = await makeWorld(
      { models: [tiny], trustedProxies: ['10.0.0.0/8'] },
      { requestBurst: 2, paceWaitMs: 0 },
    )
    const ask = (peer: string, forwarded: string) =>
      world.ask('/v1/models', { headers: { 'x-forwarded-for': forwarded } }, peer)
    const statuses = async (peer: string, forwarded: string[]) => {
      const answers = await Promise.all(forwarded.map((each) => ask(peer, each)))
      return answers.map(({ status }) => status).filter((status) => status !== 200).length
    }
    const many = Array.from({ length: 8 }, (_, i) => `198.51.100.${i}`)
    expect(await statuses('10.0.0.1', many)).toBe(0)
    // The same from a client that is no proxy, and from one behind it that writes names before its own.
    expect(await statuses('203.0.113.5', many)).toBeGreaterThan(0)
    expect(
      await statuses(
        '10.0.0.1',
        many.map((each) => `${each}, 203.0.113.6`),
      ),
    ).toBeGreaterThan(0)
  })

  test('has so many requests of one client under way as it would have connections, and of another its own', async () => {
    let end = (): void => {}
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    const world = await makeWorld({ models: [tiny], trustedProxies: ['10.0.0.0/8'] }, { connectionsPerClient: 2 })
    const slow = (forwarded: string, peer = '10.0.0.1') => {
      const body = new ReadableStream({
        async pull(controller) {
          await ended
          controller.close()
        },
      })
      const headers = { 'x-forwarded-for': forwarded, 'Content-Type': 'application/json' }
      return world.ask(
        `/v1/keys/${'0'.repeat(64)}`,
        { method: 'PUT', headers, body, duplex: 'half' } as RequestInit,
        peer,
      )
    }
    const begun = [slow('198.51.100.1'), slow('203.0.113.9, 198.51.100.1')]
    expect((await slow('198.51.100.1')).status).toBe(503)
    const other = slow('198.51.100.2')
    const past = [1, 2, 3].map(() => slow('', '203.0.113.5'))
    end()
    for (const each of [...begun, other, ...past]) expect((await each).status).toBe(400)
    expect((await slow('198.51.100.1')).status).toBe(400)
  })

  test('has places for who is known, whatever others at the same address have under way or are refused', async () => {
    let end = (): void => {}
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    const principals = {
      of: async (text: string) =>
        text.startsWith('good') ? { id: text, models: null } : fail('access/refused', 'accessRefused'),
      recordsPerHour: () => null,
    }
    const world = await makeWorld(
      { models: [tiny], principals, trustedProxies: ['10.0.0.0/8'] },
      { connectionsPerClient: 2, requestBurst: 4, requestsPerSecond: 0.001, paceWaitMs: 3000 },
    )
    const ask = (key: string, path = '/v1/models', more: RequestInit = {}) =>
      world.ask(
        path,
        {
          ...more,
          headers: { 'x-forwarded-for': '198.51.100.1', Authorization: `Bearer ${key}`, ...more.headers },
        },
        '10.0.0.1',
      )
    const slow = (key: string) => {
      const body = new ReadableStream({
        async pull(controller) {
          await ended
          controller.close()
        },
      })
      const headers = { 'Content-Type': 'application/json' }
      return ask(key, `/v1/keys/${'0'.repeat(64)}`, { method: 'PUT', headers, body, duplex: 'half' } as RequestInit)
    }
    const begun = [slow('good-1'), slow('good-1')]
    expect((await slow('good-1')).status).toBe(503)
    // Who is refused waits for it, in places of the address.
    const refused = Array.from({ length: 10 }, () => ask('bad'))
    expect((await ask('good-2')).status).toBe(200)
    end()
    for (const each of begun) expect((await each).status).toBe(400)
    const statuses = (await Promise.all(refused)).map(({ status }) => status)
    expect(new Set(statuses)).toEqual(new Set([401, 503]))
    expect((await ask('good-1')).status).toBe(200)
  })

  test('whose headers name different clients is refused, at a pace', async () => {
    const world = await makeWorld(
      { trustedProxies: ['10.0.0.0/8'] },
      { requestBurst: 2, requestsPerSecond: 0.001, paceWaitMs: 0 },
    )
    const headers = { 'x-forwarded-for': '198.51.100.1', forwarded: 'for=198.51.100.2' }
    const statuses = []
    for (let i = 0; i < 4; i++) statuses.push((await world.ask('/healthz', { headers }, '10.0.0.1')).status)
    expect(statuses).toEqual([400, 400, 400, 503])
  })

  test('that says who may ask answers nobody past it, but for its health', async () => {
    const world = await makeWorld({ models: [tiny], trustedProxies: ['10.0.0.0/8'], onlyByProxy: true })
    expect((await world.ask('/v1/models', {}, '10.0.0.1')).status).toBe(200)
    expect((await world.ask('/v1/models', {}, '127.0.0.1')).status).toBe(200)
    const past = await world.ask('/v1/models', { headers: { 'x-forwarded-for': '10.0.0.1' } }, '203.0.113.5')
    expect(await problemOfResponse(past)).toEqual({ status: 403, code: 'access/forbidden' })
    expect((await world.ask('/healthz', {}, '203.0.113.5')).status).toBe(200)
  })
})

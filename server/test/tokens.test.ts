import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { unforeseen } from '../../core/errors.ts'
import { Bearers } from '../access/bearers.ts'
import { certificatesIn } from '../access/certificate.ts'
import { type IssuerOptions, TokenPrincipals } from '../access/tokens.ts'
import type { Audit } from '../audit/audit.ts'
import { makeWorld, problemOfResponse, tiny, zero } from './support/world.ts'

/** Tokens of an OpenID Connect issuer, which runs here, and what is made to look like them. */

interface Pair {
  readonly kid: string
  readonly publicKey: CryptoKey
  readonly privateKey: CryptoKey
}

const audience = 'scores'
const second = () => Math.floor(Date.now() / 1000)
let server: Server
let issuer: string
let first: Pair
let next: Pair
let foreign: Pair
/** What the issuer publishes, what it was asked for, and whether it answers. */
let published: Pair[]
let asked: string[]
let answers: boolean
/** Where its keys are. */
let place: string

async function pair(kid: string, algorithm = 'ES256'): Promise<Pair> {
  return { kid, ...(await generateKeyPair(algorithm, { extractable: true })) }
}

beforeAll(async () => {
  ;[first, next, foreign] = [await pair('one'), await pair('two', 'RS256'), await pair('one')]
  server = createServer(async (request, response) => {
    asked.push(request.url ?? '')
    if (!answers) return void response.writeHead(500).end()
    const keys = await Promise.all(
      published.map(async ({ kid, publicKey }) => ({ ...(await exportJWK(publicKey)), kid })),
    )
    const description = { issuer, jwks_uri: `${issuer}${place}` }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(request.url === place ? { keys } : description))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())
beforeEach(() => {
  published = [first]
  asked = []
  answers = true
  place = '/keys'
})

const principals = (own: Partial<IssuerOptions> = {}) => new TokenPrincipals({ issuer, audience, ...own })

interface Forged {
  readonly by?: Pair
  readonly alg?: string
  readonly header?: Record<string, unknown>
}

/** A token as the issuer makes them, but for what is given. */
function token(claims: JWTPayload = {}, { by = first, alg = 'ES256', header = {} }: Forged = {}): Promise<string> {
  const usual = { iss: issuer, aud: audience, sub: 'abc', iat: second(), exp: second() + 300 }
  const all = Object.fromEntries(Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== null))
  return new SignJWT(all).setProtectedHeader({ alg, kid: by.kid, ...header }).sign(by.privateKey)
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const none = null as never

describe('a token', () => {
  test('names who asks, and the models that it is for where the operator says which claim lists them', async () => {
    expect(await principals().of(await token())).toEqual({ id: 'oidc:abc', models: null })
    const byEmail = principals({ nameClaim: 'email', modelsClaim: 'scope' })
    const found = await byEmail.of(await token({ email: 'a@example.org', scope: 'openid salary tiny' }))
    expect(found).toEqual({ id: 'oidc:a@example.org', models: new Set(['openid', 'salary', 'tiny']) })
    expect((await principals({ modelsClaim: 'models' }).of(await token({ models: ['tiny', 7] }))).models).toEqual(
      new Set(['tiny']),
    )
    // One that lists nothing is for nothing.
    expect((await principals({ modelsClaim: 'models' }).of(await token())).models).toEqual(new Set())
  })

  test.each<[string, () => Promise<string>, string]>([
    ['that has ended', () => token({ iat: second() - 500, exp: second() - 31 }), 'tokenExpired'],
    ['that has not begun', () => token({ nbf: second() + 60, exp: second() + 120 }), 'tokenRefused'],
    ['that was made later than now', () => token({ iat: second() + 60, exp: second() + 120 }), 'tokenTooLong'],
    ['without an end', () => token({ exp: none }), 'tokenRefused'],
    ['without a beginning', () => token({ iat: none }), 'tokenTooLong'],
    ['that is good for too long', () => token({ exp: second() + 901 }), 'tokenTooLong'],
    ['for somebody else', () => token({ aud: 'other' }), 'tokenRefused'],
    ['for nobody', () => token({ aud: none }), 'tokenRefused'],
    ['of another issuer', () => token({ iss: 'https://login.example' }), 'tokenRefused'],
    ['of no issuer', () => token({ iss: none }), 'tokenRefused'],
    ['without a name', () => token({ sub: none }), 'tokenNamesNobody'],
    ['with a name that breaks lines', () => token({ sub: 'a\nb' }), 'tokenNamesNobody'],
    ['signed by somebody else under the same name of a key', () => token({}, { by: foreign }), 'tokenRefused'],
    [
      'signed with a key that its header brings',
      async () => {
        const jwk = await exportJWK(foreign.publicKey)
        return token({}, { by: foreign, header: { jwk } })
      },
      'tokenRefused',
    ],
    [
      'with a body that was changed',
      async () => {
        const [head, , signature] = (await token()).split('.')
        return `${head}.${encoded({ iss: issuer, aud: audience, sub: 'root', iat: second(), exp: second() + 300 })}.${signature}`
      },
      'tokenRefused',
    ],
    [
      'without a signature: alg none',
      async () => `${encoded({ alg: 'none', kid: 'one' })}.${(await token()).split('.')[1]}.`,
      'tokenRefused',
    ],
    [
      'that takes the public key for a shared secret: HS256',
      async () => {
        const signed = `${encoded({ alg: 'HS256', kid: 'one' })}.${(await token()).split('.')[1]}`
        const secret = await exportSPKI(first.publicKey)
        return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
      },
      'tokenRefused',
    ],
    ['that is none', async () => 'a.b.c', 'tokenRefused'],
    ['that is empty', async () => '..', 'tokenRefused'],
  ])('%s is refused', async (_, make, fault) => {
    const code = fault === 'tokenExpired' ? 'access/expired' : 'access/refused'
    await expect(principals().of(await make())).rejects.toMatchObject({ code, fault })
  })

  test('names no address that is asked for keys', async () => {
    const elsewhere = { jku: `${issuer}/elsewhere`, x5u: `${issuer}/certificate` }
    await expect(principals().of(await token({}, { by: foreign, header: elsewhere }))).rejects.toMatchObject({
      fault: 'tokenRefused',
    })
    expect(asked).toEqual(['/.well-known/openid-configuration', '/keys'])
  })

  test('may be off by half a minute, as clocks are', async () => {
    expect(await principals().of(await token({ iat: second() - 100, exp: second() - 20 }))).toMatchObject({
      id: 'oidc:abc',
    })
    expect(await principals().of(await token({ iat: second() + 20 }))).toMatchObject({ id: 'oidc:abc' })
  })
})

describe('the issuer', () => {
  test('is asked for its keys once, and anew for a key that is not among them, but not at each forged name', async () => {
    const own = principals()
    for (let i = 0; i < 5; i++) await own.of(await token())
    expect(asked).toEqual(['/.well-known/openid-configuration', '/keys'])
    published = [next]
    const fresh = principals()
    expect(await fresh.of(await token({}, { by: next, alg: 'RS256' }))).toMatchObject({ id: 'oidc:abc' })
    const before = asked.length
    for (let i = 0; i < 20; i++) {
      const forged = await token({}, { by: { ...foreign, kid: `${i}` } })
      await expect(fresh.of(forged)).rejects.toMatchObject({ fault: 'tokenRefused' })
    }
    expect(asked.length - before).toBeLessThanOrEqual(1)
  })

  test('that does not answer lets nobody in and keeps nobody out for good', async () => {
    answers = false
    const own = principals()
    await expect(own.of(await token())).rejects.toMatchObject({ code: 'access/issuer', seconds: 5 })
    answers = true
    expect(await own.of(await token())).toMatchObject({ id: 'oidc:abc' })
  })

  test('whose keys are elsewhere by now, or that is away, is asked anew; keys that were fetched lately stay', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      const own = principals()
      await own.of(await token())
      answers = false
      vi.setSystemTime(Date.now() + 60_000)
      // Nobody has the keys forgotten by a name of one that is none.
      const forged = await token({}, { by: { ...foreign, kid: 'none' } })
      await expect(own.of(forged)).rejects.toMatchObject({ code: 'access/issuer' })
      expect(await own.of(await token())).toMatchObject({ id: 'oidc:abc' })
      vi.setSystemTime(Date.now() + 600_000)
      await expect(own.of(await token())).rejects.toMatchObject({ code: 'access/issuer' })
      answers = true
      place = '/moved'
      expect(await own.of(await token())).toMatchObject({ id: 'oidc:abc' })
      expect(asked.slice(-2)).toEqual(['/.well-known/openid-configuration', '/moved'])
    } finally {
      vi.useRealTimers()
    }
  })

  test('that describes itself as another is not believed', async () => {
    await expect(principals({ issuer: `${issuer}/` }).of(await token())).rejects.toMatchObject({
      code: 'access/issuer',
    })
  })
})

/** What a log of answers was told of who asked. */
function listening() {
  const who: string[] = []
  const append: Audit['append'] = async (told) => void ('who' in told && who.push(told.who))
  return { who, audit: { signer: '', append, checkpoint: () => unforeseen('nobody asks for one') } }
}

describe('a server that takes tokens', () => {
  test('writes down who asked as the token names them, and nothing else of it', async () => {
    const { who, audit } = listening()
    const world = await makeWorld({ models: [tiny], principals: new Bearers(null, principals()), audit })
    const authorization = `Bearer ${await token()}`
    await world.ask('/v1/models/tiny/scores', { method: 'POST', headers: { authorization }, body: 'no chunk' })
    expect(who).toEqual(['oidc:abc'])
  })

  test('answers whom they name, for their models, beside those with keys, and logs no token', async () => {
    const keys = {
      of: async () => ({ id: 'a1', models: null }),
      recordsPerHour: () => 7,
    }
    const own = new Bearers(keys, principals({ modelsClaim: 'models' }))
    const world = await makeWorld({ models: [tiny, zero], principals: own })
    const ask = async (text: string, path = '/v1/models') =>
      world.ask(path, { headers: { authorization: `Bearer ${text}` } })
    const good = await token({ models: ['tiny'] })
    const list = await (await ask(good)).json()
    expect(list.models.map(({ id }: { id: string }) => id)).toEqual(['tiny'])
    expect((await ask(good, '/v1/models/zero')).status).toBe(404)
    const forged = await token({}, { by: foreign })
    expect(await problemOfResponse(await ask(forged))).toEqual({ status: 401, code: 'access/refused' })
    expect((await (await ask('bsk_key')).json()).budget.perHour).toBe(7)
    const logged = world.logged.join('')
    expect(logged).toContain('"principal":"oidc:abc"')
    for (const text of [good, forged]) for (const part of text.split('.')) expect(logged).not.toContain(part)
  })
})

describe('a certificate that a proxy checked', () => {
  const header = 'x-client-subject'
  const subject = 'CN=abc,O=ABC Ltd,C=AT'
  const certified = () =>
    makeWorld({ models: [tiny], trustedProxies: ['10.0.0.0/8'], certificates: certificatesIn(header) })

  test('names who asks, from the proxy and from nobody else', async () => {
    const world = await certified()
    const ask = (from: string, value: string | null) =>
      world.ask('/v1/models', value === null ? {} : { headers: { [header]: value } }, from)
    expect((await ask('10.0.0.1', subject)).status).toBe(200)
    expect(world.logged.join('')).toContain(`"principal":"cert:${subject}"`)
    for (const [from, value] of [
      ['203.0.113.1', subject],
      ['127.0.0.1', subject],
      ['10.0.0.1', null],
      ['10.0.0.1', ''],
      // What proxies write where there is none.
      ['10.0.0.1', '(null)'],
      ['10.0.0.1', '{http.request.tls.client.subject}'],
      ['10.0.0.1', '-'],
    ] as const)
      expect(await problemOfResponse(await ask(from, value))).toEqual({ status: 401, code: 'access/required' })
  })

  test('is who the log of answers says has asked', async () => {
    const { who, audit } = listening()
    const proxied = { trustedProxies: ['10.0.0.0/8'], certificates: certificatesIn(header) }
    const world = await makeWorld({ models: [tiny], ...proxied, audit })
    const init = { method: 'POST', headers: { [header]: subject }, body: 'no chunk' }
    await world.ask('/v1/models/tiny/scores', init, '10.0.0.1')
    expect(who).toEqual([`cert:${subject}`])
  })

  /** As a socket has it: bytes. */
  const sent = (text: string) => Buffer.from(text).toString('latin1')

  test.each([
    ['of Caddy, in UTF-8', 'CN=Jürgen Groß,O=Straße Łódź,C=AT'],
    ['with commas and quotation marks', 'CN=abc,O=ABC\\, Ltd\\, and \\"Sons\\",C=AT'],
    ['of nginx, whose letters are escaped', `CN=${'\\D0\\9E'.repeat(64)},O=${'\\D0\\9E'.repeat(64)},C=BG`],
  ])('has a subject %s', async (_, said) => {
    const world = await certified()
    const answer = await world.ask('/v1/models', { headers: { [header]: sent(said) } }, '10.0.0.1')
    expect(answer.status).toBe(200)
    expect(world.logged.join('')).toContain(JSON.stringify(`cert:${said}`))
  })

  test.each([
    ['that is too long', sent('CN='.padEnd(2001, 'a'))],
    ['in Latin-1, which another one in UTF-8 would look like', 'CN=J\u00fcrgen'],
    ['with what cannot be seen', sent('CN=abc\u202e')],
  ])('is refused with a subject %s', async (_, said) => {
    const world = await certified()
    const answer = await world.ask('/v1/models', { headers: { [header]: said } }, '10.0.0.1')
    expect(await answer.json()).toMatchObject({ code: 'access/refused', fault: 'certificateTwice' })
  })

  test('is refused where its header came twice: one of them is not the proxy’s', async () => {
    const { fetch } = await certified()
    const raw = ['Host', 'scores.example', 'X-Client-Subject', 'CN=root', 'x-client-subject', subject]
    const answer = await fetch(
      new Request('http://scores.example/v1/models', { headers: { [header]: `CN=root, ${subject}` } }),
      { incoming: { socket: { remoteAddress: '10.0.0.1' }, rawHeaders: raw } },
    )
    expect(await problemOfResponse(answer)).toEqual({ status: 401, code: 'access/refused' })
  })
})

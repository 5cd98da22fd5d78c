import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Card } from '../../core/card/card.ts'
import { encodeChunk } from '../../core/protocol/wire.ts'
import { runTokenHeader } from '../http/runToken.ts'
import { dumped, startPostgres, withPassword } from './services/postgres.ts'
import { startRedis } from './services/redis.ts'
import { account, bucket, type S3Service, startS3 } from './services/s3.ts'
import { describeWith, type Service } from './services/service.ts'
import {
  type Ask,
  beginState,
  commandFile,
  compileCommands,
  expectScored,
  type HandedRun,
  handOver,
  Program,
} from './support/runProcesses.ts'
import { filesBelow, foundIn, type Secret, secretNumber, secretText, spellingsOf } from './support/search.ts'
import { Client, fixture } from './support/world.ts'

/**
 * A server and a worker that share a service and a bucket, in which everything is used once and refused once. Then all that lies there,
 * and all that any of them said, is searched for what only its owner may have: cells, weights, keys, tokens, passwords.
 */

const cell = '731.765432'
const weights = ['0.0314159265', '-0.00271828183', '0.7577215665', '-0.4812118251'] as const
const rows = [['40', cell, 'south']]
const predictors = [-1.5 + 40 * Number(weights[0]) + Number(cell) * Number(weights[1]) + Number(weights[2])]
const password = 'p1anted-Passw0rd-of-the-service'
const hex32 = () => randomBytes(32).toString('hex')
const [secretHex, runsKeyHex] = [hex32(), hex32()]

/** The file of `tiny` with weights that nothing else looks like. */
function plantedModel(): string {
  const file = JSON.parse(fixture('tiny'))
  const [head] = file.heads
  const terms = head.terms.map((term: object, i: number) => ({ ...term, weight: Number(weights[i]) }))
  const features = file.features.map((each: { step?: number }) => (each.step ? { ...each, step: 0.000001 } : each))
  const record = { age: 18, income: 0, region: 'north' }
  const verification = [{ record, predictors: [-1.5 + 18 * Number(weights[0])] }]
  return JSON.stringify({ ...file, features, heads: [{ ...head, terms }], verification })
}

/** An issuer of tokens. */
async function startIssuer() {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'one' }]
  const server: Server = createServer((request, response) => {
    const description = { issuer, jwks_uri: `${issuer}/keys` }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(request.url === '/keys' ? { keys } : description))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const token = (until: number) =>
    new SignJWT({ sub: 'abc' })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer(issuer)
      .setAudience('scores')
      .setIssuedAt(Math.floor(Date.now() / 1000) - 600)
      .setExpirationTime(Math.floor(Date.now() / 1000) + until)
      .sign(privateKey)
  return { url: issuer, token, close: () => server.close() }
}

let client: Client
let issuer: Awaited<ReturnType<typeof startIssuer>>
beforeAll(async () => {
  compileCommands()
  client = await Client.make()
  issuer = await startIssuer()
})
afterAll(() => issuer?.close())

const kinds = {
  redis: async () => {
    const service = await startRedis({ requirepass: password, rdbcompression: 'no' })
    return { service, url: service.url }
  },
  postgres: async () => {
    const service = await startPostgres()
    return { service, url: await withPassword(service, 'scorer', password) }
  },
} as const

for (const kind of ['redis', 'postgres'] as const)
  describeWith([kind])(`a server and a worker with ${kind}`, () => {
    let folder: string
    let service: Service
    let url: string
    let s3: S3Service
    let server: Program
    let worker: Program
    let apiKey: string
    const bodies: string[] = []
    const at = (name: string) => join(folder, name)

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'told-'))
      for (const each of ['models', 'own', 'kept']) mkdirSync(at(each))
      writeFileSync(at('models/tiny.json'), plantedModel())
      ;({ service, url } = await kinds[kind]())
      s3 = await startS3(100)
      writeFileSync(at('own/secret'), `${secretHex}\n`)
      writeFileSync(at('own/runs-key'), `${runsKeyHex}\n`)
      writeFileSync(at('own/url'), `${url}\n`)
      const env = { ...s3.env, XDG_STATE_HOME: at('kept') }
      const state = ['--secret-file', at('own/secret'), '--state-file', at('own/url')]
      beginState(state, env)
      const added = ['keys', 'add', 'abc', '--secret-file', at('own/secret'), '--operator']
      apiKey =
        /bsk_[0-9a-f]+/.exec(
          execFileSync(process.execPath, [commandFile, ...added], {
            env,
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'ignore'],
          }),
        )?.[0] ?? ''
      const shared = [...state, '--models', at('models'), '--threads', '1', '--log', 'info', '--metrics-port', '0']
      const stored = ['--runs', `s3://${bucket}/told`, '--runs-key', at('own/runs-key'), '--queue-file', at('own/url')]
      const words = [...shared, ...stored, '--runs-keys', 'queue']
      const who = ['--api-keys', '--oidc-issuer', issuer.url, '--oidc-audience', 'scores']
      const serve = ['serve', '--port', '0', '--no-work', ...words, ...who, '--audit', at('kept/audit')]
      server = new Program(serve, env, /Blindscore is at (\S+)/)
      worker = new Program(['work', ...words, '--audit', at('kept/audit-of-worker')], env, /(works on stored runs)/)
      await server.start()
      await worker.start()
    })

    afterAll(async () => {
      for (const each of [server, worker]) await each?.kill()
      await service?.stop()
      await s3?.stop()
      rmSync(folder, { recursive: true })
    })

    const askAs =
      (bearer: string): Ask =>
      async (path, init = {}) => {
        const headers = { ...(init.headers as object), authorization: `Bearer ${bearer}` }
        const response = await fetch(`${server.begun}v1/${path}`, { ...init, headers })
        if (!response.ok) bodies.push(await response.clone().text(), ...[...response.headers].flat())
        return response
      }

    /** Requests of all kinds that are refused, with what must not be repeated in every place of them. */
    async function askWrongly(run: HandedRun, tokens: readonly string[]): Promise<void> {
      const ask = askAs(apiKey)
      const json = (body: unknown, method = 'POST'): RequestInit => ({
        method,
        headers: {
          'Content-Type': 'application/json',
          [runTokenHeader]: `${run.token}x`,
          'X-Planted': apiKey,
          Cookie: apiKey,
        },
        body: JSON.stringify(body),
      })
      for (const wrong of [`${apiKey.slice(0, -1)}x`, `${tokens[0]}x`, ...tokens.slice(1)])
        expect((await askAs(wrong)('models')).status).toBe(401)
      const [chunk] = run.chunks
      await ask(`models/${apiKey}`)
      await ask(`models/tiny/scores?key=${apiKey}`, json({ v: 1, record: { income: cell }, key: apiKey }))
      await ask(`runs/${run.token}`, json({}))
      await ask(run.path, { headers: { [runTokenHeader]: apiKey } })
      await ask(`${run.path}/answers/9`, { headers: run.headers })
      await ask(`${run.path}/chunks/0`, {
        method: 'PUT',
        headers: run.headers,
        body: Buffer.from(`${cell} ${run.token}`),
      })
      if (chunk)
        await ask(`${run.path}/chunks/1`, {
          method: 'PUT',
          headers: run.headers,
          body: encodeChunk({ ...chunk, records: 7 }),
        })
      await ask(`keys/${run.token}`, json({ n: run.token, proof: apiKey }, 'PUT'))
      await ask('studies', json({ study: cell, token: run.token }))
      expect(bodies.length).toBeGreaterThan(20)
    }

    /** All that anybody but its owner may look at. */
    async function everything(): Promise<Map<string, Uint8Array>> {
      const said = { server: server.said, worker: worker.said, service: service.said(), refused: bodies.join('\n') }
      const metrics = await Promise.all(
        [server, worker].map(async ({ said }) => (await fetch(/Metrics are at (\S+)/.exec(said)?.[1] ?? '')).text()),
      )
      const texts = {
        ...said,
        ofServer: metrics[0] ?? '',
        ofWorker: metrics[1] ?? '',
        names: [...s3.objects.keys()].join('\n'),
      }
      if (kind === 'redis') {
        const redis = new Redis(url)
        await redis.save()
        await redis.quit()
      }
      return new Map<string, Uint8Array>([
        ...Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)] as const),
        ...(kind === 'postgres' ? [['dump', dumped(service.url)] as const] : []),
        ...filesBelow(service.folder),
        ...filesBelow(at('kept')),
        ...s3.objects,
      ])
    }

    function secretsOf(run: HandedRun, tokens: readonly string[]): Secret[] {
      const bytesOf = (name: string, text: string, encoding: BufferEncoding): Secret[] => [
        secretText(name, text),
        { name: `${name}, decoded`, bytes: Buffer.from(text, encoding) },
      ]
      const { p, q } = client.key
      const half = (name: string, prime: bigint): Secret[] => bytesOf(name, prime.toString(16).slice(8, 72), 'hex')
      return [
        ...secretNumber('a cell', cell),
        ...weights.flatMap((weight, i) => secretNumber(`weight ${i}`, weight)),
        secretText('the API key', apiKey),
        ...bytesOf('the API key’s half', apiKey.slice(12, 76), 'hex'),
        ...bytesOf('a run’s token', run.token, 'base64url'),
        ...tokens.map((token, i) => secretText(`the signature of token ${i}`, token.split('.')[2]?.slice(0, 60) ?? '')),
        ...bytesOf('the servers’ secret', secretHex, 'hex'),
        ...bytesOf('the key of the runs', runsKeyHex, 'hex'),
        secretText('the password', password),
        secretText('the key of the bucket', account.secret),
        ...half('a prime', p),
        ...half('the other prime', q),
        ...run.chunks.map(({ ciphertexts }, i) => ({ name: `ciphertext ${i}`, bytes: ciphertexts.subarray(100, 124) })),
      ]
    }

    test('hold and say nothing that only its owner may have, in whatever way it may be written', async () => {
      const tokens = await Promise.all([issuer.token(300), issuer.token(-60)])
      const card: Card = await (await askAs(apiKey)('models/tiny')).json()
      expect((await askAs(tokens[0] ?? '')('models')).status).toBe(200)
      const run = await handOver(askAs(apiKey), client, card, 3, async () => {}, rows)
      await expectScored(askAs(apiKey), client, card, run, predictors)
      await askWrongly(run, tokens)
      const places = await everything()
      const secrets = secretsOf(run, tokens)
      expect(places.size).toBeGreaterThan(12)
      expect(foundIn(places, secrets)).toEqual([])
      // Each of them would have been found, in each way that it may be written.
      for (const secret of secrets)
        for (const spelling of spellingsOf(secret.bytes)) {
          const leak = new Map([['a log', Buffer.concat([randomBytes(41), spelling, randomBytes(17)])]])
          expect(foundIn(leak, [secret])).toEqual([`${secret.name} in a log`])
        }
      // What may be there is found there, so places were looked at.
      const open = [secretText('a run', run.path.slice(5)), secretText('the id of the API key', apiKey.slice(4, 12))]
      expect(foundIn(places, open).length).toBeGreaterThan(4)
    })
  })

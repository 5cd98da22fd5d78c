import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Card } from '../../core/card/card.ts'
import { layoutOf } from '../../core/protocol/schemes.ts'
import { type Chunk, encodeChunk } from '../../core/protocol/wire.ts'
import { patience } from '../../core/test/patience.ts'
import { limitsFor } from '../limits.ts'
import { type RunningServer, type ServerOptions, startServer } from '../listen.ts'
import { secretOf } from '../secret.ts'
import { stateInMemory } from '../state/memory.ts'
import type { OpenState } from '../state/state.ts'
import { answerOf, Client, chunkRequest, fixture, tiny } from './support/world.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const workerFile = new URL('../../dist/server/compute/worker.js', import.meta.url)
const record = ['40', '123.45', 'south']

let models: string
let state: string
let client: Client

beforeAll(async () => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'cli'], { cwd: root })
  models = mkdtempSync(join(tmpdir(), 'served-'))
  writeFileSync(join(models, 'tiny.json'), fixture('tiny'))
  state = mkdtempSync(join(tmpdir(), 'state-'))
  client = await Client.make()
})
afterAll(() => {
  for (const folder of [models, state]) rmSync(folder, { recursive: true })
})

async function withServer(options: ServerOptions, use: (server: RunningServer) => Promise<void>): Promise<void> {
  const server = await startServer({ port: 0, models, page: null, threads: 1, workerFile, secret, ...options })
  try {
    await use(server)
  } finally {
    await server.close()
  }
}

/** The line of a metric. */
const metric = async (url: string, name: string): Promise<string> =>
  (await (await fetch(`${url}metrics`)).text()).split('\n').find((line) => line.startsWith(name)) ?? ''

const register = (url: string) => fetch(`${url}v1/keys/${client.fingerprint}`, client.keyRequest())
const secret = secretOf(new Uint8Array(32), true)

/** The card as a server serves it. */
const cardOf = async (url: string): Promise<Card> => (await fetch(`${url}v1/models/tiny`)).json() as Promise<Card>
const score = async (url: string, chunk?: Chunk) =>
  fetch(`${url}v1/models/tiny/scores`, chunkRequest(chunk ?? client.seal(await cardOf(url), [record])))

test('a folder with a bad model is served without it, and the server says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'partly-'))
  writeFileSync(join(folder, 'tiny.json'), fixture('tiny'))
  writeFileSync(join(folder, 'bad.json'), '{')
  try {
    await withServer({ models: folder }, async ({ url, models: served, refused }) => {
      expect(served).toEqual(['tiny'])
      expect(refused).toEqual([expect.stringMatching(/^bad\.json is not served: .*JSON.*\(model\/syntax\)$/)])
      expect((await fetch(`${url}v1/models/tiny`)).status).toBe(200)
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

/** Sends bytes over a socket of its own and resolves with all that came back once the server closed it. */
function raw(url: string, ...parts: (string | Uint8Array)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    let answer = ''
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1')
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') reject(error)
    })
    for (const part of parts) socket.write(part)
  })
}
const statusLine = (answer: string): string => answer.split('\r\n')[0] ?? ''
const head = (...lines: string[]): string =>
  `${['POST /v1/models/tiny/scores HTTP/1.1', 'Host: localhost', ...lines].join('\r\n')}\r\n\r\n`

describe('over a socket, with compute threads', () => {
  test('a chunk is scored; problems keep their codes and indexes; the stock grows and is used', async () => {
    await withServer({ limits: { masksPerKey: 3 } }, async ({ url }) => {
      expect((await register(url)).status).toBe(201)
      const full = async () => expect(await metric(url, 'blindscore_masks_stock ')).toBe('blindscore_masks_stock 3')
      await vi.waitFor(full, patience)
      const answer = await answerOf(await score(url))
      const card = await cardOf(url)
      const predictor = client.open(card, answer)[0]?.[0] ?? Number.NaN
      expect(Math.abs(predictor - 0.190755)).toBeLessThanOrEqual(card.errorBound)
      expect(await metric(url, 'blindscore_masks_used_total{from="stock"}')).toMatch(/ 1$/)

      const bad = client.seal(await cardOf(url), [record])
      bad.ciphertexts.fill(0, 512, 1024)
      expect(await (await score(url, bad)).json()).toMatchObject({ code: 'request/ciphertext', index: 1 })
      const refused = await fetch(`${url}v1/keys/${client.fingerprint}`, { ...client.keyRequest(), body: '{}' })
      expect(await refused.json()).toMatchObject({ code: 'request/syntax' })
    })
  })

  test('what it remembers is kept where it was told to, and let go of at the end', async () => {
    const seen: string[] = []
    const openState: OpenState = async (onDropKey) => {
      const state = await stateInMemory(limitsFor([]))(onDropKey)
      return {
        ...state,
        keys: {
          size: 0,
          get: (fingerprint) => state.keys.get(fingerprint),
          put: (fingerprint, key) => {
            seen.push(fingerprint)
            return state.keys.put(fingerprint, key)
          },
        },
        close: async () => {
          seen.push('closed')
        },
      }
    }
    await withServer({ openState: () => openState }, async ({ url }) => {
      expect((await register(url)).status).toBe(201)
      expect((await score(url)).status).toBe(200)
    })
    expect(seen).toEqual([client.fingerprint, 'closed'])
  })

  test('a bad proof is refused with its code and index across the thread', async () => {
    await withServer({}, async ({ url }) => {
      const proof = client.proof.slice()
      proof[0] = (proof[0] ?? 0) ^ 1
      const response = await fetch(`${url}v1/keys/${client.fingerprint}`, client.keyRequest(client.n, proof))
      expect(await response.json()).toMatchObject({ status: 400, code: 'key/proof', index: 0 })
    })
  })
})

test('a change of the weights alone, in mid-run, is another model: what was sealed for the old one is not scored', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'changed-'))
  const model = JSON.parse(fixture('tiny'))
  const serve = (file: object, use: (server: RunningServer) => Promise<void>) => {
    writeFileSync(join(folder, 'tiny.json'), JSON.stringify(file))
    return withServer({ models: folder }, use)
  }
  // Without verification records nothing in the card but its commitment tells.
  const { verification: _, ...quiet } = model
  let before: Card | undefined
  let chunk: Chunk | undefined
  await serve(quiet, async ({ url }) => {
    before = await cardOf(url)
    chunk = client.seal(before, [record])
    await register(url)
    expect((await score(url, chunk)).status).toBe(200)
  })
  // A restart is none.
  await serve(quiet, async ({ url }) => {
    expect(await cardOf(url)).toEqual(before)
    await register(url)
    expect((await score(url, chunk)).status).toBe(200)
  })
  const weighty = structuredClone(quiet)
  weighty.heads[0].intercept += 0.001
  await serve(weighty, async ({ url }) => {
    const { commitment, hash, ...rest } = await cardOf(url)
    const { commitment: earlier, hash: old, ...same } = before as Card
    expect(rest).toEqual(same)
    expect([commitment === earlier, hash === old]).toEqual([false, false])
    await register(url)
    const refused = await score(url, chunk)
    expect(await refused.json()).toMatchObject({ status: 409, code: 'model/changed' })
  })
  rmSync(folder, { recursive: true })
})

describe('what the socket itself refuses', () => {
  test('a length and chunks, two lengths, a broken length: 400 and closed', async () => {
    await withServer({}, async ({ url }) => {
      const type = 'Content-Type: application/cbor'
      for (const lines of [
        ['Content-Length: 5', 'Transfer-Encoding: chunked'],
        ['Content-Length: 5', 'Content-Length: 6'],
        ['Content-Length: 5x'],
        ['Content-Length: -1'],
        ['Transfer-Encoding: chunked, identity'],
      ]) {
        expect(statusLine(await raw(url, head(type, ...lines), 'hello'))).toContain(' 400 ')
      }
    })
  })

  test('an announced or real body over the limit: 413 and closed, without waiting for its end', async () => {
    await withServer({ limits: { bodyBytes: 6000 } }, async ({ url }) => {
      const type = 'Content-Type: application/cbor'
      const announced = await raw(url, head(type, 'Content-Length: 99999999'), 'x')
      expect(statusLine(announced)).toContain(' 413 ')
      expect(announced).toContain('request/too-large')
      const part = `fa0\r\n${'x'.repeat(4000)}\r\n`
      const chunked = await raw(url, head(type, 'Transfer-Encoding: chunked'), part, part)
      expect(statusLine(chunked)).toContain(' 413 ')
    })
  })

  test('a compressed body: 415 before it came', async () => {
    await withServer({}, async ({ url }) => {
      const lines = ['Content-Type: application/cbor', 'Content-Encoding: gzip', 'Content-Length: 1000']
      expect(statusLine(await raw(url, head(...lines)))).toContain(' 415 ')
    })
  })

  test('requests that expect what nobody does are bounded as all are', async () => {
    await withServer({}, async ({ url }) => {
      const get = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nExpect: anything\r\n'
      expect(statusLine(await raw(url, `${get}Connection: close\r\n\r\n`))).toContain(' 200 ')
      const answers = await raw(url, `${get}\r\n`.repeat(300))
      expect(answers.match(/HTTP\/1\.1/g)?.length ?? 0).toBeLessThanOrEqual(limitsFor([]).requestsPerConnection)
    })
  })

  test('slow headers and slow bodies are answered 408 and closed, and others are served meanwhile', async () => {
    const limits = { headersTimeoutMs: 6000, requestTimeoutMs: 7000, requestsPerClient: 100 }
    await withServer({ limits }, async ({ url }) => {
      await register(url)
      const chunk = client.seal(await cardOf(url), [record])
      const lines = ['Content-Type: application/cbor', 'Content-Length: 1000']
      const slow = [
        ...Array.from({ length: 30 }, () => raw(url, head(...lines), 'x')),
        ...Array.from({ length: 30 }, () => raw(url, 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')),
      ]
      let closed = 0
      for (const each of slow) void each.then(() => closed++)
      expect((await score(url, chunk)).status).toBe(200)
      expect(closed).toBe(0)
      for (const answer of await Promise.all(slow)) expect(statusLine(answer)).toMatch(/ 408 |^$/)
    })
  })
})

test('a body has its time again for as long as enough of it comes, and is answered 408 once it does not', async () => {
  // A busy machine may be late by more than a second before it is too late.
  const limits = { headersTimeoutMs: 2000, requestTimeoutMs: 2000, bytesPerTimeout: 1000 }
  await withServer({ limits }, async ({ url }) => {
    const { port } = new URL(url)
    const path = '/v1/models/tiny/files'
    const send = async (pieces: number, then: 'end' | 'wait'): Promise<{ answer: string; waits: number }> => {
      const socket = connect(Number(port), '127.0.0.1')
      let answer = ''
      socket.on('data', (bytes) => (answer += bytes))
      const lines = [
        'Host: localhost',
        'Content-Type: application/octet-stream',
        `Content-Length: ${700 * 16}`,
        'Connection: close',
      ]
      socket.write(`POST ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
      let waits = 0
      const closed = once(socket, 'close')
      for (let piece = 0; piece < pieces && answer === ''; piece++) {
        socket.write('x'.repeat(700))
        // As long as three times what a whole body would have, if it had to come in one.
        await new Promise((resolve) => setTimeout(resolve, 400))
        waits += 1
      }
      if (then === 'end') socket.end()
      await closed
      return { answer, waits }
    }
    const [whole, stuck] = await Promise.all([send(16, 'end'), send(4, 'wait')])
    // It came, and only then was it looked at.
    expect([whole.waits, statusLine(whole.answer)]).toEqual([16, expect.stringContaining(' 400 ')])
    expect(whole.answer).toContain('sealed/format')
    expect([stuck.waits, statusLine(stuck.answer)]).toEqual([4, expect.stringContaining(' 408 ')])
  })
})

test('one address has so many connections; the next is closed, and has its place when one of them is', async () => {
  await withServer({ limits: { connectionsPerClient: 3, connectionYieldMs: 600_000 } }, async ({ url }) => {
    const port = Number(new URL(url).port)
    const get = (localAddress: string) =>
      new Promise<number | null>((resolve) => {
        const asked = request(url, { localAddress, agent: false, path: '/healthz' }, (answer) => {
          answer.resume()
          resolve(answer.statusCode ?? null)
        })
        asked.on('error', () => resolve(null))
        asked.end()
      })
    const held = Array.from({ length: 3 }, () => connect(port, '127.0.0.1'))
    await Promise.all(held.map((socket) => once(socket, 'connect')))
    expect(await get('127.0.0.1')).toBeNull()
    expect(await get('127.0.0.2')).toBe(200)
    held[0]?.destroy()
    await vi.waitFor(async () => expect(await get('127.0.0.1')).toBe(200), patience)
    for (const socket of held) socket.destroy()
  })
})

test('several addresses together leave connections to another', async () => {
  await withServer({ limits: { connections: 40, connectionsPerClient: 24 } }, async ({ url }) => {
    const port = Number(new URL(url).port)
    const held = ['127.0.0.3', '127.0.0.4', '127.0.0.5'].flatMap((localAddress) =>
      Array.from({ length: 24 }, () => connect({ port, host: '127.0.0.1', localAddress }).on('error', () => {})),
    )
    await Promise.all(held.map((socket) => once(socket, 'connect')))
    // Those that are too many are closed.
    await vi.waitFor(() => expect(held.filter(({ destroyed }) => destroyed).length).toBeGreaterThan(30), patience)
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const asked = request(url, { localAddress: '127.0.0.2', agent: false, path: '/healthz' }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
      asked.on('error', reject).end()
    })
    expect(status).toBe(200)
    for (const socket of held) socket.destroy()
  })
})

test('behind a proxy all connections are the proxy’s, and are not counted', async () => {
  await withServer({ limits: { connectionsPerClient: 1 }, trustedProxies: ['127.0.0.0/8'] }, async ({ url }) => {
    const held = connect(Number(new URL(url).port), '127.0.0.1')
    await once(held, 'connect')
    expect((await fetch(`${url}healthz`)).status).toBe(200)
    held.destroy()
  })
})

describe('the name that a request asks for', () => {
  const ask = async (url: string, host: string, target = '/healthz') =>
    statusLine(await raw(url, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`))

  test('is an address, localhost, or one that the operator allows: another is a page that poses as this server', async () => {
    await withServer({ hosts: ['Scores.example'] }, async ({ url }) => {
      const { port } = new URL(url)
      const own = ['127.0.0.1', `127.0.0.1:${port}`, '[::1]:1', 'LOCALHOST', `a.localhost:${port}`, 'scores.EXAMPLE:80']
      for (const host of own) expect([host, await ask(url, host)]).toEqual([host, 'HTTP/1.1 200 OK'])
      for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example', 'localhost.evil.example']) {
        expect([host, await ask(url, host)]).toEqual([host, 'HTTP/1.1 421 Misdirected Request'])
      }
      expect(await ask(url, 'evil.example', `http://127.0.0.1:${port}/healthz`)).toContain(' 421 ')
      expect(await ask(url, '127.0.0.1', 'http://evil.example/healthz')).toMatch(/ 4\d\d /)
    })
  })
})

describe('the command', () => {
  const main = join(root, 'dist/cli/blindscore.js')
  const run = (args: string[]): { child: ChildProcess; output: () => string; exited: Promise<number | null> } => {
    const child = spawn(process.execPath, [main, 'serve', ...args], { cwd: tmpdir(), env: { XDG_STATE_HOME: state } })
    let text = ''
    child.stdout?.on('data', (bytes) => {
      text += bytes
    })
    child.stderr?.on('data', (bytes) => {
      text += bytes
    })
    return { child, output: () => text, exited: new Promise((resolve) => child.on('exit', resolve)) }
  }
  const addressOf = async ({ output }: ReturnType<typeof run>): Promise<string> => {
    for (let i = 0; i < 1200; i++) {
      const url = /Blindscore is at (http:\S+)/.exec(output())?.[1]
      if (url !== undefined) return url
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`no address in: ${output()}`)
  }

  test('prints its address, and a SIGTERM lets what is under way finish: exit 0', async () => {
    const command = run(['--port', '0', '--models', models, '--threads', '1', '--log', 'info'])
    const url = await addressOf(command)
    await register(url)
    // Blocks enough for the one thread to be busy for a while after the request was seen.
    const answering = score(url, client.seal(await cardOf(url), Array(300).fill(record)))
    while ((await metric(url, 'blindscore_scorings ')).endsWith(' 0')) await new Promise(setImmediate)
    command.child.kill('SIGTERM')
    expect((await answerOf(await answering)).records).toBe(300)
    expect(await command.exited).toBe(0)
    expect(command.output()).toContain('"engine"')
    await expect(fetch(`${url}healthz`)).rejects.toThrow()
  })

  test('a restart serves the same cards, by the secret that the first start made and nobody else can read', async () => {
    const hashes = []
    for (let i = 0; i < 2; i++) {
      const command = run(['--port', '0', '--models', models, '--threads', '1', '--log', 'silent'])
      hashes.push((await cardOf(await addressOf(command))).hash)
      command.child.kill('SIGINT')
      expect(await command.exited).toBe(0)
    }
    expect(new Set(hashes).size).toBe(1)
    expect(statSync(join(state, 'blindscore', 'secret')).mode & 0o777).toBe(0o600)
  })

  test('a SIGHUP has it take the models that are in the folder now, and it goes on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hup-'))
    writeFileSync(join(folder, 'tiny.json'), fixture('tiny'))
    const command = run(['--port', '0', '--models', folder, '--threads', '1', '--no-watch'])
    const url = await addressOf(command)
    writeFileSync(join(folder, 'zero.json'), fixture('zero'))
    writeFileSync(join(folder, 'bad.json'), '{')
    command.child.kill('SIGHUP')
    while (!command.output().includes('"models changed"')) await new Promise((resolve) => setTimeout(resolve, 20))
    expect((await fetch(`${url}v1/models/zero`)).status).toBe(200)
    expect(command.output()).toContain('"file":"bad.json"')
    command.child.kill('SIGTERM')
    expect(await command.exited).toBe(0)
    rmSync(folder, { recursive: true })
  })

  test('a second server takes the next port, unless the port was asked for', async () => {
    const first = run(['--models', models, '--log', 'silent'])
    const second = run(['--models', models, '--log', 'silent'])
    const urls = [await addressOf(first), await addressOf(second)]
    expect(new Set(urls).size).toBe(2)
    const third = run(['--models', models, '--port', new URL(urls[0] ?? '').port])
    expect(await third.exited).toBe(1)
    expect(third.output()).toContain('EADDRINUSE')
    for (const command of [first, second]) command.child.kill('SIGINT')
    expect(await Promise.all([first.exited, second.exited])).toEqual([0, 0])
  })

  test('models that cannot be served: each file named, exit 1; a wrong flag: usage, exit 2', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bad-'))
    writeFileSync(join(folder, 'bad.json'), '{}')
    const bad = run(['--models', folder, '--port', '0'])
    expect(await bad.exited).toBe(1)
    expect(bad.output()).toContain('bad.json')
    rmSync(folder, { recursive: true })
    const wrong = run(['--wrong'])
    expect(await wrong.exited).toBe(2)
    expect(wrong.output()).toContain('Usage')
  })

  test('a body limit below one block of the widest model is refused', async () => {
    await expect(startServer({ port: 0, models, workerFile, limits: { bodyBytes: 4096 } })).rejects.toMatchObject({
      code: 'model/budget',
    })
    expect(encodeChunk(client.seal(tiny.card, [record])).length).toBeLessThan(4096)
  })

  test('a JSON body of one block of the widest model fits under every key, indented too', () => {
    const sets = ['paillier-4096', 'paillier-3072', 'paillier-2048']
    for (const inputs of [1, 4000]) {
      const wide = {
        ...tiny.card,
        inputs: Array.from({ length: inputs }, () => tiny.card.inputs[0]),
      } as typeof tiny.card
      const { bodyBytes, jsonBytes } = limitsFor([wide])
      for (const set of sets) {
        const layout = layoutOf(set, wide)
        const width = layout.requestBytes(1) / layout.requestCiphertexts(1)
        const text = 'A'.repeat(Math.ceil((width * 4) / 3))
        const digest = 'f'.repeat(64)
        const run = 'f'.repeat(32)
        const header = { v: 1, card: digest, key: digest, run, chunk: 0xffff_ffff, records: 0xffff_ffff }
        const chunk = { ...header, ciphertexts: Array(layout.requestCiphertexts(1)).fill(text) }
        expect(JSON.stringify(chunk, null, 2).length).toBeLessThanOrEqual(jsonBytes)
        expect(layout.requestBytes(1)).toBeLessThan(bodyBytes)
      }
    }
  })
})

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page, Worker } from '@playwright/test'
import { type RunningServer, startServer } from '../setting.ts'
import { fetched } from './fetched.ts'
import { expect, expectScored, open, sample, scoreAgain, scoreThrough, test } from './fixtures.ts'
import { openPanel, panel, press, saveBackup, type, within } from './keyPanel.ts'
import { findLeaks, type Secret } from './leaks.ts'
import { plainRows } from './plainModel.ts'
import { Wire } from './wire.ts'
import { workersNamed } from './workers.ts'

/** What crosses the line, and what the page itself gets to see, in a real browser. */

/** Distinctive in every encoding: nothing here can stand in a ciphertext by chance. */
const cells = {
  wealth: '3141592653589',
  debt: '-2718281.828459',
  town: 'Wolkenkuckucksheim',
  name: 'Ödön von Horváth, Zahnradgasse 11',
}
const model = {
  format: 'blindscore-model/1',
  id: 'probe',
  version: '1',
  title: 'Probe',
  description: 'Takes distinctive values.',
  features: [
    { name: 'wealth', type: 'integer', range: [0, 4e12] },
    { name: 'debt', type: 'number', range: [-1e7, 0], step: 1e-6 },
    { name: 'town', type: 'category', levels: ['Wolkenkuckucksheim', 'elsewhere'] },
  ],
  heads: [
    {
      intercept: 0.6180339887498949,
      terms: [
        { feature: 'wealth', weight: 1.4142135623730951e-9 },
        { feature: 'debt', weight: 0.0017320508075688772 },
        { feature: 'town', level: 'Wolkenkuckucksheim', weight: 2.23606797749979 },
      ],
    },
  ],
  link: 'identity',
  // Values of 42 bits leave this much to the weights.
  tolerance: 0.01,
}

let folder: string
let probe: RunningServer
let wire: Wire

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blindscore-'))
  await writeFile(join(folder, 'probe.json'), JSON.stringify(model))
  await writeFile(join(folder, 'other.json'), JSON.stringify({ ...model, id: 'other', title: 'Other' }))
  probe = await startServer({ models: folder })
})
test.afterAll(async () => {
  await probe.close()
  await rm(folder, { recursive: true })
})
test.beforeEach(async () => {
  wire = await Wire.to(probe.url)
})
test.afterEach(() => wire.close())

type Jwk = Record<'p' | 'q' | 'd' | 'dp' | 'dq' | 'qi', string>

/**
 * Lets the test learn the key: in the vault, and nowhere else, the exported key is stored where the test can ask for
 * it. The worker's script is otherwise the served one, with its own policy.
 */
async function tapVault(page: Page): Promise<() => Promise<Secret[]>> {
  await page.route('**/assets/worker-vault-*.js', async (route) => {
    const response = await fetched(route)
    const tap = `{ const own = SubtleCrypto.prototype.exportKey
      SubtleCrypto.prototype.exportKey = async function (...all) { return (self.tapped = await own.apply(this, all)) } }\n`
    await route.fulfill({ response, body: tap + (await response.text()) })
  })
  return async () => {
    const [vault] = (await workersNamed(page, 'vault')) as [Worker]
    const jwk = (await vault.evaluate(() => (self as unknown as { tapped: unknown }).tapped)) as Jwk
    const number = (member: keyof Jwk) => BigInt(`0x${Buffer.from(jwk[member], 'base64url').toString('hex')}`)
    // The upper half of φ(n) is that of n, which is public.
    const phi = (number('p') - 1n) * (number('q') - 1n)
    const made = { phi: BigInt.asUintN(1000, phi), pp: number('p') ** 2n, qq: number('q') ** 2n }
    return [
      ...(['p', 'q', 'd', 'dp', 'dq', 'qi'] as const).map((name) => ({
        name,
        bytes: Buffer.from(jwk[name], 'base64url'),
      })),
      ...Object.entries(made).map(([name, value]) => ({ name, bytes: bytesOf(value) })),
    ]
  }
}

function bytesOf(value: bigint): Buffer {
  const hex = value.toString(16)
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
}

/** Cells and scores, in whatever way they could be written. */
function recordSecrets(scored: string): Secret[] {
  const { header, rows } = plainRows(scored)
  const [row = []] = rows
  const at = (name: string) => row[header.indexOf(name)] ?? ''
  const predictor = at('linear_predictor')
  return [
    { name: 'wealth', text: cells.wealth, number: Number(cells.wealth), integer: BigInt(cells.wealth) },
    {
      name: 'debt',
      text: cells.debt,
      number: Number(cells.debt),
      integer: 10_000_000_000_000n - 2_718_281_828_459n,
    },
    { name: 'town', text: cells.town },
    { name: 'name', text: 'Ödön von Horváth' },
    { name: 'file', text: 'Geheimakte Kasimir' },
    { name: 'score', text: predictor, number: Number(predictor) },
    { name: 'short score', text: predictor.slice(0, 9) },
  ]
}

const dropped = `name;wealth;debt;town\n${`Ödön von Horváth;${cells.wealth};${cells.debt};${cells.town}\n`.repeat(3)}`

async function scoredThroughWire(page: Page, path: string): Promise<string> {
  await open(page, wire.url, 'probe')
  return (await scoreThrough(page, path)).text.replaceAll(';', ',')
}

test('no cell, no score and no key material leaves the browser in a whole run', async ({ page, file }) => {
  const addresses: string[] = []
  page.context().on('request', (request) => addresses.push(request.url()))
  const keySecrets = await tapVault(page)
  const scored = await scoredThroughWire(page, await file('Geheimakte Kasimir.csv', dropped))
  expect(plainRows(scored).rows).toHaveLength(3)
  const secrets = [...recordSecrets(scored), ...(await keySecrets())]

  const sent = wire.sent
  expect(wire.posts).toBe(1)
  expect(sent.length).toBeGreaterThan(5 * 512)
  expect(findLeaks(sent, secrets)).toEqual([])
  // Beside the line there is no other way out.
  for (const address of addresses) expect(address).toMatch(/^(blob:)?http:\/\/127\.0\.0\.1/)
  const origins = new Set(addresses.map((address) => new URL(address).origin))
  expect([...origins]).toEqual([new URL(wire.url).origin])

  // The same search finds what the page would let slip.
  const [prime] = await keySecrets()
  await page.evaluate(
    async ([cell, key]) => {
      await fetch('/v1/models', { method: 'POST', body: cell as string })
      await fetch(`/v1/models?${key}`, { headers: { 'x-score': btoa('1') } })
    },
    [cells.town, Buffer.from(prime?.bytes ?? []).toString('base64url')],
  )
  const slipped = new Set(findLeaks(wire.sent, secrets).map(({ name }) => name))
  expect([...slipped].sort()).toEqual(['p', 'town'])
})

const passphrase = 'Kasimirs Zahnradgasse, rechts'

test('through a key’s whole life nothing that the main thread receives, keeps or sends holds it', async ({
  page,
  file,
}) => {
  const said: string[] = []
  page.on('console', (message) => said.push(message.text()))
  await page.addInitScript(() => {
    const heard: string[] = []
    Object.assign(window, { heard })
    const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
    const keep = (value: unknown): void => {
      if (typeof value === 'string') heard.push(value)
      else if (typeof value === 'bigint') heard.push(value.toString(16))
      else if (value instanceof ArrayBuffer) heard.push(hex(new Uint8Array(value)))
      else if (ArrayBuffer.isView(value))
        heard.push(hex(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)))
      else if (value instanceof MessagePort) listen(value)
      else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) keep(part)
    }
    const add = EventTarget.prototype.addEventListener
    const listening = new WeakSet<EventTarget>()
    const listen = (target: EventTarget): void => {
      if (listening.has(target)) return
      listening.add(target)
      add.call(target, 'message', (event) => {
        const { data, ports } = event as MessageEvent
        keep(data)
        for (const port of ports) listen(port)
      })
    }
    EventTarget.prototype.addEventListener = function (this: EventTarget, ...all: Parameters<typeof add>) {
      if (all[0] === 'message') listen(this ?? window)
      return add.apply(this, all)
    } as typeof add
    for (const kind of [Worker, MessagePort, BroadcastChannel]) {
      const own = Object.getOwnPropertyDescriptor(kind.prototype, 'onmessage') as PropertyDescriptor
      Object.defineProperty(kind.prototype, 'onmessage', {
        ...own,
        set(this: EventTarget, handler: unknown) {
          listen(this)
          own.set?.call(this, handler)
        },
      })
    }
    listen(window)
  })
  const keySecrets = await tapVault(page)
  await scoredThroughWire(page, await file('records.csv', dropped))
  await openPanel(page)
  await press(within(page, 'Back up'))
  const backup = await saveBackup(page, () => type(page, passphrase, true))
  await press(within(page, 'Remember on this device'))
  await expect(panel(page)).toContainText('remembered, sealed under your passphrase')
  await press(within(page, 'Lock'))
  await type(page, passphrase)
  await expect(panel(page)).toHaveCount(0)
  await page.getByRole('button', { name: 'Score 3 records' }).click()
  await expectScored(page)
  const secrets = [...(await keySecrets()), { name: 'passphrase', text: passphrase }]
  const stored = await page.evaluate(async () => {
    const request = indexedDB.open('blindscore')
    const database = await new Promise<IDBDatabase>((resolve) => {
      request.onsuccess = () => resolve(request.result)
    })
    const stored = await Promise.all(
      [...database.objectStoreNames].map(
        (name) =>
          new Promise((resolve) => {
            const all = database.transaction(name).objectStore(name).getAll()
            all.onsuccess = () => resolve(all.result)
          }),
      ),
    )
    database.close()
    return JSON.stringify([stored, { ...localStorage }, { ...sessionStorage }, location.href])
  })
  expect(stored).toContain(JSON.parse(backup).sealed)
  for (const [where, bytes] of [
    ['what is stored', Buffer.from(stored)],
    ['the backup', Buffer.from(backup)],
    ['the sealed bytes of the backup', Buffer.from(JSON.parse(backup).sealed, 'base64')],
    ['the page', Buffer.from(await page.content())],
    ['the console', Buffer.from(said.join('\n'))],
    ['the line', wire.sent],
  ] as const) {
    expect(findLeaks(bytes, secrets), where).toEqual([])
  }
  // Neither is the sealed form for anyone else.
  expect(findLeaks(wire.sent, [{ name: 'sealed', bytes: Buffer.from(JSON.parse(backup).sealed, 'base64') }])).toEqual(
    [],
  )
  const heard = await page.evaluate(() => (window as unknown as { heard: string[] }).heard)
  const all = Buffer.from(heard.join('\n'))

  // The public half was heard, so the ear was open.
  const n =
    BigInt(`0x${Buffer.from(secrets[0]?.bytes ?? []).toString('hex')}`) *
    BigInt(`0x${Buffer.from(secrets[1]?.bytes ?? []).toString('hex')}`)
  expect(findLeaks(all, [{ name: 'n', bytes: bytesOf(n) }]).length).toBeGreaterThan(0)
  expect(findLeaks(all, secrets)).toEqual([])
})

test('the browser keeps every worker off the network', async ({ page, file }) => {
  await open(page, wire.url, 'probe')
  await scoreThrough(page, await file('records.csv', dropped))
  const workers = page.workers()
  const kinds = new Set(await Promise.all(workers.map((worker) => worker.evaluate(() => self.name))))
  expect([...kinds].sort()).toEqual(['reader', 'sealer', 'vault'])
  for (const worker of workers) {
    const ways = await worker.evaluate(async (base) => {
      const to = (way: string) => `${base}leak-probe?${way}`
      const blocked: string[] = []
      addEventListener('securitypolicyviolation', (event) => blocked.push(event.effectiveDirective))
      const event = (target: EventTarget, good: string) =>
        new Promise<string>((resolve) => {
          target.addEventListener(good, () => resolve('got out'))
          target.addEventListener('error', () => resolve('refused'))
        })
      const attempt = async (work: () => unknown): Promise<string> => {
        try {
          const result = await work()
          return typeof result === 'string' ? result : 'got out'
        } catch {
          return 'refused'
        }
      }
      const results = {
        fetch: await attempt(() => fetch(to('fetch'))),
        post: await attempt(() => fetch(to('post'), { method: 'POST', body: 'x', mode: 'no-cors', keepalive: true })),
        xhr: await attempt(() => {
          const request = new XMLHttpRequest()
          const done = event(request, 'load')
          request.open('GET', to('xhr'))
          request.send()
          return done
        }),
        socket: await attempt(() => event(new WebSocket(to('socket').replace('http', 'ws')), 'open')),
        events: await attempt(() => event(new EventSource(to('events')), 'open')),
        import: await attempt(() => import(to('import'))),
        scripts: await attempt(() =>
          (self as unknown as { importScripts(url: string): void }).importScripts(to('scripts')),
        ),
        worker: await attempt(() => event(new Worker(to('worker')), 'message')),
      }
      return { results, blocked }
    }, wire.url)
    expect(Object.entries(ways.results).filter(([, result]) => result !== 'refused')).toEqual([])
    // By its policy, and not because nothing is there.
    expect(ways.blocked.filter((directive) => directive === 'connect-src').length).toBeGreaterThanOrEqual(4)
  }
  expect(wire.sent.includes('leak-probe')).toBe(false)
  await page.evaluate((url) => fetch(url), `${wire.url}leak-probe`)
  expect(wire.sent.includes('leak-probe')).toBe(true)
})

test('two runs over the same file send and get nothing twice', async ({ page, server }) => {
  const own = await Wire.to(server.url)
  try {
    const blocks = new Map<string, number>()
    const count = (bytes: Buffer) => {
      // Ciphertexts stand at the end of a body, 512 bytes each.
      for (let end = bytes.length; end > 600; end -= 512) {
        const block = bytes.toString('latin1', end - 512, end)
        blocks.set(block, (blocks.get(block) ?? 0) + 1)
      }
    }
    await page.route('**/scores', async (route) => {
      const response = await fetched(route)
      const body = await response.body()
      count(route.request().postDataBuffer() ?? Buffer.alloc(0))
      count(body)
      await route.fulfill({ response, body })
    })
    await open(page, own.url, 'salary')
    await scoreThrough(page, sample('salary'))
    const once = blocks.size
    expect(once).toBeGreaterThan(80)
    await scoreAgain(page)
    await expect.poll(() => blocks.size).toBe(2 * once)
    expect(Math.max(...blocks.values())).toBe(1)
  } finally {
    await own.close()
  }
})

test('the page breaks none of its own rules in a whole run', async ({ page, file }) => {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective}`))
  })
  await open(page, wire.url, 'probe')
  await scoreThrough(page, await file('records.csv', dropped))
  expect(complaints).toEqual([])
  const policy = (await (await fetch(probe.url)).headers.get('content-security-policy')) ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'/)
})

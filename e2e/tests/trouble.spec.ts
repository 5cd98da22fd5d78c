import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page, Route } from '@playwright/test'
import { decodeChunk } from '../../core/protocol/wire.ts'
import { dropFile } from '../dropFile.ts'
import { prepareRun, score } from '../journey.ts'
import { root, startServer } from '../setting.ts'
import { fetched } from './fetched.ts'
import {
  alert,
  downloaded,
  expect,
  expectAlert,
  expectWithheld,
  open,
  sample,
  scoreAgain,
  scoreButton,
  scores,
  test,
} from './fixtures.ts'
import { expectScores, shippedModel } from './plainModel.ts'
import { endSoon, endWorker, workersNamed } from './workers.ts'

/** Runs in which something goes wrong: the answer, the network, the server, a worker. */

const ciphertextBytes = 512

/** Opens the concrete sample, whose run has some twenty chunks, ready to be scored. */
async function ready(page: Page, url: string): Promise<void> {
  await open(page, url, 'concrete-strength')
  await dropFile(page, sample('concrete'))
  await prepareRun(page)
}

async function expectAllScores(page: Page): Promise<void> {
  await expect(scores(page)).toBeVisible({ timeout: 120_000 })
  const dropped = await readFile(sample('concrete'), 'utf8')
  expectScores(shippedModel('concrete-strength'), dropped, await downloaded(page))
}

/**
 * Puts something else in the place of a run's answers from the third on, of each chunk's first (`again`: of all): what
 * the next of the ways returns, or makes of the bytes. Resolves to what the server got: every chunk's bytes.
 */
async function tampered(page: Page, ways: Iterable<(body: Buffer) => unknown>, again = false): Promise<Buffer[]> {
  const sent: Buffer[] = []
  const next = ways[Symbol.iterator]()
  await page.route('**/scores', async (route) => {
    const request = route.request().postDataBuffer() ?? Buffer.alloc(0)
    const first = again || !sent.some((each) => each.equals(request))
    sent.push(request)
    const tamper = first && sent.length >= 3 ? next.next().value : undefined
    const response = await fetched(route)
    const body = await response.body()
    const result = tamper ? tamper(body) : body
    await route.fulfill({ response, body: Buffer.isBuffer(result) ? result : body }).catch(() => {})
  })
  return sent
}

/** The chunks of the whole run: as many as the records of the sample fill. */
const chunksOf = (sent: readonly Buffer[]) => new Set(sent.map((body) => decodeChunk(body).chunk)).size

test.describe('an answer that must not be believed', () => {
  const last = (body: Buffer) => body.subarray(body.length - ciphertextBytes)

  for (const [what, tamper] of [
    ['zero', (body: Buffer) => void last(body).fill(0)],
    ['not below n²', (body: Buffer) => void last(body).fill(0xff)],
    ['with one bit flipped', (body: Buffer) => void last(body).writeUInt8(last(body).readUInt8(100) ^ 1, 100)],
  ] as const) {
    test(`${what}: the run goes on to its end as if nothing were, and then no score is shown`, async ({
      page,
      server,
    }) => {
      // The run of an honest server, to compare with.
      const honest = await tampered(page, [])
      await ready(page, server.url)
      await score(page)
      await page.unrouteAll({ behavior: 'wait' })
      const sent = await tampered(page, [tamper])
      await scoreAgain(page)
      await expectWithheld(page, /^result\//)
      expect(chunksOf(sent)).toBe(chunksOf(honest))
      expect(sent.map(({ length }) => length).sort()).toEqual(honest.map(({ length }) => length).sort())
      await expect(alert(page)).toContainText('could learn more')
    })
  }
})

test.describe('an answer that is none to what was asked', () => {
  // Which way was met how is looked at one by one in `client/test`.
  test('of each kind once: it is asked for again, and the scores are the same', async ({ page, server }) => {
    const ways: readonly ((body: Buffer) => unknown)[] = [
      (body) => raise(body, 'records'),
      (body) => raise(body, 'chunk'),
      (body) => raise(body, 'v'),
      (body) => body.subarray(0, body.length - 1),
      (body) => Buffer.concat([body, Buffer.alloc(1)]),
      () => Buffer.from('<html>Bad gateway</html>'),
      () => Buffer.alloc(0),
    ]
    const sent = await tampered(page, ways)
    await ready(page, server.url)
    await scoreButton(page).click()
    await expectAllScores(page)
    expect(sent.length).toBe(chunksOf(sent) + ways.length)
    expect(new Set(sent.map((body) => body.toString('base64'))).size).toBe(chunksOf(sent))
  })

  test('again and again: the run waits and says so, and no score is shown', async ({ page, server }) => {
    await tampered(
      page,
      always(() => Buffer.alloc(0)),
      true,
    )
    await ready(page, server.url)
    await scoreButton(page).click()
    await expectAlert(page, 'result/shape')
    await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible()
    await expect(scores(page)).toHaveCount(0)
    // Other lanes' answers are still on their way.
    await page.unrouteAll({ behavior: 'ignoreErrors' })
  })

  function* always<T>(value: T): Generator<T> {
    for (;;) yield value
  }

  /** Adds one to the number that stands after a name in a chunk. */
  function raise(body: Buffer, name: string): void {
    const head = Buffer.concat([Buffer.from([0x60 + name.length]), Buffer.from(name)])
    const at = body.indexOf(head) + head.length
    // A small number is its own byte; 18 and 19 (hexadecimal) announce one and two bytes.
    const first = body.readUInt8(at)
    const where = first < 0x18 ? at : at + (first === 0x18 ? 1 : 2)
    body.writeUInt8(body.readUInt8(where) + 1, where)
  }
})

test.describe('the network', () => {
  test('gone in mid-run: the run waits, says so, and goes on without losing a row', async ({ page, wire }) => {
    wire.onPost((count) => {
      if (count === 4) wire.cut()
    })
    await ready(page, wire.url)
    await scoreButton(page).click()
    await expectAlert(page, 'run/offline')
    await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible()
    await expect(scores(page)).toHaveCount(0)
    const bar = page.getByRole('progressbar', { name: 'Scoring' })
    expect(Number(await bar.getAttribute('aria-valuenow'))).toBeLessThan(100)
    wire.mend()
    await page.getByRole('button', { name: 'Resume' }).click()
    await expectAllScores(page)
  })

  test('gone with the device’s own: the run goes on by itself when it is back', async ({ page, context, server }) => {
    let asked = 0
    await page.route('**/scores', async (route) => {
      asked += 1
      if (asked === 4) await context.setOffline(true)
      await route.continue().catch(() => {})
    })
    await ready(page, server.url)
    await scoreButton(page).click()
    await expectAlert(page, 'run/offline')
    await expect(alert(page)).toContainText('This device is offline')
    await context.setOffline(false)
    await expectAllScores(page)
  })

  test('gone for a moment: nobody is asked anything', async ({ page, wire }) => {
    wire.onPost((count) => {
      if (count === 5) {
        wire.cut()
        setTimeout(() => wire.mend(), 700)
      }
    })
    await ready(page, wire.url)
    await score(page)
    await expectAllScores(page)
  })

  test('answered with a sign-in page for a while, with status 200: the scores are the same', async ({
    page,
    server,
  }) => {
    let asked = 0
    await page.route('**/scores', async (route: Route) => {
      asked += 1
      if (asked % 4 === 0) await route.fulfill({ status: 200, contentType: 'text/html', body: '<h1>Sign in</h1>' })
      else await route.continue()
    })
    await ready(page, server.url)
    await scoreButton(page).click()
    await expectAllScores(page)
  })

  test('that says nothing: the run says that it waits, and for how long', async ({ page, wire }) => {
    const held = wire.holdFrom(4)
    await ready(page, wire.url)
    await scoreButton(page).click()
    await held
    await expect(page.getByText(/Waiting for the server for \d+/)).toBeVisible()
    wire.release()
    await expectAllScores(page)
  })

  test('answered by a proxy’s error page for a while: the scores are the same', async ({ page, server }) => {
    let asked = 0
    await page.route('**/scores', async (route: Route) => {
      asked += 1
      if (asked % 4 === 0) await route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' })
      else await route.continue()
    })
    await ready(page, server.url)
    await scoreButton(page).click()
    await expectAllScores(page)
  })
})

test('a server of another version in mid-run: the run waits and says so, and goes on where it is taken again', async ({
  page,
  server,
}) => {
  let [asked, other] = [0, false]
  await page.route('**/scores', async (route) => {
    asked += 1
    if (asked === 4) other = true
    if (other) await route.fulfill({ status: 404, json: { code: 'request/not-found', title: 'Not found' } })
    else await route.continue()
  })
  await ready(page, server.url)
  await scoreButton(page).click()
  await expectAlert(page, 'run/out-of-date')
  await expect(page.getByRole('button', { name: 'Reload the page' })).toBeVisible()
  const bar = page.getByRole('progressbar', { name: 'Scoring' })
  expect(Number(await bar.getAttribute('aria-valuenow'))).toBeLessThan(100)
  // What it says while it waits is what was done, up to the last chunk.
  await expect(page.getByRole('region', { name: 'Run' })).not.toContainText(/\b0 B/)
  other = false
  await page.getByRole('button', { name: 'Resume' }).click()
  await expectAllScores(page)
})

test('a model that changes in mid-run is said so, and nothing of it is shown', async ({ page, wire }) => {
  const folder = await mkdtemp(join(tmpdir(), 'blindscore-'))
  const text = await readFile(new URL('server/models/concrete-strength.json', root), 'utf8')
  await writeFile(join(folder, 'm.json'), JSON.stringify({ ...JSON.parse(text), version: '1.0.1' }))
  const changed = await startServer({ models: folder })
  try {
    wire.onPost((count) => {
      if (count === 4) wire.lead(changed.url)
    })
    await ready(page, wire.url)
    await scoreButton(page).click()
    await expectWithheld(page, /^model\/changed$/)
    await expect(alert(page)).toContainText('Begin again: the page then asks which version of the model is meant.')
  } finally {
    await changed.close()
    await rm(folder, { recursive: true })
  }
})

test('a server that forgets the key gets it again', async ({ page, wire }) => {
  const other = await startServer()
  try {
    wire.onPost((count) => {
      if (count === 4) wire.lead(other.url)
    })
    await ready(page, wire.url)
    await score(page)
    await expectAllScores(page)
  } finally {
    await other.close()
  }
})

test('a sealer that is killed in mid-run is replaced, and every score is right', async ({ page, wire }) => {
  let killed = 0
  wire.onPost((count) => {
    if (count === 3 || count === 8) void endWorker(page, 'sealer').then((ended) => (killed += Number(ended)))
  })
  await ready(page, wire.url)
  await score(page)
  expect(killed).toBe(2)
  await expectAllScores(page)
})

/**
 * For a page and its frames to run before their own scripts: while the page is doomed, a worker that is started says that
 * it is there, and ends. One that is ended from here might have answered first.
 */
function endWorkersWhenDoomed(): void {
  const { Blob: Own } = globalThis
  const ending = `self.onmessage = ({ data: { hold } }) => hold && navigator.locks.request(hold, () => {
    postMessage({ holds: hold })
    close()
  })
  postMessage({ isolated: true })`
  globalThis.Blob = class extends Own {
    constructor(parts?: BlobPart[], options?: BlobPropertyBag) {
      const doomed = window !== top && (top as unknown as { doomed?: boolean }).doomed === true
      super(doomed ? [ending] : parts, options)
    }
  }
}

test('sealers that keep ending pause the run, and it goes on to the right scores once they live', async ({
  page,
  wire,
}) => {
  await page.addInitScript(endWorkersWhenDoomed)
  wire.onPost((count) => {
    if (count !== 4) return
    void page
      .evaluate(() => Object.assign(globalThis, { doomed: true }))
      .then(async () => {
        for (const sealer of await workersNamed(page, 'sealer')) void sealer.evaluate(endSoon).catch(() => {})
      })
  })
  await ready(page, wire.url)
  await scoreButton(page).click()
  await expectAlert(page, 'platform/worker-died')
  await expect(scores(page)).toHaveCount(0)
  await page.evaluate(() => Object.assign(globalThis, { doomed: false }))
  await expect(async () => {
    // Every lane that was stuck says so once.
    const resume = page.getByRole('button', { name: 'Resume' })
    if (await resume.isVisible()) await resume.click()
    await expect(scores(page)).toHaveAttribute('data-progress', /total/, { timeout: 2_000 })
  }).toPass({ timeout: 60_000 })
  await expectAllScores(page)
})

test('a reader that is killed in mid-run is replaced, and every score is right', async ({ page, wire }) => {
  let killed = 0
  wire.onPost((count) => {
    if (count !== 3) return
    void endWorker(page, 'reader').then((ended) => (killed += Number(ended)))
  })
  await ready(page, wire.url)
  await score(page)
  expect(killed).toBe(1)
  await expectAllScores(page)
})

test('a run can be paused, resumed and cancelled', async ({ page, wire }) => {
  // Without its answers the run cannot end before the buttons are pressed, however fast it is.
  const held = wire.holdFrom(4)
  await ready(page, wire.url)
  await scoreButton(page).click()
  await held
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.getByRole('button', { name: 'Cancel' }).click()
  wire.release()
  await expect(scoreButton(page)).toBeEnabled()
  await expect(scores(page)).toHaveCount(0)
  await expect(alert(page)).toHaveCount(0)
  await scoreButton(page).click()
  await expectAllScores(page)
})

test('a vault whose script is gone is started a few times, and then the page says so', async ({ page, server }) => {
  let asked = 0
  await page.route('**/assets/worker-vault-*.js', async (route) => {
    asked += 1
    await route.fulfill({ status: 404, body: '' })
  })
  await open(page, server.url, 'concrete-strength')
  await dropFile(page, sample('concrete'))
  await expectAlert(page, 'run/out-of-date')
  await page.waitForTimeout(3000)
  expect(asked).toBeLessThanOrEqual(8)
})

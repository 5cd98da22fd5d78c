import { readFileSync } from 'node:fs'
import type { BrowserContext } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { addressOf, prepareRun } from '../journey.ts'
import { startServer } from '../setting.ts'
import {
  closeInMidRun,
  downloaded,
  expect,
  expectAlert,
  expectScored,
  open,
  sample,
  scoreButton,
  test,
} from './fixtures.ts'
import { closePanel, passphrase, remember, type } from './keyPanel.ts'
import { expectScores, plainRows, shippedModel } from './plainModel.ts'

/** The lattice scheme through the real page: chosen with both times in sight, remembered, and seen on the line. */

const choice = 'section[data-scheme]'

/** So many copies of the sample that Paillier takes more than a few seconds. */
function longFile(copies: number): string {
  const [header, ...lines] = readFileSync(sample('credit'), 'utf8').trimEnd().split('\n')
  return `${[header, ...Array.from({ length: copies }, () => lines).flat()].join('\n')}\n`
}

test('a long file is offered the other scheme, with both times, and comes back with the model’s scores', async ({
  page,
  server,
  file,
}) => {
  // Two runs, with a key of each kind made before the first.
  test.slow()
  const text = longFile(8)
  await open(page, server.url, 'credit-default', null)
  const requests: string[] = []
  page.on('request', (request) =>
    requests.push(`${request.method()} ${new URL(request.url()).pathname}${new URL(request.url()).search}`),
  )
  await dropFile(page, await file('long.csv', text))
  await prepareRun(page)
  const offered = page.locator(choice)
  await expect(offered).toHaveAttribute('data-scheme', 'paillier')
  await expect(offered).toContainText(/About .* with Paillier, about .* with the lattice scheme/)
  await offered.getByRole('button', { name: 'Use the lattice scheme' }).click()
  await expect(offered).toHaveAttribute('data-scheme', 'lattice')
  await offered.getByRole('button', { name: 'What differs' }).click()
  await expect(offered).toContainText('It has not been reviewed by others.')
  await scoreButton(page).click()
  await expectScored(page)
  const scored = await downloaded(page)
  expectScores(shippedModel('credit-default'), text, scored)
  expect(plainRows(scored).rows).toHaveLength(text.trimEnd().split('\n').length - 1)
  // A key for this run, by its set, and chunks after it.
  const key = requests.findIndex((each) => /^PUT \/v1\/keys\/[0-9a-f]{64}\?set=lattice-/.test(each))
  expect(key).toBeGreaterThanOrEqual(0)
  expect(requests.slice(key).filter((each) => each.startsWith('POST')).length).toBeGreaterThan(0)

  // What the server saw: the seed, and a polynomial beside its cells.
  await page
    .getByRole('button', { name: /^Open request/ })
    .last()
    .click()
  await expect(page.getByRole('dialog')).toContainText('seed')
  await page.keyboard.press('Escape')

  // Another run has another key, and the choice outlives the page.
  await page.reload()
  await dropFile(page, await file('long2.csv', text))
  await prepareRun(page)
  await expect(page.locator(choice)).toHaveAttribute('data-scheme', 'lattice')
  await scoreButton(page).click()
  await expectScored(page)
  const keys = requests.filter((each) => /\?set=lattice-/.test(each))
  expect(new Set(keys).size).toBe(2)

  // A run that takes a key of its own makes no other: neither the page nor the server works ahead for one.
  const lasting = requests.filter((each) => each.startsWith('PUT') && !each.includes('?set='))
  expect(lasting).toHaveLength(1)
  await expect(page.locator('[data-fingerprint]')).toHaveCount(0)
})

test('a short file is sealed with Paillier, and no word is said of another scheme', async ({ page, server, file }) => {
  const lines = readFileSync(sample('salary'), 'utf8').split('\n').slice(0, 40)
  await open(page, server.url, 'salary')
  await dropFile(page, await file('short.csv', `${lines.join('\n')}\n`))
  await prepareRun(page)
  await expect(scoreButton(page)).toBeEnabled()
  await expect(page.locator(choice)).toHaveCount(0)
})

test('a server that serves Paillier alone offers nothing else', async ({ page, file }) => {
  const pinned = await startServer({ schemes: ['paillier'] })
  try {
    await open(page, pinned.url, 'credit-default', null)
    await dropFile(page, await file('long.csv', longFile(8)))
    await prepareRun(page)
    await expect(scoreButton(page)).toBeEnabled()
    await expect(page.locator(choice)).toHaveCount(0)
  } finally {
    await pinned.close()
  }
})

test('with a remembered key a run whose tab was closed is resumed, by a key that is made again', async ({
  page,
  context,
  wire,
  file,
}) => {
  const text = longFile(16)
  const path = await file('long.csv', text)
  const sent = await chunksSent(context)
  await page.clock.install()
  await open(page, wire.url, 'credit-default')
  await dropFile(page, path)
  await prepareRun(page)
  await page.locator(choice).getByRole('button', { name: 'Use the lattice scheme' }).click()
  await remember(page)
  await closePanel(page)
  await closeInMidRun(page, wire, 3)
  const first = [...sent]

  const back = await context.newPage()
  await back.goto(addressOf(wire.url, { model: 'credit-default' }))
  const keys: string[] = []
  back.on('request', (request) => void (request.method() === 'PUT' && keys.push(request.url())))
  const resumable = back.getByRole('region', { name: 'A run to resume' })
  await expect(resumable).toContainText(/[1-9][\d,]* of [\d,]+ records of long\.csv were scored/)
  await dropFile(back, path)
  await prepareRun(back)
  await back.getByRole('button', { name: /^Resume, [\d,]+ records? left$/ }).click()
  await expectAlert(back, 'key/locked')
  await back.getByRole('button', { name: 'Unlock the key' }).click()
  await type(back, passphrase)
  await expectScored(back)
  expectScores(shippedModel('credit-default'), text, await downloaded(back))
  // Nothing was sealed with another key than the run's own, and nothing of it is stored once it is over.
  expect(keys.filter((url) => url.includes('?set=lattice-'))).toHaveLength(1)
  await expect(resumable).toHaveCount(0)
  // Under one seed there is one chunk, sent again or not; and those of the first tab are not gone on from.
  const seedsOf = (chunks: readonly SentChunk[]) => new Set(chunks.map(({ seed }) => seed))
  const resumed = seedsOf(sent.slice(first.length))
  expect(Math.min(first.length, resumed.size)).toBeGreaterThan(0)
  expect(new Set(sent.map(({ digest }) => digest)).size).toBe(seedsOf(sent).size)
  expect([...seedsOf(first)].filter((seed) => resumed.has(seed))).toEqual([])
  await back.close()
})

interface SentChunk {
  readonly seed: string
  /** Of all of its bytes. */
  readonly digest: string
}

/** Each chunk that a page of the context sends from now on, whenever it does. */
async function chunksSent(context: BrowserContext): Promise<readonly SentChunk[]> {
  const sent: SentChunk[] = []
  await context.exposeFunction('noteChunk', (chunk: SentChunk) => void sent.push(chunk))
  await context.addInitScript(() => {
    const honest = globalThis.fetch
    const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
    globalThis.fetch = async (address, request) => {
      const body = request?.method === 'POST' ? request.body : null
      if (body instanceof Uint8Array) {
        // The last member of a chunk, a byte string with a length of four bytes, begins with the seed (core/protocol/wire.ts).
        const name = 'ciphertexts'
        const at = new TextDecoder('latin1').decode(body.subarray(0, 400)).indexOf(name) + name.length + 5
        const digest = hex(new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(body))))
        const { noteChunk } = globalThis as unknown as { noteChunk(chunk: SentChunk): Promise<void> }
        await noteChunk({ seed: hex(body.subarray(at, at + 32)), digest })
      }
      return honest(address, request)
    }
  })
  return sent
}

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Page } from '@playwright/test'
import { pagePolicy } from '../../platform/policies.ts'
import { dropFile } from '../dropFile.ts'
import { chooseKeySize } from '../journey.ts'
import { root } from '../setting.ts'
import { type StaticHost, staticHost } from '../staticHost.ts'
import { putForward } from './ahead.ts'
import {
  alert,
  downloaded,
  expect,
  expectAlert,
  expectScored,
  open,
  sample,
  scoreButton,
  scores,
  scoreThrough,
  test,
} from './fixtures.ts'
import { openPanel, passphrase, press, type, within } from './keyPanel.ts'
import { expectScores, shippedModel } from './plainModel.ts'
import { refuse } from './refused.ts'

/** The page with both sides of the line in it, on a host that knows nothing of it. */

const demo = fileURLToPath(new URL('dist/demo', root))
/** The path of a file of the page, wherever it lies. */
const ownFile = /^\/(some\/folder\/|demo\/)?($|assets\/|icon|samples\/|sw\.js$|manifest\.webmanifest$|index\.html$)/

test.use({ serviceWorkers: 'allow' })

let host: StaticHost
let witness: StaticHost
test.beforeAll(async () => {
  witness = await staticHost('/nowhere')
  host = await staticHost(demo, '/some/folder/')
})
test.afterAll(() => Promise.all([host.close(), witness.close()]))

test('up to the first score at most 400 kB are fetched, compressed: all that its host was asked for', async ({
  page,
}) => {
  const own = await staticHost(demo, '/demo/')
  try {
    await page.goto(own.url)
    await scoreButton(page).click({ timeout: 60_000 })
    await expect(scores(page).locator('tbody tr').first()).toBeVisible({ timeout: 60_000 })
    const files = own.asked.map((path) => path.slice('/demo/'.length) || 'index.html')
    // Each at its own host's compression, which is seldom the best.
    const sizes = files.map((name) => gzipSync(readFileSync(`${demo}/${name}`), { level: 9 }).length)
    expect(files.filter((name) => name.endsWith('.js')).length).toBeGreaterThanOrEqual(8)
    expect(files).toContain('samples/credit.columns.txt')
    expect(sizes.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(400_000)
  } finally {
    await own.close()
  }
})

test('one click leads from its address to the scores, the Node server’s to the last bit, and nothing else is asked', async ({
  page,
  server,
}) => {
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await page.goto(host.url)
  await expect(scoreButton(page)).toHaveText('Score 4,039 records')
  await scoreButton(page).click()
  await expect(scores(page)).toHaveAttribute('data-progress', /total/, { timeout: 120_000 })
  const text = await downloaded(page)

  // The requests that the server saw are there to be opened, byte for byte.
  await page
    .getByRole('button', { name: /^Open request/ })
    .first()
    .click()
  await expect(page.getByRole('dialog')).toContainText('handed to the network')
  await page.keyboard.press('Escape')

  for (const worker of page.workers()) {
    const reached = await worker.evaluate(
      (to) =>
        fetch(to, { mode: 'no-cors' }).then(
          () => true,
          () => false,
        ),
      witness.url,
    )
    expect(reached).toBe(false)
  }
  expect(witness.asked).toEqual([])
  const elsewhere = asked.filter(
    (url) => !/^(blob|data):/.test(url) && new URL(url).origin !== new URL(host.url).origin,
  )
  expect(elsewhere).toEqual([])
  for (const path of host.asked) expect(path).toMatch(ownFile)

  await open(page, server.url, 'credit-default', null)
  expect((await scoreThrough(page, sample('credit'))).text).toBe(text)
})

test('its address says model, sample and key size, and another visitor who opens it sees the same', async ({
  page,
}) => {
  await page.goto(host.url)
  await expect(page).toHaveURL(/#model=credit-default&sample=credit&key=paillier-3072&scheme=paillier$/)
  await page.getByRole('radio', { name: /^Salary/ }).check()
  await chooseKeySize(page, 2048)
  await expect(page).toHaveURL(/#model=salary&.*key=paillier-2048/)
  await expect(page).toHaveURL(/sample=salary/)
  const address = page.url()
  const other = await page.context().newPage()
  await other.goto(address)
  await expect(other.getByRole('radio', { name: /^Salary/ })).toBeChecked()
  await expect(other.getByRole('combobox', { name: 'Key size' })).toHaveValue('paillier-2048')
  await expect(scoreButton(other)).toBeEnabled()
  // From its head: nothing was pressed that the focus should follow.
  expect(await other.evaluate(() => scrollY)).toBe(0)
  await other.close()
})

test('a model that is dropped on the vendor’s side is served there, and scored with at once', async ({
  page,
  file,
}) => {
  const model = JSON.parse(readFileSync(new URL('server/models/concrete-strength.json', root), 'utf8'))
  const own = await file('own.json', JSON.stringify({ ...model, id: 'own-model', title: 'My own model' }))
  await page.goto(`${host.url}#model=concrete-strength&sample=concrete`)
  await expect(scoreButton(page)).toBeEnabled()
  await page.getByLabel('Serve a model file', { exact: true }).and(page.locator('input')).setInputFiles(own)
  await expect(page.getByRole('radio', { name: /My own model/ })).toBeChecked()
  await expect(scoreButton(page)).toBeEnabled()
  await scoreButton(page).click()
  await expect(scores(page)).toHaveAttribute('data-progress', /total/, { timeout: 120_000 })
})

test('a ranges file that is dropped beside it, on the vendor’s side, counts; the analyst’s file stays', async ({
  page,
  file,
}) => {
  const model = JSON.parse(readFileSync(new URL('server/models/salary.json', root), 'utf8'))
  const { verification: _, ...rest } = model
  const own = [
    await file('own.json', JSON.stringify({ ...rest, id: 'own-salary', title: 'My own salaries' })),
    await file('own.ranges.json', JSON.stringify({ age: { range: [30, 40] } })),
  ]
  await page.goto(`${host.url}#model=salary&sample=salary`)
  await expect(scoreButton(page)).toBeEnabled()
  await dropFile(page, own, page.getByRole('complementary'))
  await expect(page.getByText('own-salary is served here until this tab is closed.')).toBeVisible()
  await expect(page.getByRole('radio', { name: /My own salaries/ })).toBeChecked()
  await expect(page.getByText('salary.csv').first()).toBeVisible()
  await expect(page.getByRole('checkbox', { name: /^Leave out [\d,]+ rows?$/ })).toBeVisible()
})

test('it offers the lattice scheme, too, which its address says, and scores with it', async ({ page }) => {
  await page.goto(`${host.url}#model=credit-default&sample=credit&scheme=lattice`)
  await expect(page.locator('section[data-scheme]')).toHaveAttribute('data-scheme', 'lattice')
  await scoreButton(page).click()
  await expectScored(page)
  expectScores(shippedModel('credit-default'), readFileSync(sample('credit'), 'utf8'), await downloaded(page))
  await page
    .getByRole('button', { name: /^Open request/ })
    .last()
    .click()
  await expect(page.getByRole('dialog')).toContainText('seed')
})

test('moved to another port, path and name it is the same page', async ({ page }) => {
  const moved = await staticHost(demo, '/')
  try {
    const texts = []
    for (const url of [host.url, moved.url, moved.url.replace('127.0.0.1', 'localhost')]) {
      await page.goto(`${url}#model=salary&sample=salary&key=paillier-2048`)
      await expect(page.getByText(`Files from ${new URL(url).host}`)).toBeVisible()
      await scoreButton(page).click()
      await expectScored(page)
      texts.push(await downloaded(page))
    }
    expect(new Set(texts).size).toBe(1)
  } finally {
    await moved.close()
  }
})

test('a file that is no model is refused there, and the models that were served go on', async ({ page, file }) => {
  await page.goto(`${host.url}#model=salary&sample=salary`)
  await expect(scoreButton(page)).toBeEnabled()
  const none = await file('none.json', '{"format": "blindscore-model/1"}')
  await page.getByLabel('Serve a model file', { exact: true }).and(page.locator('input')).setInputFiles(none)
  await expectAlert(page, 'model/invalid')
  await scoreButton(page).click()
  await expect(scores(page)).toHaveAttribute('data-progress', /total/, { timeout: 120_000 })
})

test('after a visit it opens without its host, isolated, and scores the same; a newer version waits for the person', async ({
  page,
}) => {
  // Six visits, one after the other.
  test.setTimeout(400_000)
  let version = ''
  const edit = (path: string, text: string) => (path === 'sw.js' ? text + version : text)
  const own = await staticHost(demo, '/demo/', edit)
  const address = `${own.url}#model=salary&sample=salary&key=paillier-2048`
  const scoreHere = async () => {
    await scoreButton(page).click()
    await expect(scores(page)).toHaveAttribute('data-progress', /total/, { timeout: 120_000 })
    return downloaded(page)
  }
  await page.clock.install()
  await page.goto(address)
  const first = await scoreHere()
  const kept = page.getByText('opens without a network from now on')
  await putForward(page, 5, () => expect(kept).toBeVisible({ timeout: 1000 }))
  version = '\n// Another version.'
  await page.reload()
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
  const use = page.getByRole('button', { name: 'Use it now' })
  await expect(scoreButton(page)).toBeEnabled()
  await putForward(page, 20, () => expect(use).toBeEnabled({ timeout: 1000 }))
  // Never in a run.
  await scoreButton(page).click()
  await expect(use).toBeDisabled()
  await expectScored(page)
  expect(await downloaded(page)).toBe(first)
  await expect(use).toBeEnabled()
  await Promise.all([page.waitForEvent('load'), use.click()])
  await expect(scoreButton(page)).toBeEnabled()
  // Past the service worker, as a hard reload goes, it is a page of its host again.
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Network.enable')
  await devtools.send('Network.setBypassServiceWorker', { bypass: true })
  await page.reload()
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false)
  expect(await scoreHere()).toBe(first)
  for (const path of own.asked) expect(path).toMatch(ownFile)
  await devtools.send('Network.setBypassServiceWorker', { bypass: false })
  await own.close()
  await page.reload()
  expect(await scoreHere()).toBe(first)
})

test('where none of its scripts runs, it says why: from a disk, and from a host that gives them another type', async ({
  page,
}) => {
  await page.goto(`file://${demo}/index.html`)
  await expect(page.getByText('The page was opened from a disk.')).toBeVisible()
  for (const type of ['text/plain', 'application/octet-stream']) {
    const odd = await staticHost(demo, '/', undefined, { types: { '.js': type } })
    try {
      await page.goto(odd.url)
      // Late, so that nobody sees it whose page is on its way.
      await expect(page.getByText('under another type than text/javascript')).toBeVisible()
    } finally {
      await odd.close()
    }
  }
})

test('a policy of its host’s that refuses its workers is named, and one as strict as its own is none', async ({
  page,
}) => {
  const under = async (policy: string, look: () => Promise<void>): Promise<void> => {
    const strict = await staticHost(demo, '/', undefined, { headers: { 'Content-Security-Policy': policy } })
    try {
      await page.goto(`${strict.url}#model=salary&sample=salary&key=paillier-2048`)
      await look()
    } finally {
      await strict.close()
    }
  }
  for (const [policy, directive] of [
    ["default-src 'self'", 'worker-src'],
    ["connect-src 'none'", 'connect-src'],
    ["require-trusted-types-for 'script'; trusted-types other", 'trusted-types'],
  ] as const) {
    await under(policy, async () => {
      await expectAlert(page, 'platform/page-restricted')
      await expect(alert(page).first()).toContainText(
        `A policy that this page’s host or an extension sets (${directive})`,
      )
      await expect(alert(page).first()).toContainText('under no policy stricter than the page’s own')
    })
  }
  await under(pagePolicy([]), async () => {
    await scoreButton(page).click()
    await expectScored(page)
  })
})

test.describe('in one file', () => {
  const single = fileURLToPath(new URL('dist/blindscore.html', root))

  test('from a host: the same scores, and not one more request', async ({ page }) => {
    const own = await staticHost(demo, '/', () => readFileSync(single, 'utf8'))
    try {
      await page.goto(`${own.url}#model=salary&sample=salary`)
      await scoreButton(page).click()
      await expect(scores(page)).toHaveAttribute('data-progress', /total/, { timeout: 120_000 })
      expect(own.asked.filter((path) => path !== '/favicon.ico')).toEqual(['/'])
    } finally {
      await own.close()
    }
  })

  test('from disk', async ({ page }) => {
    await page.goto(`file://${single}#model=salary&sample=salary`)
    await scoreButton(page).click({ timeout: 90_000 })
    await expect(scores(page)).toHaveAttribute('data-progress', /total/, { timeout: 120_000 })
  })

  test('from disk, in a browser that refuses it something, it says what and what to do', async ({ context }) => {
    const from = async (what: Parameters<typeof refuse>[0], look: (page: Page) => Promise<void>): Promise<void> => {
      const page = await context.newPage()
      await page.addInitScript(refuse, what)
      await page.goto(`file://${single}#model=salary&sample=salary&key=paillier-2048`)
      await look(page)
      await page.close()
    }
    await from('workers', async (page) => {
      await expectAlert(page, 'platform/page-restricted')
      await expect(alert(page).first()).toContainText('opened from a disk, and this browser starts no workers')
      await expect(alert(page).first()).toContainText('Put the page on a host')
    })
    await from('isolation', async (page) => {
      await expectAlert(page, 'platform/network-open')
      await expect(alert(page).first()).toContainText('took no record and no key')
      await expect(alert(page).first()).toContainText('not from a disk')
    })
    await from('webassembly', async (page) => {
      const hint = page.getByRole('listitem').filter({ hasText: 'Sealing takes many times longer in this browser' })
      await expect(hint).toContainText('this platform has no WebAssembly', { timeout: 60_000 })
      await expect(hint).toContainText('a current Chrome, Edge, Firefox or Safari is faster')
    })
    await from('storage', async (page) => {
      await scoreButton(page).click({ timeout: 60_000 })
      await expectScored(page)
      await openPanel(page)
      await press(within(page, 'Remember on this device'))
      await type(page, passphrase, true)
      await expectAlert(page, 'storage/unavailable')
      await expect(alert(page).first()).toContainText('Save a backup to have it after the tab is closed.')
    })
  })
})

import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { addressOf, chooseKeySize, prepareRun, score } from '../journey.ts'
import { type RunningServer, root, startServer } from '../setting.ts'
import { type StaticHost, staticHost } from '../staticHost.ts'
import { alert, expect, expectAlert, expectScored, sample, scoreButton, test } from './fixtures.ts'
import { openPanel, panel } from './keyPanel.ts'
import { otherVersionOf } from './otherVersion.ts'

/** The page on a host that sends no headers: it carries its policy itself, and its workers prove theirs. */

const builtPage = fileURLToPath(new URL('dist/page', root))
let host: StaticHost
let witness: StaticHost
let elsewhere: RunningServer

/** The page as it is built for a server elsewhere: `BLINDSCORE_CONNECT` names it. */
const builtFor = (server: string) => (path: string, text: string) =>
  path.endsWith('.html') ? text.replace("connect-src 'self'", `connect-src 'self' ${new URL(server).origin}`) : text
const connecting = (path: string, text: string) => builtFor(elsewhere.url)(path, text)

test.beforeAll(async () => {
  witness = await staticHost('/nowhere')
  host = await staticHost(builtPage, '/some/folder/', connecting)
  elsewhere = await startServer({ corsOrigins: [new URL(host.url).origin] } as never)
})
test.afterAll(async () => {
  await Promise.all([host.close(), witness.close(), elsewhere.close()])
})

async function openThere(page: Page, at = host): Promise<void> {
  await page.goto(addressOf(at.url, { server: elsewhere.url, model: 'concrete-strength' }))
  await chooseKeySize(page, 2048)
}

test('no worker reaches the network, each has proven it, and the key’s panel and the receipt say so', async ({
  page,
}) => {
  await openThere(page)
  await dropFile(page, sample('concrete'))
  await prepareRun(page)
  await score(page)
  const workers = page.workers()
  const names = await Promise.all(workers.map((worker) => worker.evaluate(() => self.name)))
  expect([...new Set(names)].sort()).toEqual(['reader', 'sealer', 'vault'])
  for (const worker of workers) {
    const reached = await worker.evaluate(async (to) => {
      const socket = new WebSocket(to.replace('http', 'ws'))
      const opened = new Promise((resolve) => {
        socket.onopen = () => resolve(true)
        socket.onerror = () => resolve(false)
      })
      const got = (work: Promise<unknown>) =>
        work.then(
          () => true,
          () => false,
        )
      return [
        await got(fetch(to, { mode: 'no-cors' })),
        await got(import(`${to}script.js`)),
        await got(fetch(`${location.origin === 'null' ? to : location.origin}/`)),
        await opened,
      ]
    }, witness.url)
    expect(reached).toEqual([false, false, false, false])
  }
  expect(witness.asked).toEqual([])
  // Every request to the host was for a file of the page.
  for (const path of host.asked) expect(path).toMatch(/^\/some\/folder\/($|assets\/|icon\.svg|samples\/)/)

  await openPanel(page)
  await expect(panel(page)).toContainText(/This browser refuses this key’s workers the network: checked at \d\d:\d\d\./)
})

test('a worker that the browser does not cut off takes nothing, and the page says so in red', async ({
  page,
  file,
}) => {
  const open = await staticHost(builtPage, '/', (path, text) =>
    connecting(path, text).replaceAll("connect-src 'none'", 'connect-src *'),
  )
  try {
    const seen: string[] = []
    page.on('worker', (worker) => seen.push(worker.url()))
    await openThere(page, open).catch(() => {})
    await dropFile(page, await file('secret.csv', 'age\n12\n'))
    await expectAlert(page, 'platform/network-open')
    await expect(alert(page).first()).toContainText('took no record and no key')
    expect(seen.length).toBeGreaterThan(0)
    await expect.poll(() => page.workers().length).toBe(0)
    await expect(page.getByRole('button', { name: /^Score/ })).toHaveCount(0)
  } finally {
    await open.close()
  }
})

test('the page’s own policy is in force: an inline script, a foreign address and a text as a document are refused', async ({
  page,
}) => {
  await openThere(page)
  const refused = await page.evaluate(async (to) => {
    const violated: string[] = []
    document.addEventListener('securitypolicyviolation', (event) => violated.push(event.effectiveDirective))
    const link = document.createElement('a')
    link.href = 'javascript:globalThis.ran = true'
    document.body.append(link)
    link.click()
    await fetch(to, { mode: 'no-cors' }).catch(() => {})
    let asDocument = false
    try {
      document.createElement('div').innerHTML = '<b></b>'
      asDocument = true
    } catch {}
    await new Promise((resolve) => setTimeout(resolve, 100))
    return { ran: 'ran' in globalThis, asDocument, violated: [...new Set(violated)].sort() }
  }, witness.url)
  expect(refused.ran).toBe(false)
  expect(refused.asDocument).toBe(false)
  expect(refused.violated).toEqual(['connect-src', 'require-trusted-types-for', 'script-src-elem'])
  expect(witness.asked).toEqual([])
})

test.describe('a page apart from its server says in its own words', () => {
  const says = async (page: Page, at: StaticHost, server: string, text: string) => {
    await page.goto(addressOf(at.url, { server, model: 'concrete-strength' }))
    await expectAlert(page, 'run/offline')
    await expect(alert(page).first()).toContainText(text)
  }

  test('that its own policy forbids the server', async ({ page }) => {
    const strict = await staticHost(builtPage)
    try {
      await says(page, strict, elsewhere.url, 'This page’s own policy does not let it reach that scoring server')
    } finally {
      await strict.close()
    }
  })

  test('that the server does not let it ask', async ({ page, server }) => {
    const foreign = await staticHost(builtPage, '/', builtFor(server.url))
    try {
      await says(page, foreign, server.url, 'does not let this page ask it')
    } finally {
      await foreign.close()
    }
  })

  test('that there is no server', async ({ page }) => {
    const gone = await startServer({})
    const nobody = await staticHost(builtPage, '/', builtFor(gone.url))
    await gone.close()
    try {
      await says(page, nobody, gone.url, 'The scoring server could not be reached')
    } finally {
      await nobody.close()
    }
  })

  test('that there is none where it lies, because its address names none', async ({ page }) => {
    // Hosts of files have no such file, or give their page in the place of every other.
    const plain = await staticHost(builtPage)
    const folding = await staticHost(builtPage, '/', undefined, { instead: 'index.html' })
    try {
      await says(page, plain, plain.url, 'There is no scoring server at this address')
      await says(page, folding, folding.url, 'a host that has files alone')
    } finally {
      await Promise.all([plain.close(), folding.close()])
    }
  })

  test('that they are of different versions, when it is opened and in a run, which goes on where it may', async ({
    page,
  }) => {
    const server = await otherVersionOf(elsewhere.url)
    const between = await staticHost(builtPage, '/', builtFor(server.url))
    const allowed = await startServer({ corsOrigins: [new URL(between.url).origin] } as never)
    server.lead(allowed.url)
    const address = (visit: string) =>
      addressOf(`${between.url}?${visit}`, { server: server.url, model: 'concrete-strength' })
    const reload = page.getByRole('button', { name: 'Reload the page' })
    const tryAgain = page.getByRole('button', { name: 'Try again' })
    try {
      server.moved = true
      await page.goto(address('moved'))
      await expectAlert(page, 'run/out-of-date')
      await expect(alert(page).first()).toContainText('no longer speaks this page’s version')
      await expect(reload).toBeVisible()
      server.moved = false
      server.richer = true
      await tryAgain.click()
      await expect(alert(page).first()).toContainText('not one that this page understands')
      await expect(reload).toBeVisible()
      server.richer = false
      await tryAgain.click()
      await chooseKeySize(page, 2048)
      await dropFile(page, sample('concrete'))
      await prepareRun(page)
      server.onPost(4, () => {
        server.moved = true
      })
      await scoreButton(page).click()
      await expectAlert(page, 'run/out-of-date')
      await expect(alert(page).first()).toContainText('no longer speaks this page’s version')
      await expect(alert(page).first()).toContainText('A run that is under way waits')
      await expect(reload).toBeVisible()
      const bar = page.getByRole('progressbar', { name: 'Scoring' })
      expect(Number(await bar.getAttribute('aria-valuenow'))).toBeLessThan(100)
      server.moved = false
      await page.getByRole('button', { name: 'Resume' }).click()
      await expectScored(page)
    } finally {
      await Promise.all([between.close(), server.close(), allowed.close()])
    }
  })
})

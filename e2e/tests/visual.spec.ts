import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { chooseKeySize } from '../journey.ts'
import { root } from '../setting.ts'
import { expect, expectAlert, open, sample, scoreButton, scores, test } from './fixtures.ts'
import { closePanel, openPanel, panel, type, within } from './keyPanel.ts'

/**
 * Every step and state of the page, in both themes and at three widths: a picture of each is kept in artefacts/pictures,
 * and axe must find nothing in any of them.
 */

const widths = [360, 1280, 2000] as const
const themes = ['light', 'dark'] as const
/** What is looked at every time; SLOW=1 looks at all. */
const always = ['light 360', 'dark 1280']
/** A dozen pictures, each looked through by axe, on a machine that may have other things to do: milliseconds. */
const patience = 600_000
const folder = new URL('artefacts/pictures/', root).pathname

/** Columns misnamed, marks mixed, a value out of range, a row too short. */
const messy = `id;Age;healthy eating;active_lifstyle;sex
1;24;4;6;1
2;€ 30;7 %;3;0
3;31.0;3;2;1
4;41,0;5;?;1
5;200;4;4;1
6;52;5
7;36;5;5;1
`

for (const theme of themes) {
  for (const width of widths.filter((each) => process.env.SLOW === '1' || always.includes(`${theme} ${each}`))) {
    test(`every state, ${theme}, ${width} px wide`, async ({ browser, server, file }) => {
      test.setTimeout(patience)
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme })
      const page = await context.newPage()
      const look = (name: string) => lookAt(page, `${name}-${theme}-${width}`)

      await page.goto(server.url)
      await expect(scoreButton(page)).toBeEnabled()
      await look('1-first-visit')

      await chooseKeySize(page, 2048)
      await page.getByRole('button', { name: /^curl/ }).click()
      await scoreButton(page).click()
      // In the middle, unless the machine is too fast for it.
      await page
        .waitForFunction(
          () => Number(document.querySelector('[aria-label="Scoring"]')?.getAttribute('aria-valuenow')) > 10,
          null,
          { timeout: 30_000 },
        )
        .catch(() => {})
      await page
        .getByRole('button', { name: 'Pause' })
        .click({ timeout: 5_000 })
        .catch(() => {})
      await look('2-running')
      await page
        .getByRole('button', { name: 'Resume' })
        .click({ timeout: 1_000 })
        .catch(() => {})
      await expect(scores(page).getByRole('slider', { name: 'Threshold' })).toBeVisible()
      await look('3-scores-of-the-sample')

      await page
        .getByRole('button', { name: /^Open request/ })
        .first()
        .click()
      await expect(page.getByRole('dialog')).toBeVisible()
      await look('4-request-opened')
      await page.keyboard.press('Escape')
      await expect(page.getByRole('dialog')).toHaveCount(0)

      await page.goto(`${server.url}#model=salary`)
      await page.reload()
      await expect(page.getByRole('button', { name: 'Use the sample' })).toBeVisible()
      await look('5-no-file')
      const own = page.locator('input[type=file]').first()
      await own.setInputFiles(await file('messy.csv', messy))
      await expect(page.getByRole('button', { name: /^Use active_lifstyle for/ })).toBeVisible()
      await look('6-a-column-suggested')
      await page.getByRole('button', { name: /^Use active_lifstyle for/ }).click()
      await expect(page.getByRole('button', { name: /^Read them so/ }).first()).toBeVisible()
      await look('7-check')
      await page
        .getByRole('button', { name: /^Read them so/ })
        .first()
        .click()
      await expect(page.getByRole('list', { name: 'Repairs' })).toBeVisible()
      await expect(page.getByRole('checkbox', { name: /^Leave out/ })).toBeVisible()
      await look('8-repaired')

      await own.setInputFiles(await file('open.csv', 'a,"b\n1,2\n'))
      await expect(page.getByRole('alert')).toBeVisible()
      await look('9-file-refused')

      await page.route('**/v1/models', (route) => route.abort())
      await page.goto(`${server.url}?gone#model=salary`)
      await expect(page.getByRole('alert')).toBeVisible()
      await look('10-server-gone')
      await context.setOffline(true)
      await expect(page.getByRole('alert')).toContainText('This device is offline')
      await look('10-offline')
      await context.setOffline(false)
      await page.unroute('**/v1/models')

      await page.goto(`${server.url}?vendor#page=vendor`)
      await expect(page.getByRole('button', { name: 'Choose a model file' })).toBeVisible()
      await page.locator('input[type=file]').setInputFiles(new URL('server/models/credit-default.json', root).pathname)
      await expect(page.getByRole('region', { name: 'Stays private' })).toBeVisible()
      await look('11-vendor')
      await context.close()
    })

    test(`every state that is not for everyone, ${theme}, ${width} px wide`, async ({ browser, server }) => {
      test.setTimeout(patience)
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme })
      const page = await context.newPage()
      const look = (name: string) => lookAt(page, `${name}-${theme}-${width}`)

      await page.route('**/v1/models', async (route) => {
        const response = await route.fetch()
        await route.fulfill({ response, json: { ...(await response.json()), models: [] } })
      })
      await page.goto(server.url)
      await expect(page.getByText('This server has no models yet.')).toBeVisible()
      await look('12-no-models')
      await page.unroute('**/v1/models')

      // A browser without WebAssembly, on a device with little memory and without a network.
      await page.route('**/assets/worker-*.js', async (route) => {
        const response = await route.fetch()
        await route.fulfill({ response, body: `delete self.WebAssembly;${await response.text()}` })
      })
      await page.addInitScript(() => {
        Object.defineProperty(navigator, 'deviceMemory', { value: 1 })
        Object.defineProperty(navigator, 'hardwareConcurrency', { value: 8 })
      })
      await open(page, `${server.url}?small`, 'salary')
      await page.getByRole('button', { name: 'Use the sample' }).click()
      await expect(scoreButton(page)).toBeEnabled()
      await context.setOffline(true)
      const known = page.getByRole('list', { name: 'Good to know' })
      await expect(known.getByRole('listitem')).toHaveText([
        /^This device is offline/,
        /no WebAssembly.*The scores are the same/,
        /2 cores of its 8/,
      ])
      await look('13-small-slow-and-offline')
      await context.setOffline(false)

      // Only so much of a run as the page can show while the server speaks another version.
      await page.route('**/scores', (route) =>
        route.fulfill({ status: 404, json: { code: 'request/not-found', title: 'Not found' } }),
      )
      await scoreButton(page).click()
      await expectAlert(page, 'run/out-of-date')
      await expect(page.getByRole('button', { name: 'Reload the page' })).toBeVisible()
      await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible()
      await look('14-old-page')
      await context.close()
    })
  }
}

for (const theme of themes) {
  for (const width of widths.filter((each) => process.env.SLOW === '1' || always.includes(`${theme} ${each}`))) {
    test(`every state of the key, ${theme}, ${width} px wide`, async ({ browser, server }) => {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme })
      const page = await context.newPage()
      page.on('dialog', (dialog) => void dialog.accept())
      const look = (name: string) => lookAt(page, `${name}-${theme}-${width}`)

      await page.goto(`${server.url}#model=salary`)
      await chooseKeySize(page, 2048)
      await page.locator('input[type=file]').first().setInputFiles(sample('salary'))
      await expect(scoreButton(page)).toBeEnabled()
      await openPanel(page)
      await look('key-1-panel')
      await within(page, 'Remember on this device').click()
      await look('key-2-passphrase-chosen')
      await type(page, 'a passphrase for pictures', true)
      await expect(within(page, 'Remove from this device')).toBeVisible()
      await within(page, 'Forget this key').click()
      await look('key-3-forget')
      await within(page, 'Keep it').click()
      await within(page, 'Lock').click()
      await type(page, 'another passphrase')
      await expect(panel(page).getByRole('alert')).toBeVisible()
      await look('key-4-locked')
      await closePanel(page)
      await scoreButton(page).click()
      await expect(page.getByRole('button', { name: 'Unlock the key' })).toBeVisible()
      await look('key-5-run-waits')

      let asked = 0
      await page.route('**/scores', (route) => (++asked <= 3 ? route.continue() : route.abort()))
      await page.getByRole('button', { name: 'Unlock the key' }).click()
      await type(page, 'a passphrase for pictures')
      await expect(page.locator('[data-code="run/offline"]')).toBeVisible()
      await page.reload()
      await expect(page.getByRole('region', { name: 'A run to resume' })).toBeVisible()
      await look('key-6-run-to-resume')
      await page.locator('input[type=file]').first().setInputFiles(sample('salary'))
      await expect(page.getByRole('button', { name: /^Resume, / })).toBeVisible()
      await look('key-7-resume')
      await context.close()
    })
  }
}

async function lookAt(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${folder}${name}.png`, fullPage: true })
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), name).toBeLessThanOrEqual(0)
  expect(await amberOnTheRight(page), name).toEqual([])
  const { violations } = await new AxeBuilder({ page }).analyze()
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
  expect(found, name).toEqual([])
}

/** What on the server's side of the line has a colour that means readable. */
function amberOnTheRight(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const probe = document.body.appendChild(document.createElement('i'))
    const amber = ['--amber', '--amber-fill', '--amber-wash'].map((token) => {
      probe.style.color = `var(${token})`
      return getComputedStyle(probe).color
    })
    probe.remove()
    // A dialog lies over both sides, and has its own line.
    const there = document.querySelectorAll('aside, aside :not(dialog, dialog *), dialog [data-side="there"] *')
    return [...there].flatMap((node) =>
      [null, '::before', '::after'].flatMap((pseudo) => {
        const { color, backgroundColor, backgroundImage, fill, borderTopColor } = getComputedStyle(node, pseudo)
        const drawn = [color, backgroundColor, backgroundImage, fill, borderTopColor].join(' ')
        return amber.some((each) => drawn.includes(each)) ? [`${node.tagName}${pseudo ?? ''}: ${drawn}`] : []
      }),
    )
  })
}

test('from the address to a file of scores with the keyboard alone', async ({ page, server }) => {
  await page.goto(server.url)
  await expect(scoreButton(page)).toBeEnabled()
  const tabTo = async (name: RegExp): Promise<void> => {
    for (let presses = 0; presses < 80; presses++) {
      await page.keyboard.press('Tab')
      const text = await page.evaluate(() => document.activeElement?.textContent ?? '')
      if (name.test(text)) return
    }
    throw new Error(`No way to ${name} by Tab.`)
  }
  await tabTo(/^Score [\d,]+ records$/)
  await page.keyboard.press('Enter')
  await expect(scores(page)).toBeVisible({ timeout: 120_000 })
  await tabTo(/^Download CSV$/)
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
  expect(download.suggestedFilename()).toMatch(/\.scores\.csv$/)
})

test('cells written otherwise are read at a click, and a click takes it back', async ({ page, server, file }) => {
  await page.goto(`${server.url}#model=salary`)
  await chooseKeySize(page, 2048)
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles(await file('messy.csv', messy.replace('lifstyle', 'lifestyle')))
  const check = page.getByRole('region', { name: 'Check' })
  await expect(check).toContainText('3 records will be scored, 4 left out')
  await page.getByRole('button', { name: /^Read them so: Age, 1 cell carries/ }).click()
  await page.getByRole('button', { name: /^Read them so: healthy eating/ }).click()
  await expect(check).toContainText('4 records will be scored, 3 left out')
  await page.getByRole('button', { name: /^Undo: Age/ }).click()
  await expect(check).toContainText('3 records will be scored, 4 left out')
  await page.getByRole('button', { name: 'Close the file' }).click()
  await page.locator('input[type=file]').first().setInputFiles(sample('salary'))
  await expect(page.getByRole('button', { name: 'Score 1,000 records' })).toBeEnabled()
})

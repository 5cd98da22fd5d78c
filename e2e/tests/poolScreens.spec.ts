import type { Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import type { RunningServer } from '../setting.ts'
import { expect, test } from './fixtures.ts'
import { lookAt, lookAtAll } from './lookAt.ts'
import {
  agree,
  consent,
  expectResults,
  loans,
  type Owner,
  part,
  partOf,
  setUp,
  startPoolServer,
  takePart,
  threeOwners,
} from './pooling.ts'

/** Every state of a pooled study in the page, each looked at in both colours, wide and narrow. */

let server: RunningServer
test.beforeAll(async () => {
  server = await startPoolServer()
})
test.afterAll(() => server.close())
test.setTimeout(900_000)

const look = (page: Page, name: string) => lookAtAll(page, `pool-${name}`)

test('from setting it up to the receipt, and what ends it', async ({ browser, file }) => {
  test.skip(process.env.SLOW === undefined, 'pictures')
  const owners = await threeOwners(browser)
  const [first, second, third] = owners as [Owner, Owner, Owner]
  const paths = await Promise.all(owners.map(({ name }, i) => file(`${name}.csv`, partOf(i))))
  const addresses = await setUp(first.page, server.url, paths[0] as string, loans, (page) => look(page, '01-set-up'))
  await look(first.page, '02-invitations')
  await second.page.goto(addresses[0] as string)
  await expect(second.page.getByRole('region', { name: 'A pooled study' })).toContainText('Which loans go bad')
  await look(second.page, '03-invited')
  for (const [i, { page }] of [second, third].entries()) {
    await page.goto(addresses[i] as string)
    await dropFile(page, paths[i + 1] as string)
  }
  await expect(part(second.page).getByRole('button', { name: 'Take part' })).toBeVisible()
  await part(second.page)
    .getByRole('button', { name: /^An owner left or came/ })
    .click()
  await look(second.page, '04-take-part')
  await takePart(first)
  await look(first.page, '05-gathering')
  await takePart(second)
  await takePart(third)
  await expect(consent(first.page)).toBeVisible()
  await look(first.page, '06-consent')
  await third.page.route(/messages\/4-sealed/, () => {})
  for (const { page } of owners) await agree(page)
  await expect(part(first.page)).toContainText(/Round 4: .*Waiting for Corvus/, { timeout: 150_000 })
  await look(first.page, '07-round')
  await third.page.unroute(/messages\/4-sealed/)
  await third.page.reload()
  await dropFile(third.page, paths[2] as string)
  await expect(part(third.page).getByRole('button', { name: 'Go on' })).toBeVisible()
  await look(third.page, '08-go-on')
  await part(third.page).getByRole('button', { name: 'Go on' }).click()
  await expectResults(first.page)
  await look(first.page, '09-results')
  const again = await second.context.newPage()
  await second.page.close()
  await again.goto(addresses[0] as string)
  await dropFile(again, paths[1] as string)
  await expect(part(again).getByRole('button', { name: 'Download the receipt' })).toBeVisible()
  await look(again, '10-joined-before')
})

test('an organiser takes a study away, by an address of its own', async ({ page, context, file }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await setUp(page, server.url, await file('loans.csv', partOf(0)), loans)
  await page.getByRole('button', { name: 'Copy my address as organiser' }).click()
  const address = await page.evaluate(() => navigator.clipboard.readText())
  const owner = page.url()
  await page.goto('about:blank')
  await page.goto(address)
  const study = page.getByRole('region', { name: 'A pooled study' })
  await expect(study).toContainText('organiser’s address of a study of 3 owners')
  await study.getByRole('button', { name: 'Take the study away' }).click()
  await lookAt(page, 'pool-organiser')
  await study.getByRole('button', { name: 'Take it away for everybody' }).click()
  await expect(study.getByRole('status')).toHaveText('The study was taken away.')
  await page.goto('about:blank')
  await page.goto(owner)
  await expect(page.locator('[data-code="study/unknown"]')).toBeVisible()
})

import type { Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import type { RunningServer } from '../setting.ts'
import { downloaded, expect, expectAlert, test } from './fixtures.ts'
import {
  agree,
  codeOf,
  consent,
  expectResults,
  loans,
  type Owner,
  part,
  partOf,
  results,
  setUp,
  startPoolServer,
  takePart,
  threeOwners,
} from './pooling.ts'

/** A tab that goes and comes back at every state of a pooled study, and an owner whom the next one leaves out. */

let server: RunningServer
test.beforeAll(async () => {
  server = await startPoolServer()
})
test.afterAll(() => server.close())
test.setTimeout(900_000)

/** Opens the study anew with the same file, which asks to be gone on with where something was said. */
async function comeBack(page: Page, path: string): Promise<void> {
  page.once('dialog', (dialog) => void dialog.accept())
  await page.reload()
  await dropFile(page, path)
}

const goOn = (page: Page) => part(page).getByRole('button', { name: 'Go on', exact: true })

test('a tab comes back at every state of a study, and an owner whom the next one leaves out signs for that', async ({
  browser,
  file,
}) => {
  test.skip(
    (process.env.SLOW ?? '') === '',
    'takes minutes; the session’s own tests come back in mid-run, and at its end',
  )
  const owners = await threeOwners(browser)
  const [first, second, third] = owners as [Owner, Owner, Owner]
  const paths = await Promise.all([0, 1, 2, 3].map((i) => file(`${i}.csv`, partOf(i, 4))))
  const [own = ''] = paths

  // Set up: the invitations are there again, also for whoever looked at another page meanwhile.
  const addresses = await setUp(first.page, server.url, own, loans)
  const invitations = first.page.getByRole('list', { name: 'Invitations' }).locator('code')
  await first.page.getByRole('link', { name: 'Score records' }).click()
  await expect(invitations).toHaveCount(0)
  await first.page.goBack()
  await expect(invitations).toHaveText(addresses)
  await first.page.reload()
  await expect(invitations).toHaveText(addresses)

  // Invited, and committed.
  for (const [i, { page }] of owners.entries()) {
    if (i > 0) await page.goto(addresses[i - 1] as string)
    await dropFile(page, paths[i] as string)
  }
  await comeBack(second.page, paths[1] as string)
  await takePart(first)
  await expect(part(first.page)).toContainText(/Waiting for owner 2 and owner 3/)
  await expect(first.page).toHaveTitle(/^Waiting/)
  await comeBack(first.page, own)
  await goOn(first.page).click()
  for (const owner of [second, third]) await takePart(owner)

  // The code is to be compared: it is the same after it.
  const code = await codeOf(first.page)
  await expect(first.page).toHaveTitle(/^Compare the code/)
  await comeBack(first.page, own)
  await goOn(first.page).click()
  expect(await codeOf(first.page)).toBe(code)

  // Consented, and by the way back of the browser gone from the study in its midst.
  const held = /messages\/4-sealed/
  await third.page.route(held, () => {})
  for (const { page } of owners) await agree(page)
  await expect(part(first.page)).toContainText(/Round 4: .*Waiting for Corvus/)
  await first.page.getByRole('link', { name: 'Score records' }).click()
  await expect(part(first.page)).toHaveCount(0)
  await first.page.goBack()
  await goOn(first.page).click()
  await expect(consent(first.page)).toHaveCount(0)
  await third.page.unroute(held)
  await comeBack(third.page, paths[2] as string)
  await goOn(third.page).click()
  for (const { page } of owners) await expectResults(page)

  // What came of it is there again.
  const model = await downloaded(first.page, 'Download the model')
  await comeBack(first.page, own)
  await expect(results(first.page)).toContainText('This browser has kept what may be handed on')
  await expect(first.page.getByRole('alert')).toHaveCount(0)
  expect(await downloaded(first.page, 'Download the model')).toBe(model)
  await expect(part(first.page).getByRole('button', { name: 'Download the receipt' })).toBeVisible()

  await withoutOne({ first, second, third, paths, delta: await (await browser.newContext()).newPage() }, file)
})

interface Left {
  readonly first: Owner
  readonly second: Owner
  /** Who took part before, and does not now. */
  readonly third: Owner
  readonly paths: readonly string[]
  /** The browser of who comes instead. */
  readonly delta: Page
}

/** The next study of the same rows has another owner in the third's place. */
async function withoutOne(
  { first, second, third, paths, delta }: Left,
  file: (name: string, content: string) => Promise<string>,
): Promise<void> {
  await first.page.goto('about:blank')
  const [ofSecond = '', ofDelta = ''] = await setUp(first.page, server.url, paths[0] as string, loans)
  const all = [first.page, second.page, delta]
  for (const [page, address, path] of [
    [second.page, ofSecond, paths[1]],
    [delta, ofDelta, paths[3]],
  ] as const) {
    await page.goto('about:blank')
    await page.goto(address)
    await dropFile(page, path as string)
  }
  const disclosure = (page: Page) => part(page).getByRole('button', { name: /^An owner left or came/ })
  await disclosure(delta).click()
  const came = await downloaded(delta, 'Sign that the others can compute my totals')
  await disclosure(first.page).click()
  const address = (await part(first.page).locator('code').textContent()) ?? ''

  // Only the browser that took part has the key that the others know.
  const elsewhere = await delta.context().newPage()
  await elsewhere.goto(address)
  await expect(elsewhere.getByRole('alert')).toContainText('This browser has taken part in no study')
  await elsewhere.goto(`${address.slice(0, -1)}`)
  await expect(elsewhere.getByRole('alert')).toContainText('not whole')
  await elsewhere.close()
  const leaver = third.page
  await leaver.goto('about:blank')
  await leaver.goto(address)
  await expect(leaver.getByRole('region', { name: 'A study that leaves you out' })).toContainText(
    'Loans of three banks',
  )
  const left = await downloaded(leaver, 'Sign that the others can compute my totals')

  // Without these no study is begun, and with them the same one is gone on with.
  for (const [i, page] of all.entries()) await takePart({ ...first, page, name: `Owner ${i}` })
  const signed = await Promise.all([file('left.json', left), file('came.json', came)])
  for (const page of [first.page, second.page]) {
    await expectAlert(page, 'study/difference')
    await expect(part(page)).toContainText('the study is not over')
    await part(page).getByRole('button', { name: 'Go on here' }).click()
    await disclosure(page).click()
    const chosen = page.waitForEvent('filechooser')
    await part(page).getByRole('button', { name: 'Bring what was signed…' }).click()
    await (await chosen).setFiles(signed)
    await expect(part(page)).toContainText('2 signatures brought.')
    await goOn(page).click()
  }
  expect(new Set(await Promise.all(all.map(codeOf))).size).toBe(1)

  // Who set it up takes it away, and everybody hears of it.
  await agree(second.page)
  await first.page.getByRole('button', { name: 'Take the study away' }).click()
  await first.page.getByRole('button', { name: 'Take it away for everybody' }).click()
  await expectAlert(second.page, 'study/unknown')
  await expect(part(second.page).getByRole('heading', { name: 'The study is over' })).toBeVisible()
}

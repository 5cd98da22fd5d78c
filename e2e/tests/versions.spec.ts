import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { addressOf, prepareRun } from '../journey.ts'
import { type RunningServer, root, startServer } from '../setting.ts'
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
import { closePanel, passphrase, press, remember, type } from './keyPanel.ts'
import { lookAt } from './lookAt.ts'
import { expectScores, type PlainModel, shippedModel } from './plainModel.ts'
import { Wire } from './wire.ts'

/** Models that a vendor replaces while pages are open: nothing changes silently, and nothing that was paid for is lost. */

let folder: string
let server: RunningServer

test.beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'versions-'))
  await put('1.0.0')
  server = await startServer({ models: folder, limits: { keysPerHour: 100_000 } })
})
test.afterEach(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

/** Puts a version of the salary model into the folder: each has another intercept. */
async function put(version: string): Promise<PlainModel> {
  const model = shippedModel('salary')
  const heads = model.heads.map((head) => ({
    ...head,
    intercept: head.intercept + 1000 * Number.parseInt(version, 10),
  }))
  const shipped = JSON.parse(await readFile(new URL('server/models/salary.json', root), 'utf8'))
  // Its verification records are of the shipped weights.
  const { verification: _, ...made } = { ...shipped, version, heads }
  await writeFile(join(folder, 'salary.json'), JSON.stringify(made))
  return { ...model, heads }
}

/** Replaces the model, and waits until the server has the new version. */
async function replace(version: string): Promise<PlainModel> {
  const model = await put(version)
  const served = async () => (await (await fetch(`${server.url}v1/models`)).json()).models[0].version
  await expect.poll(served, { timeout: 60_000 }).toBe(version)
  return model
}

async function expectRight(page: Page, model: PlainModel): Promise<void> {
  await expectScored(page)
  expectScores(model, await readFile(sample('salary'), 'utf8'), await downloaded(page))
}

test('a tab that is open since before a model was replaced asks which version is meant, and scores with that one', async ({
  page,
}) => {
  const first = await put('1.0.0')
  let sent = 0
  page.on('request', (request) => {
    if (request.url().endsWith('/scores')) sent += 1
  })
  await page.clock.install()
  await open(page, server.url, 'salary')
  await dropFile(page, sample('salary'))
  await prepareRun(page)
  await replace('2.0.0')
  await page.clock.fastForward(61_000)
  await scoreButton(page).click()
  const dialog = page.getByRole('dialog', { name: 'Another version of the model' })
  await expect(dialog).toContainText('version 2.0.0 of')
  await lookAt(page, 'version-asked')
  expect(sent).toBe(0)
  await press(dialog.getByRole('button', { name: 'Go on with version 1.0.0' }))
  await expectRight(page, first)

  const third = await replace('3.0.0')
  await page.clock.fastForward(61_000)
  await scoreButton(page).click()
  await press(page.getByRole('button', { name: 'Score them again' }))
  const before = sent
  await press(dialog.getByRole('button', { name: 'Take version 3.0.0' }))
  await press(page.getByRole('button', { name: 'Where it comes from, and how exactly it computes' }))
  await expect(page.getByText('Version of the model').locator('..')).toContainText('3.0.0')
  await prepareRun(page)
  expect(sent).toBe(before)
  await scoreButton(page).click()
  await expectRight(page, third)
})

test('a run whose tab was closed is gone on with by the version that it began with, also where the page shows a newer one', async ({
  page,
  context,
}) => {
  const first = await put('1.0.0')
  const wire = await Wire.to(server.url)
  try {
    await page.clock.install()
    await open(page, wire.url, 'salary')
    await dropFile(page, sample('salary'))
    await prepareRun(page)
    await remember(page)
    await closePanel(page)
    await closeInMidRun(page, wire, 12)
    await replace('2.0.0')

    const back = await context.newPage()
    await back.goto(addressOf(wire.url, { model: 'salary' }))
    await dropFile(back, sample('salary'))
    await prepareRun(back)
    const run = back.getByRole('region', { name: 'A run to resume' })
    await expect(run).toContainText('It began with version 1.0.0 of')
    await lookAt(back, 'version-to-resume')
    await press(run.getByRole('button', { name: 'Show version 1.0.0 here' }))
    await expect(run).toContainText('This is the file')
    await back.getByRole('button', { name: /^Resume, [\d,]+ records? left$/ }).click()
    await expectAlert(back, 'key/locked')
    await back.getByRole('button', { name: 'Unlock the key' }).click()
    await type(back, passphrase)
    await expectRight(back, first)
  } finally {
    await wire.close()
  }
})

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Browser, Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { addressOf } from '../journey.ts'
import { type RunningServer, root } from '../setting.ts'
import { downloaded, expect, expectAlert, test } from './fixtures.ts'
import { findLeaks } from './leaks.ts'
import { lookAt } from './lookAt.ts'
import {
  agree,
  agreeByKeys,
  codeOf,
  consent,
  digitsOf,
  expectResults,
  loans,
  type Owner,
  part,
  partOf,
  results,
  setUp,
  startPoolServer,
  takePart,
  takePartByKeys,
  threeOwners,
  told,
} from './pooling.ts'
import { storedBy } from './stored.ts'

/** Three owners in browsers of their own fit one model to the rows of all, by a server that stores what they say. */

let server: RunningServer
test.beforeAll(async () => {
  server = await startPoolServer()
})
test.afterAll(() => server.close())

const r = JSON.parse(readFileSync(new URL('study/test/fixtures/pooled.json', root), 'utf8'))

const farthest = (ours: readonly number[], theirs: readonly number[]): number =>
  Math.max(...theirs.map((value, i) => Math.abs((ours[i] ?? Number.NaN) / value - 1)))

// Three browsers wait for each other in every round, and share the machine.
test.setTimeout(900_000)

/** Three owners up to the comparison of their code, and what each sent. */
async function gathered(
  browser: Browser,
  file: (name: string, content: string) => Promise<string>,
  { formula = loans, partOf: part = partOf }: { readonly formula?: typeof loans; readonly partOf?: typeof partOf } = {},
) {
  const owners = await threeOwners(browser)
  const sent: Buffer[] = []
  for (const { page } of owners) {
    page.on('request', (request) => sent.push(Buffer.from(request.url()), request.postDataBuffer() ?? Buffer.of()))
  }
  const paths = await Promise.all(owners.map(({ name }, i) => file(`${name}.csv`, part(i))))
  const [first] = owners as [Owner, ...Owner[]]
  const addresses = await setUp(first.page, server.url, paths[0] as string, formula)
  for (const [i, { page }] of owners.slice(1).entries()) {
    await page.goto(addresses[i] as string)
    await expect(page.getByRole('region', { name: 'A pooled study' })).toContainText('Which loans go bad')
    await dropFile(page, paths[i + 1] as string)
  }
  const [second, ...others] = owners.slice(1) as [Owner, ...Owner[]]
  await takePartByKeys(second)
  for (const owner of [first, ...others]) await takePart(owner)
  const codes = await Promise.all(owners.map(({ page }) => codeOf(page)))
  expect(new Set(codes).size).toBe(1)
  return { owners, first, paths, sent }
}

test('three browsers get the model of all rows, to R’s digits; none sends a row, and a server would take the model', async ({
  browser,
  file,
}) => {
  const { owners, first, paths, sent } = await gathered(browser, file)
  // Another tab of an owner does not take part beside the first one.
  const second = await first.context.newPage()
  await second.goto(first.page.url())
  await dropFile(second, paths[0] as string)
  await expectAlert(second, 'study/tab')
  await second.close()
  await expect(consent(first.page)).toContainText(/SHA-256 of this text.* [0-9a-f]{64}/)
  const consented = (await consent(first.page).textContent()) ?? ''
  await lookAt(first.page, 'pool-consent')
  expect(await pagesOfPrint(first.page)).toBe(1)
  await agreeByKeys((owners[1] as Owner).page)
  for (const { page } of [first, ...owners.slice(2)]) await agree(page)

  const models: string[] = []
  for (const { page } of owners) {
    await expectResults(page)
    const learned = results(page).getByRole('list', { name: 'What each party learned' })
    await expect(learned).toContainText('Nobody: a row of yours.')
    const { estimates, errors, figures } = await digitsOf(page)
    expect(farthest(estimates, r.coefficients)).toBeLessThan(1e-11)
    expect(farthest(errors, r.errors)).toBeLessThan(1e-11)
    const ours = ['deviance', 'null deviance', 'AIC', 'AIC as in step'].map((name) => Number(figures[name]))
    expect(farthest(ours, [r.deviance, r.nullDeviance, r.aic, r.aic])).toBeLessThan(1e-11)
    models.push(await downloaded(page, 'Download the model'))
  }
  expect(new Set(models).size).toBe(1)
  const receipt = JSON.parse(await downloaded(first.page, 'Download the receipt'))
  expect(receipt).toMatchObject({ own: { basis: 'Art. 6 (1) f GDPR', retention: 'two years' }, ended: { as: 'done' } })
  expect(receipt.consent.sha256).toBe(createHash('sha256').update(receipt.consent.text).digest('hex'))
  expect(consented).toContain(receipt.consent.sha256)
  for (const text of [...Object.values(told), receipt.code, ...owners.map(({ name }) => name)]) {
    expect(receipt.consent.text).toContain(text)
    expect(consented).toContain(text)
  }
  const csv = await downloaded(first.page, 'Download the coefficients')
  expect(csv).toContain(`Seniority,${Number(r.coefficients[1].toPrecision(6))},`)
  expect(sent.length).toBeGreaterThan(500)
  // Every owner's rows, in what all of them sent and in what each browser keeps.
  const planted = owners.flatMap(({ name }, owner) =>
    partOf(owner)
      .split('\n')
      .slice(1, 200)
      .map((text, i) => ({ name: `${name}, row ${i}`, text })),
  )
  expect(findLeaks(Buffer.concat(sent), planted)).toEqual([])
  for (const { page } of owners) {
    const stored = await storedBy(page)
    expect(stored.length).toBeGreaterThan(10_000)
    expect(findLeaks(stored, planted)).toEqual([])
  }
  // What is looked with finds what is there.
  await first.page.evaluate((row) => localStorage.setItem('planted', row), planted[0]?.text ?? '')
  expect(findLeaks(await storedBy(first.page), planted)).not.toEqual([])

  await first.page.goto(addressOf(server.url, { page: 'vendor' }))
  await expect(first.page.getByRole('region', { name: 'Check a model file' })).toBeVisible()
  await dropFile(first.page, await file('pooled.model.json', models[0] as string))
  await expect(first.page.getByRole('region', { name: 'Before it is served' }).getByRole('status')).toHaveText(
    'The server would take it.',
  )
})

test('a tab that is closed in mid-run comes back with the same file, and with no other', async ({ browser, file }) => {
  test.skip(process.env.SLOW === undefined, 'the protocol’s own tests have it at every message')
  const { owners, first, paths } = await gathered(browser, file)
  const [, another] = owners as [Owner, Owner, Owner]
  // Nobody gets beyond this until one owner has heard of it.
  const held = /messages\/4-sealed/
  await another.page.route(held, () => {})
  for (const { page } of owners) await agree(page)
  await expect(part(first.page)).toContainText(/Round 4: .*Waiting for Borealis/)
  const address = first.page.url()
  await first.page.close()
  const page = await first.context.newPage()
  await page.goto(address)
  await dropFile(page, await file('changed.csv', partOf(0).split('\n').slice(0, -1).join('\n')))
  await expectAlert(page, 'study/joined')
  await dropFile(page, paths[0] as string)
  await part(page).getByRole('button', { name: 'Go on' }).click()
  await another.page.unroute(held)
  for (const each of [page, ...owners.slice(1).map((owner) => owner.page)]) await expectResults(each)
})

test('a hundred thousand rows of 23 columns are pooled, and how long a round takes is told', async ({
  browser,
  file,
}) => {
  test.skip(process.env.SLOW === undefined, 'a measurement')
  const explaining = Array.from({ length: 23 }, (_, j) => `x${j + 1}`)
  const { owners, first } = await gathered(browser, file, {
    formula: { outcome: 'y', event: null, explaining },
    partOf: (owner) => drawn(owner, explaining, 100_000 / 3),
  })
  const started = performance.now()
  for (const { page } of owners) await agree(page)
  for (const { page } of owners) await expectResults(page)
  const seconds = (performance.now() - started) / 1000
  const text = (await results(first.page).textContent()) ?? ''
  const [, records = '', rounds = ''] = /Records of all owners([\d,]+).*?Rounds(\d+)/.exec(text) ?? []
  const [, questions = ''] = /in (\d+) rounds/.exec(text) ?? []
  expect(records).toBe('99,999')
  console.log(
    `${records} rows of 23 columns: ${seconds.toFixed(1)} s, ${rounds} estimates (${(seconds / Number(rounds)).toFixed(2)} s each), ${questions} questions (${(seconds / Number(questions)).toFixed(2)} s each)`,
  )
})

const artefacts = new URL('artefacts/pictures/', root).pathname

/** How many sheets of A4 the consent takes, as its own button prints it. */
async function pagesOfPrint(page: Page): Promise<number> {
  await page.evaluate(() => {
    window.print = () => {}
  })
  await consent(page).getByRole('button', { name: 'Print this' }).click()
  const pdf = await page.pdf({
    path: `${artefacts}pool-consent.pdf`,
    format: 'A4',
    margin: { top: '10mm', bottom: '10mm', left: '10mm', right: '10mm' },
  })
  await page.evaluate(() => window.dispatchEvent(new Event('afterprint')))
  expect(pdf.length).toBeGreaterThan(10_000)
  return pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0
}

/** Rows whose outcome follows from two of their columns and chance, the same ones each time. */
function drawn(owner: number, names: readonly string[], count: number): string {
  let state = owner + 1
  const draw = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  const rows = Array.from({ length: Math.floor(count) }, () => {
    const cells = names.map(() => Math.floor(100 * draw()))
    const [a = 0, b = 0] = cells
    return [draw() < 1 / (1 + Math.exp((b - a) / 40)) ? 1 : 0, ...cells].join()
  })
  return [['y', ...names].join(), ...rows].join('\n')
}

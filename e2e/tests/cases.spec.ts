import { readFileSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Papa from 'papaparse'
import { dropFile } from '../dropFile.ts'
import { addressOf, prepareRun, score } from '../journey.ts'
import { type RunningServer, root, startServer } from '../setting.ts'
import { type Firefox, firefoxPath, openFirefox, press, scoreFile } from './firefox.ts'
import { downloaded, expect, open, test } from './fixtures.ts'

/**
 * Files as people report them, dropped into the page: every check ends, and no record has a score but the one that was meant,
 * or one that the card's policy gives and the page says so.
 */

/** What stands beside each of them: the linear predictors that were meant, by record, and those that a policy gives. */
type ReportedFile = Readonly<Record<'id' | 'file' | 'model', string>> & {
  readonly wanted: Readonly<Record<string, number | null>>
  readonly policy?: Readonly<Record<string, number>>
  readonly refused?: string
}

const folder = new URL('reader/test/fixtures/cases/', root)
const all = JSON.parse(readFileSync(new URL('cases.json', folder), 'utf8')) as ReportedFile[]
const scoredFiles = all.filter(({ refused }) => refused === undefined)
let models = ''
let vendor: RunningServer

test.beforeAll(async () => {
  models = await mkdtemp(join(tmpdir(), 'blindscore-cases-'))
  const shipped = 'credit-default.json'
  await cp(new URL('models', folder), models, { recursive: true })
  await cp(new URL(`server/models/${shipped}`, root), join(models, shipped))
  vendor = await startServer({ models })
})
test.afterAll(async () => {
  await vendor.close()
  await rm(models, { recursive: true })
})

/** Holds the saved scores against what was meant. */
function expectMeant({ wanted, policy }: ReportedFile, text: string): void {
  const delimiter = /(.)"?linear_predictor/.exec(text.slice(0, text.search(/[\r\n]/)))?.[1] ?? ','
  const { data } = Papa.parse<string[]>(text.trim(), { delimiter: delimiter === '"' ? ',' : delimiter })
  const [header = [], ...all] = data
  // Rows that were left out have their reasons, and no scores.
  const rows = all.filter((row) => row.at(-1) !== '')
  const at = header.findLastIndex((name) => name.startsWith('linear_predictor'))
  const id = header.indexOf('id')
  const allowed = new Set(Object.values(wanted).filter((eta) => eta !== null))
  for (const [i, row] of rows.entries()) {
    const name = id < 0 ? String(i) : (row[id] ?? '').replace(/^'(?=[-+@=])/, '')
    const predictor = Number(row[at]?.replace(',', '.'))
    const right = policy?.[name] ?? wanted[name]
    // Without keys of their own, records that were left out shift the places of those that follow.
    if (id >= 0) expect(right, name).toBeCloseTo(predictor, 5)
    else
      expect(
        [...allowed].some((eta) => Math.abs(eta - predictor) < 1e-5),
        name,
      ).toBe(true)
  }
}

/** What the page came to: a question, nothing to score, or records that it would score. */
type End = 'asks' | 'nothing' | 'ready'

function endOf(): End | null {
  const text = document.body.textContent
  if (document.querySelector('[role=alert][data-code^="columns/"], [role=alert][data-code^="file/"]')) return 'asks'
  if (text.includes('Nothing will be checked before you say')) return 'asks'
  const [, count] = /([\d,]+) records? will be scored/.exec(text) ?? []
  if (count === undefined || text.includes('Checking every cell')) return null
  return count === '0' ? 'nothing' : 'ready'
}

const slow = (process.env.SLOW ?? '') !== ''

// Every third one; the command line is handed all of them in any case (`cli/test/cases.test.ts`).
for (const each of scoredFiles.filter((_, at) => slow || at % 3 === 0)) {
  test(`${each.id}: nothing is scored wrongly unasked`, async ({ page }) => {
    await open(page, vendor.url, each.model)
    await dropFile(page, new URL(each.file, folder).pathname)
    const end = await (await page.waitForFunction(endOf)).jsonValue()
    if (end !== 'ready') return
    await prepareRun(page)
    await score(page)
    expectMeant(each, await downloaded(page))
  })
}

test('in Firefox nothing of them is scored wrongly unasked', async () => {
  test.skip(!slow, 'takes minutes; SLOW=1 runs it')
  test.skip(firefoxPath === null, 'There is no Firefox on this machine: install one, or name it in BLINDSCORE_FIREFOX.')
  test.setTimeout(1_800_000)
  const firefox = await openFirefox()
  try {
    for (const each of scoredFiles) await test.step(each.id, () => tryIn(firefox, each))
  } finally {
    await firefox.close()
  }
})

async function tryIn(firefox: Firefox, each: ReportedFile): Promise<void> {
  const { page } = firefox
  await page.goto(addressOf(vendor.url, { model: each.model }))
  const input = await page.waitForSelector('input[type=file]')
  await (input as unknown as { uploadFile(path: string): Promise<void> }).uploadFile(
    new URL(each.file, folder).pathname,
  )
  const end = await (await page.waitForFunction(endOf)).jsonValue()
  if (end !== 'ready') return
  const button = await page.waitForFunction(() => {
    const box = [...document.querySelectorAll('label')].find((label) => /^Leave out \d/.test(label.textContent.trim()))
    const consent = box?.control as HTMLInputElement | null | undefined
    if (consent && !consent.checked) consent.click()
    const score = [...document.querySelectorAll('button')].find((each) =>
      /^Score [\d,]+ records?$/.test(each.textContent),
    )
    return score && !score.disabled ? score.textContent : null
  })
  await scoreFile(page, (await button.jsonValue()) as string)
  await page.waitForFunction(() => document.querySelector('[data-progress*="total"]') !== null)
  expectMeant(each, await firefox.downloaded(() => press(page, 'Download CSV')))
}

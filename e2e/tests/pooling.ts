import { readFileSync } from 'node:fs'
import type { Browser, BrowserContext, Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { addressOf } from '../journey.ts'
import { type RunningServer, root, startServer } from '../setting.ts'
import { expect, sample } from './fixtures.ts'
import { tabTo } from './tabbing.ts'

/** Owners of rows in browsers of their own, and a server that carries their messages. */

export async function startPoolServer(): Promise<RunningServer> {
  const { studiesInMemory } = (await import(new URL('dist/server/studies/openStudies.js', root).href)) as {
    studiesInMemory(): unknown
  }
  return startServer({ studies: studiesInMemory() })
}

interface Formula {
  readonly outcome: string
  /** The text that counts as an event, where the outcome has texts. */
  readonly event: string | null
  readonly explaining: readonly string[]
}

/** Columns of the sample of loans that no owner of a third of it holds fewer than five of. */
export const loans: Formula = {
  outcome: 'Status',
  event: 'bad',
  explaining: ['Seniority', 'Records', 'Expenses', 'Assets'],
}

/** What all are told of the study. */
export const told = {
  'Title of the study': 'Loans of three banks',
  'What it is for': 'Which loans go bad',
  'Period that the records are of': '2019 to 2024',
  'Who invites: legal name': 'Alba Bank plc',
  'Contact of who invites': 'studies@alba.example',
  'Who runs this server, and where': 'Alba Bank plc, Vienna',
} as const

const owners = ['Alba', 'Borealis', 'Corvus'] as const

/** The part of the sample that an owner of so many has. */
export function partOf(owner: number, of: number = owners.length): string {
  const [head = '', ...rows] = readFileSync(sample('credit'), 'utf8').trimEnd().split('\n')
  return [head, ...rows.filter((_, i) => (i * 7919) % of === owner)].join('\n')
}

/** A browser of an owner's own: its page, and what it keeps. */
export interface Owner {
  readonly context: BrowserContext
  readonly page: Page
  readonly name: string
}

export async function threeOwners(browser: Browser): Promise<Owner[]> {
  return Promise.all(
    owners.map(async (name) => {
      const context = await browser.newContext({ locale: 'en-US', serviceWorkers: 'block' })
      return { context, page: await context.newPage(), name }
    }),
  )
}

/** Clicks the formula together over a file and makes a study of it; the addresses of the others. */
export async function setUp(
  page: Page,
  url: string,
  path: string,
  formula: Formula,
  filled: (page: Page) => Promise<void> = async () => {},
): Promise<string[]> {
  const { outcome, event, explaining } = formula
  await page.goto(addressOf(url, { page: 'outcomes' }))
  await dropFile(page, path)
  const here = page.getByRole('region', { name: 'Fit here' })
  await here.getByRole('combobox', { name: 'What is explained' }).selectOption(outcome)
  if (event !== null) await here.getByRole('combobox', { name: 'What counts as an event' }).selectOption(event)
  const terms = here.getByRole('group', { name: 'What explains it' })
  for (const name of explaining) await terms.getByRole('checkbox', { name, exact: true }).check()
  await here.getByRole('button', { name: 'Pool it with other owners' }).click()
  const study = page.getByRole('region', { name: 'Pool with other owners' })
  for (const [name, text] of Object.entries(told)) await study.getByRole('textbox', { name }).fill(text)
  await filled(page)
  await study.getByRole('button', { name: 'Make the study' }).click()
  const invitations = page.getByRole('list', { name: 'Invitations' }).getByRole('listitem')
  await expect(invitations).toHaveCount(owners.length - 1)
  return invitations.locator('code').allTextContents()
}

export const part = (page: Page) => page.getByRole('region', { name: 'Your part' })
export const consent = (page: Page) => page.getByRole('region', { name: 'Before the first sum leaves' })
/** How long a study may take to its end where the machine has other things to do, in milliseconds. */
const studyTime = 150_000

/** The model of all rows, once the rounds are at their end. */
export async function expectResults(page: Page): Promise<void> {
  await expect(results(page)).toBeVisible({ timeout: studyTime })
}

export const results = (page: Page) => page.getByRole('region', { name: 'The model of all rows' })

/** What an owner of that name says of itself, by the fields' whole names. */
export const declaredBy = (name: string) => ({
  'What the others call you: the legal name': name,
  'Contact for data protection': `dpo@${name.toLowerCase()}.example`,
  'Legal basis': 'Art. 6 (1) f GDPR',
  'How long what comes of it is kept': 'two years',
})

/** Takes part under a name, once the own rows were checked. */
export async function takePart(owner: Owner): Promise<void> {
  const here = part(owner.page)
  for (const [name, text] of Object.entries(declaredBy(owner.name)))
    await here.getByRole('textbox', { name }).fill(text)
  await here.getByRole('button', { name: 'Take part' }).click()
}

/** The same by keys alone. */
export async function takePartByKeys(owner: Owner): Promise<void> {
  const { page } = owner
  const here = part(page)
  for (const [name, text] of Object.entries(declaredBy(owner.name))) {
    await tabTo(page, here.getByRole('textbox', { name }))
    await page.keyboard.type(text)
  }
  await tabTo(page, here.getByRole('button', { name: 'Take part' }))
  await page.keyboard.press('Enter')
}

/** The code that an owner's page shows. */
export async function codeOf(page: Page): Promise<string> {
  const code = consent(page).getByText(/^[0-9a-f]{5}-[0-9a-f]{5}-[0-9a-f]{5}$/)
  await expect(code).toBeVisible()
  return (await code.textContent()) ?? ''
}

/** What an owner ticks before the first sum leaves. */
export const consented = [
  'I compared the code with all other owners, and it is the same',
  'I may pool these rows for this purpose, and know what the sums tell',
] as const

export async function agree(page: Page): Promise<void> {
  const here = consent(page)
  for (const name of consented) await here.getByRole('checkbox', { name }).check()
  await here.getByRole('button', { name: 'Pool the sums' }).click()
}

/** From the consent's heading, where the focus is once all are there, to the first sum: by keys alone. */
export async function agreeByKeys(page: Page): Promise<void> {
  const here = consent(page)
  await expect(here).toBeFocused()
  for (const name of consented) {
    await tabTo(page, here.getByRole('checkbox', { name }))
    await page.keyboard.press('Space')
  }
  await tabTo(page, here.getByRole('button', { name: 'Pool the sums' }))
  await page.keyboard.press('Enter')
}

/** Every digit that a page shows its owner: the coefficients and their errors, and each figure by its name. */
export async function digitsOf(page: Page) {
  await results(page).getByRole('button', { name: 'All digits, for you alone' }).click()
  const text =
    (await results(page).getByRole('group', { name: 'All digits, for you alone' }).locator('pre').textContent()) ?? ''
  const [table = '', figures = ''] = text.split('\n\n')
  const rows = table
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
  return {
    estimates: rows.map(([, estimate]) => Number(estimate)),
    errors: rows.map(([, , error]) => Number(error)),
    figures: Object.fromEntries(figures.split('\n').map((line) => line.split(',').slice(0, 2))) as Record<
      string,
      string
    >,
  }
}

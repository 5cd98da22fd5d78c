import { readFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { addressOf, download } from '../journey.ts'
import { type RunningServer, root } from '../setting.ts'
import { downloaded, expect, sample } from './fixtures.ts'

/** Both sides of a study whose outcomes are elsewhere, in browsers of their own. */

export const passphrase = 'correct horse battery'

export const step = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

/** The parts of who seals: what is sealed and for whom, the sealing, and the answer. */
export const part = (page: Page) => step(page, 'Outcomes that the other side keeps')
export const sealing = (page: Page) => step(page, 'Seal these records')
export const opening = (page: Page) => step(page, 'Open the other side’s answer')

/** A browser of the other side's own. */
export async function otherSide(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-US', serviceWorkers: 'block' })
  return context.newPage()
}

/** Agrees to what the other side learns, and seals. */
export async function agreeAndSeal(page: Page): Promise<void> {
  const consent = step(page, 'Before the records are sealed')
  await consent.getByRole('checkbox', { name: /^I may seal these records/ }).check()
  await consent.getByRole('button', { name: 'Agree' }).click()
  await sealing(page).getByLabel('New passphrase', { exact: true }).fill(passphrase)
  await sealing(page).getByLabel('New passphrase, again').fill(passphrase)
  await sealing(page).getByRole('button', { name: 'Seal them' }).click()
}

export async function agreeAndAnswer(page: Page): Promise<void> {
  const consent = step(page, 'Before the answer is made')
  await consent.getByRole('checkbox', { name: /^I may give these sums/ }).check()
  await consent.getByRole('button', { name: 'Answer' }).click()
  await expect(step(page, 'The answer')).toBeVisible()
}

/** Some records of loans, and their outcomes beside who they are of. */
const [loansHead = '', ...loans] = readFileSync(sample('credit'), 'utf8').trim().split(/\r?\n/).slice(0, 601)
export const person = (i: number): string => `Customer no. ${100_000 + i}`
export const outcomesOf = (count: number): string =>
  ['Customer,Became', ...loans.slice(0, count).map((line, i) => `${person(i)},${line.split(',')[0]}`)].join('\n')
const loanStudy = JSON.stringify({
  ...JSON.parse(readFileSync(new URL('study/test/fixtures/credit.study.json', root), 'utf8')),
  terms: ['Age', 'Amount'],
  agreement: { organiser: 'Alba Bank plc', contact: 'studies@alba.example', period: '2019 to 2024' },
})

/** Seals the loans without their outcomes in a page; the key's file, and the path of the sealed one. `seen` is called before what is agreed to and after it. */
export async function sealedLoans(
  page: Page,
  server: RunningServer,
  file: (name: string, content: string) => Promise<string>,
  seen: (what: 'consent' | 'sealed') => Promise<void> = async () => {},
): Promise<{ readonly key: string; readonly sealed: string }> {
  await page.goto(addressOf(server.url, { page: 'outcomes' }))
  const columnsOnly = [loansHead, ...loans].map((line) => line.slice(line.indexOf(',') + 1)).join('\n')
  await dropFile(page, await file('loans.csv', columnsOnly))
  await part(page)
    .getByLabel('Choose the study')
    .setInputFiles(await file('loans.study.json', loanStudy))
  await expect(step(page, 'Before the records are sealed')).toBeVisible()
  await seen('consent')
  await agreeAndSeal(page)
  await expect(sealing(page).getByRole('button', { name: 'Save the key file' })).toBeVisible()
  await seen('sealed')
  const key = await downloaded(page, 'Save the key file', true)
  const sealed = join(await mkdtemp(join(tmpdir(), 'sealed-')), 'loans.blindstudy')
  await download(page, sealed, 'Save the sealed records')
  return { key, sealed }
}

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dropFile } from '../dropFile.ts'
import { addressOf } from '../journey.ts'
import { root } from '../setting.ts'
import { flawsOf } from './axe.ts'
import { downloaded, expect, expectAlert, sample, test } from './fixtures.ts'
import { findLeaks } from './leaks.ts'
import { storedBy } from './stored.ts'
import { tabTo } from './tabbing.ts'

/** A vendor's model adapted: changes fitted and agreed to on the customer's page, and put into the model on the vendor's. */

const shipped = new URL('server/models/credit-default.json', root)
const vendor = JSON.parse(readFileSync(shipped, 'utf8'))
const [, ...rows] = readFileSync(sample('credit'), 'utf8').trim().split(/\r?\n/).slice(0, 801)
const person = (i: number): string => `Customer no. ${100_000 + i}`
const scored = (version = vendor.version): string =>
  [
    'Customer,Seniority,Became,linear_predictor,scored_by',
    ...rows.map((line, i) => {
      const [status, seniority] = line.split(',')
      return [person(i), seniority, status, ((i * 37) % 200) / 100 - 1, `${vendor.id} ${version}`].join(',')
    }),
  ].join('\n')

test('a customer agrees to every number that goes back, and the vendor makes of them a model for it alone', async ({
  page,
  wire,
  file,
}) => {
  await page.goto(addressOf(wire.url, { page: 'outcomes' }))
  await dropFile(page, await file('scored.csv', scored()))
  const here = page.getByRole('region', { name: 'Adapt the vendor’s model' })
  await here.getByRole('combobox', { name: 'Column with what came to pass' }).selectOption('Became')
  await here.getByRole('combobox', { name: 'What counts as an event' }).selectOption('bad')
  await here.getByRole('checkbox', { name: 'Seniority' }).check()
  await here.getByRole('button', { name: 'Find the changes' }).click()
  const changes = here.getByRole('table', { name: 'Changes' }).getByRole('row')
  await expect(changes).toHaveCount(3)
  await expect(here).toContainText('Of 800 records')
  const consent = page.getByRole('region', { name: 'Before the vendor gets the changes' })
  await expect(consent.getByRole('button', { name: 'Agree' })).toBeDisabled()
  await expect(consent.getByRole('button', { name: 'Save the changes' })).toBeHidden()
  expect(await flawsOf(page)).toEqual([])
  const shown = (await consent.textContent()) ?? ''
  await consent.getByRole('textbox', { name: 'How long what comes of it is kept' }).focus()
  await tabTo(page, consent.getByRole('checkbox', { name: /^I may give the vendor/ }))
  await page.keyboard.press('Space')
  await tabTo(page, consent.getByRole('button', { name: 'Agree' }))
  await page.keyboard.press('Enter')
  const saved = await downloaded(page, 'Save the changes')
  const receipt = JSON.parse(await downloaded(page, 'Save the receipt'))
  expect(createHash('sha256').update(receipt.consent.text).digest('hex')).toBe(receipt.consent.sha256)
  expect(shown).toContain(receipt.consent.sha256)
  const told = JSON.parse(saved)
  // Each number that is in the file was agreed to as it is there.
  for (const [name, value] of [
    ['(Intercept)', told.intercept],
    ['(Slope)', told.slope],
    ['Seniority', told.terms[0].weight],
  ]) {
    expect(receipt.consent.text).toContain(`- ${name}: ${value}\n`)
  }
  const secrets = rows.map((_, i) => ({ name: `row ${i}`, text: person(i) }))
  expect(wire.sent.length).toBeGreaterThan(1000)
  expect(findLeaks(Buffer.concat([wire.sent, await storedBy(page), Buffer.from(saved)]), secrets)).toEqual([])

  await page.goto(addressOf(wire.url, { page: 'vendor' }))
  await expect(page.getByRole('region', { name: 'Check a model file' })).toBeVisible()
  const path = await file('changes.json', saved)
  await dropFile(page, path)
  const theirs = page.getByRole('region', { name: 'Changes of your model' })
  await expect(theirs).toContainText('Drop that model’s file as well.')
  await dropFile(page, shipped.pathname)
  await theirs.getByRole('textbox', { name: /^The customer’s name/ }).fill('alba')
  await theirs.getByRole('button', { name: 'Make the customer’s model' }).click()
  await expect(theirs.getByRole('table', { name: 'What becomes of the weights' }).getByRole('row')).toHaveCount(3)
  await expect(theirs).toContainText(`--models ${vendor.id}-for-alba`)
  expect(await flawsOf(page)).toEqual([])
  const adapted = JSON.parse(await downloaded(page, 'Save the customer’s model'))
  expect(adapted).toMatchObject({ id: `${vendor.id}-for-alba`, audience: 'named' })
  expect(adapted.verification).toBeUndefined()
  expect(adapted.heads[0].intercept).toBe(vendor.heads[0].intercept + told.intercept)
})

test('scores of another version are not adapted, and changes of another model not applied', async ({
  page,
  server,
  file,
}) => {
  await page.goto(addressOf(server.url, { page: 'outcomes' }))
  await dropFile(page, await file('scored.csv', scored('0.0.1')))
  await expect(page.getByRole('region', { name: 'Adapt the vendor’s model' })).toContainText(
    `the server has version ${vendor.version}`,
  )
  const other = { format: 'blindscore-adaptation/1', model: 'another', version: '1', intercept: 1, slope: 0, terms: [] }
  await page.goto(addressOf(server.url, { page: 'vendor' }))
  await expect(page.getByRole('region', { name: 'Check a model file' })).toBeVisible()
  await dropFile(page, await file('changes.json', JSON.stringify(other)))
  await dropFile(page, shipped.pathname)
  const theirs = page.getByRole('region', { name: 'Changes of your model' })
  await theirs.getByRole('textbox', { name: /^The customer’s name/ }).fill('alba')
  await theirs.getByRole('button', { name: 'Make the customer’s model' }).click()
  await expectAlert(page, 'study/invalid')
})

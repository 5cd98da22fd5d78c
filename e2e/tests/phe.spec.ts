import { readFile } from 'node:fs/promises'
import { dropFile } from '../dropFile.ts'
import { root } from '../setting.ts'
import { downloaded, expect, open, test } from './fixtures.ts'
import { findLeaks } from './leaks.ts'

/** Answers of python-paillier, by what a person finds on the page. */

const fixture = (name: string): string => new URL(`interop/test/fixtures/${name}`, root).pathname

test('numbers that are dropped wait for their private key, are opened and saved, and nothing of it is sent', async ({
  page,
  wire,
}) => {
  await open(page, wire.url, 'salary', null)
  const dialog = page.getByRole('dialog', { name: 'Numbers of python-paillier' })
  await dropFile(page, fixture('answer.json'))
  await expect(dialog).toContainText('answer.json waits for its private key')

  const key = { name: 'custkeys.json', mimeType: 'application/json', buffer: await readFile(fixture('keys.json')) }
  await dialog.getByLabel('Choose a private key').setInputFiles(key)
  await expect(dialog).toContainText('The private key of 2,048 bits is here')
  await expect(dialog.getByRole('table')).toHaveText('771.0757633883509')
  expect(await downloaded(page, 'Save as CSV')).toBe('771.0757633883509\n')

  // What is no file of theirs is said to be none, and what was opened stays.
  const chosen = dialog.getByLabel('Choose numbers')
  await chosen.setInputFiles({ name: 'x.json', mimeType: 'application/json', buffer: Buffer.from('{"values"') })
  await expect(dialog.locator('[role="alert"][data-code]')).toHaveAttribute('data-code', 'phe/syntax')
  await expect(dialog.getByRole('table')).toHaveText('771.0757633883509')

  // Closed, the key is gone.
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
  await dropFile(page, fixture('answer-intercept.json'))
  await expect(dialog).toContainText('waits for its private key')
  await page.keyboard.press('Escape')

  const text = await readFile(fixture('keys.json'), 'utf8')
  const secrets = [...text.matchAll(/"([pq])": (\d+)/g)].map(([, name = '', digits = '']) => ({ name, text: digits }))
  expect(secrets).toHaveLength(2)
  expect(findLeaks(wire.sent, [...secrets, { name: 'answer', text: '771.0757633883509' }])).toEqual([])
})

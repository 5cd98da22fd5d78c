import { dropFile } from '../dropFile.ts'
import { expect, expectScored, open, scoreButton, test } from './fixtures.ts'

/** What is wrong or asked is in sight, and what is asked goes with what it is about. */

const rows = 'id,age,healthy_eating,active_lifestyle,Gender\n1,24,4,6,1\n2,31,3,2,1\n'

test('a dialog’s text stands off its edge, and its question goes with the file that it is about', async ({
  page,
  server,
  file,
}) => {
  await open(page, server.url, 'salary')
  const bar = page.getByRole('region', { name: 'Next' })
  const own = await file('own.csv', rows)
  await dropFile(page, own)
  await scoreButton(page).click()
  await expectScored(page)
  await dropFile(page, own)
  await scoreButton(page).click()
  const asked = page.getByRole('dialog', { name: 'Scored already' })
  const text = asked.getByText('The scores would be the same.')
  const box = async (of: typeof text) => (await of.boundingBox()) ?? { x: 0, width: 0 }
  await expect(text).toBeVisible()
  expect((await box(text)).x).toBeGreaterThan((await box(asked)).x + 8)

  // Its answer would be about another file from here on.
  await dropFile(page, await file('other.csv', `${rows}3,40,5,5,0\n`))
  await expect(bar).toContainText('3 records ready.')
  await expect(asked).toHaveCount(0)
})

test('the bar says what is wrong with a file, and asks how it is read before it asks for a model', async ({
  page,
  server,
  file,
}) => {
  await page.goto(server.url)
  const bar = page.getByRole('region', { name: 'Next' })
  await expect(bar).toContainText('ready')
  await dropFile(page, await file('empty.csv', ''))
  await expect(bar).toContainText('The file is empty.')
  const names = rows.slice(0, rows.indexOf('\n') + 1)
  await dropFile(page, await file('names.csv', names))
  await expect(bar).toContainText('The file has a header but no rows.')
  await dropFile(page, await file('cells.csv', rows.replace(names, '').repeat(3)))
  await expect(bar).toContainText('Is the first line the header?')
  await bar.getByRole('button', { name: 'No', exact: true }).click()
  await expect(bar).toContainText('No model has all its columns in the file.')
  const requests = page.getByRole('table', { name: 'Exchanges with the server' })
  await expect(requests.getByRole('cell', { name: /^Card salary$/ }).first()).toBeVisible()

  // The other side of the line is what it is for the page that is open.
  const there = page.getByRole('complementary', { name: 'Scoring server' })
  await expect(there).toContainText('Sealed numbers')
  await page.getByRole('link', { name: 'Validate and fit' }).click()
  await expect(there).toContainText('sent nowhere')
  await expect(there).not.toContainText('Sealed numbers')
})

import { dropFile } from '../dropFile.ts'
import { downloaded, expect, expectScored, open, sample, test } from './fixtures.ts'

/** From the address to scores with a file of one's own, and what else may be dropped. */

const backup = JSON.stringify({
  format: 'blindscore-key/1',
  bits: 2048,
  fingerprint: 'f',
  kdf: {},
  cipher: {},
  sealed: '',
})

test('one drop and two presses lead to the scores, whatever model stands first; what else is dropped is known', async ({
  page,
  server,
  file,
}) => {
  await page.goto(server.url)
  const bar = page.getByRole('region', { name: 'Next' })
  await expect(bar.getByRole('button', { name: 'Score', exact: true })).toBeVisible()
  await dropFile(page, sample('salary'))
  await expect(page.getByRole('radio', { name: /^Salary/ })).toBeChecked()
  await expect(page).toHaveURL(/model=salary/)
  await bar.getByRole('button', { name: 'Score', exact: true }).click()
  await expectScored(page)
  expect((await downloaded(page, 'Download', true)).split('\n').length).toBeGreaterThan(100)

  // Nobody chose that model: another file has its own.
  await dropFile(page, sample('credit'))
  await expect(page.getByRole('radio', { name: /^Credit default/ })).toBeChecked()
  await expect(bar).toContainText('ready')

  // Where no model has all its columns none is chosen, and the best is offered first.
  await dropFile(page, await file('part.csv', 'age,healthy_eating\n24,4\n'))
  await expect(bar).toContainText('No model has all its columns in the file.')
  await expect(page.getByRole('radio', { checked: true })).toHaveCount(0)
  // Nor does the server's side speak of one.
  await expect(page.getByText('Bytes to it')).toBeVisible()
  await expect(page.getByText('Model’s card')).toHaveCount(0)
  await expect(page.getByRole('region', { name: 'Match' })).toHaveCount(0)
  await bar.getByRole('button', { name: 'Choose' }).click()
  const best = page.getByRole('radio').first()
  await expect(best).toBeFocused()
  // Nothing else may have moved: where the press has led is seen by its ring.
  expect(await best.evaluate((input) => input.matches(':focus-visible'))).toBe(true)
  await expect(best).toHaveAccessibleDescription(/^The file has 2 of its 4 columns/)
  await best.press('Space')
  await expect(page.getByRole('radio', { name: /^Salary/ })).toBeChecked()
  await expect(bar).toContainText('2 columns of the model’s 4 have none in the file.')

  // A model that was chosen stays, and the bar leads to the one that fits.
  await dropFile(page, sample('credit'))
  await expect(bar).toContainText(/^These columns fit Credit default \(\d+ of \d+\)\./)
  await bar.getByRole('button', { name: 'Use it' }).click()
  await expect(page.getByRole('radio', { name: /^Credit default/ })).toBeChecked()
  await expect(bar).toContainText('ready')
  // What fits by itself is folded to a line.
  const columns = page.getByRole('region', { name: 'Match' })
  const folded = columns.getByRole('button', { name: /^\d+ columns match$/, expanded: false })
  await expect(columns.getByRole('combobox')).toHaveCount(0)
  await folded.click()
  await expect(columns.getByRole('combobox').first()).toBeVisible()

  // The bar leads to a part of the page that has yet to come.
  let come = (): void => {}
  const held = new Promise<void>((resolve) => {
    come = resolve
  })
  await page.route('**/assets/HandedFile-*.js', (route) => held.then(() => route.continue()))
  await dropFile(page, await file('records.csv', backup))
  await bar.getByRole('button', { name: 'Look' }).click()
  come()
  const handed = page.getByRole('region', { name: 'A backup of a key' })
  await expect(handed.getByRole('button', { name: 'Restore this key' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog').getByLabel('Passphrase', { exact: true })).toBeVisible()
  await page.keyboard.press('Escape')
  await handed.getByRole('button', { name: 'Put it away' }).click()
  await expect(bar).toContainText('ready')

  await dropFile(page, new URL('../../server/models/salary.json', import.meta.url).pathname)
  await page.getByRole('button', { name: 'Check this model' }).click()
  await expect(page.getByRole('region', { name: 'Before it is served' })).toBeVisible()
})

test('a model named by the address is left for nothing; the bar says what is missing, asks, and takes the answer', async ({
  page,
  server,
  file,
}) => {
  await open(page, server.url, 'salary')
  await dropFile(page, sample('concrete'))
  const bar = page.getByRole('region', { name: 'Next' })
  await expect(bar).toContainText('These columns fit Concrete strength')
  await expect(page.getByRole('radio', { name: /^Salary/ })).toBeChecked()

  // A question of the file's own is asked by the bar, and answered there, either way.
  const commas = await file('commas.csv', 'age;healthy_eating;active_lifestyle;Gender;x\n24;4;6;1;0,5\n31;3;2;1;0,7\n')
  for (const answer of ['Yes', 'No']) {
    await dropFile(page, commas)
    await expect(bar).toContainText('Is 0,5 a number with a decimal comma?')
    await bar.getByRole('button', { name: answer, exact: true }).press('Enter')
    await expect(bar).toContainText('2 records ready.')
  }

  // Scores from earlier are not taken for records unasked.
  await dropFile(
    page,
    await file('old.csv', 'age,healthy_eating,active_lifestyle,Gender,scored_by,score\n24,4,6,1,m 1,2\n'),
  )
  const asRecords = page.getByRole('button', { name: 'Read it as records' })
  await expect(asRecords).toBeVisible()
  await bar.getByRole('button', { name: 'Look' }).click()
  await expect(asRecords).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(bar).toContainText('1 record ready.')
})

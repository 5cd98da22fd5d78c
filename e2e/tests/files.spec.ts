import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { dropFile } from '../dropFile.ts'
import { prepareRun, score } from '../journey.ts'
import { fetched } from './fetched.ts'
import { downloaded, expect, expectAlert, open, sample, scoreButton, scoreThrough, test } from './fixtures.ts'
import { expectScores, plainRows, shippedModel } from './plainModel.ts'

/** Files as people have them, through the page. */

const salary = shippedModel('salary')
const header = 'age,healthy_eating,active_lifestyle,Gender'
const good = '24,4,6,1'

const problems = (page: Page) => page.getByRole('list', { name: "Rows that can't be scored" })

test('ragged rows are listed by line and left out only by consent', async ({ page, server, file }) => {
  await open(page, server.url, 'salary')
  await dropFile(page, await file('ragged.csv', `${header}\n${good}\n24,4\n${good}\n24,4,6,1,9\n${good}\n`))
  await expect(problems(page).locator('[data-code="row/ragged"]')).toBeVisible()
  const places = problems(page).getByRole('row')
  await expect(places.filter({ hasText: '2 cells' })).toContainText('3')
  await expect(places.filter({ hasText: '5 cells' })).toContainText('5')
  await expect(scoreButton(page)).toBeDisabled()
  await page.getByRole('checkbox', { name: 'Leave out 2 rows' }).check()
  await expect(scoreButton(page)).toHaveText('Score 3 records')
  await score(page)
  const amount = expect.stringMatching(/^1740\.29347/)
  const scored = [...good.split(','), '', expect.stringMatching(/^salary /), amount, amount]
  const ragged = (cells: readonly string[]) => [...cells, expect.stringContaining('row/ragged'), '', '', '']
  expect(plainRows(await downloaded(page)).rows).toEqual([
    scored,
    ragged(['24', '4', '', '']),
    scored,
    ragged(['24', '4', '6', '1,9']),
    scored,
  ])
  const left = plainRows(await downloaded(page, 'Download rows left out'))
  expect(left.rows.map((row) => row.slice(0, 2))).toEqual([
    ['24', '4'],
    ['24', '4'],
  ])
})

test('cells that are no numbers or out of range are listed with row, column, text and range', async ({
  page,
  server,
  file,
}) => {
  const bad = ['', 'NaN', 'Infinity', '1e999', '0x10', '1_000', '\u22121', '15', '101', '24.5', 'abc']
  const rows = bad.map((cell) => `${cell},4,6,1`)
  await open(page, server.url, 'salary')
  await dropFile(page, await file('bad.csv', [header, good, ...rows, good].join('\n')))
  await expect(page.getByRole('checkbox', { name: `Leave out ${bad.length} rows` })).toBeVisible()
  await expect(scoreButton(page)).toHaveText('Score 2 records')
  await expect(problems(page)).toContainText('16 to 100 years')
  for (const code of ['cell/missing', 'cell/not-a-number', 'cell/range', 'cell/precision']) {
    await expect(problems(page).locator(`[data-code="${code}"]`).first()).toBeVisible()
  }
  for (const show of await problems(page)
    .getByRole('button', { name: /^Show / })
    .all())
    await show.click()
  for (const [i, cell] of bad.entries()) {
    const field = page.getByRole('textbox', { name: `Read as: age, line ${i + 3}`, exact: true })
    const place = problems(page).getByRole('row').filter({ has: field })
    await expect(place).toHaveText(`${i + 2}${i + 3}${cell || '(empty)'}`)
  }
  // One of them is typed over, and says so in the saved file, whose own cells stay as they are.
  await problems(page).getByRole('textbox', { name: 'Read as: age, line 13' }).fill('24')
  await page.keyboard.press('Enter')
  await expect(scoreButton(page)).toHaveText('Score 3 records')
  await page.getByRole('checkbox', { name: `Leave out ${bad.length - 1} rows` }).check()
  await score(page)
  const saved = plainRows(await downloaded(page))
  expect(saved.rows[11]?.[0]).toBe('abc')
  expect(saved.rows[11]?.[saved.header.indexOf('counted_as')]).toBe('age: typed = 24')
  expect(saved.rows[11]?.at(-1)).toMatch(/^1740\.29347/)
})

for (const [what, end] of [
  ['without a last line end', ''],
  ['that ends in a lone CR', '\r'],
] as const) {
  test(`a file ${what} is checked to its end, and its bad row can be left out`, async ({ page, server, file }) => {
    await open(page, server.url, 'salary')
    // Several times: what comes late does not always come too late.
    for (let i = 0; i < 4; i++) {
      await dropFile(page, await file(`end-${i}.csv`, `${header}\n${good}\n200,4,6,1${end}`))
      await expect(page.getByRole('region', { name: 'Check' }).getByRole('status')).toHaveText(/^1 record will be/)
      await page.getByRole('checkbox', { name: 'Leave out 1 row' }).check()
      await expect(scoreButton(page)).toBeEnabled()
    }
    await score(page)
    const { rows } = plainRows(await downloaded(page))
    expect(rows.map((row) => row.at(-1) !== '')).toEqual([true, false])
  })
}

test('a file in which nothing can be scored is said so', async ({ page, server, file }) => {
  await open(page, server.url, 'salary')
  await dropFile(page, await file('none.csv', `${header}\n1,4,6,1\n2,4,6,1\n`))
  await expectAlert(page, 'run/nothing-to-score')
  await expect(scoreButton(page)).toHaveCount(0)
})

test('columns of one name, of none and of dangerous names all stay', async ({ page, server, file }) => {
  const names = ['__proto__', 'constructor', '', 'note', 'note', ...header.split(',')]
  const cells = ['p', 'c', 'e', 'n1', 'n2', ...good.split(',')]
  await open(page, server.url, 'salary')
  const { text } = await scoreThrough(page, await file('names.csv', `${names}\n${cells}\n`))
  const { header: saved, rows } = plainRows(text)
  expect(saved).toEqual([...names, 'scored_by', 'linear_predictor', 'score'])
  expect(rows[0]?.slice(0, -3)).toEqual(cells)
  const preview = page.getByRole('region', { name: 'Preview' })
  await expect(preview).toContainText('Without a name: column 3')
  await expect(preview).toContainText('“note” stands more than once')
  const unused = page.getByRole('list', { name: 'Stays here' })
  await expect(unused.getByRole('listitem')).toHaveCount(5)
})

test('a column that the model needs twice is left to the person', async ({ page, server, file }) => {
  await open(page, server.url, 'salary')
  await dropFile(page, await file('twice.csv', `age,${header}\n30,${good}\n`))
  const select = page.getByRole('combobox', { name: 'Column for age' })
  await expect(select).toHaveValue('')
  await expect(scoreButton(page)).toHaveCount(0)
  await select.selectOption('1')
  await score(page)
  expect(plainRows(await downloaded(page)).rows[0]?.at(-1)).toMatch(/^1740\.29347/)
})

test('missing columns are named; columns in another order and too many of them are not', async ({
  page,
  server,
  file,
}) => {
  await open(page, server.url, 'salary')
  await dropFile(page, await file('missing.csv', 'Gender,x,age\n1,2,24\n'))
  await expectAlert(page, 'columns/missing')
  const text = page.locator('[role="alert"][data-code="columns/missing"]')
  await expect(text).toContainText('healthy_eating')
  await expect(text).toContainText('active_lifestyle')
  await expect(scoreButton(page)).toHaveCount(0)

  // One value for all records stands for a column, where the model takes it; it is said, saved, and taken back.
  const one = (name: string) => page.getByRole('textbox', { name: `One value for ${name} in every record` })
  await one('healthy_eating').fill('400')
  await one('healthy_eating').press('Enter')
  await expect(page.getByText('The model does not take “400” here.')).toBeVisible()
  await one('healthy_eating').fill('4')
  await one('healthy_eating').press('Enter')
  await one('active_lifestyle').fill('6')
  await one('active_lifestyle').press('Enter')
  await expect(page.getByText('active_lifestyle: the file has no such column; 1 record counts as 6.')).toBeVisible()
  await score(page)
  const [given] = plainRows(await downloaded(page)).rows
  expect(given?.join(',')).toContain('healthy_eating: given = 4; active_lifestyle: given = 6')
  await page.getByRole('button', { name: 'Undo: healthy_eating, “4” in every record' }).click()
  await expectAlert(page, 'columns/missing')

  await dropFile(page, await file('order.csv', 'x,Gender,active_lifestyle,y,healthy_eating,age\nu,1,6,v,4,24\n'))
  await prepareRun(page)
  await score(page)
  const { rows } = plainRows(await downloaded(page))
  expect(rows[0]?.slice(0, -3)).toEqual(['u', '1', '6', 'v', '4', '24'])
  expect(rows[0]?.at(-1)).toMatch(/^1740\.29347/)
})

test('semicolons and decimal commas are found, shown and confirmed', async ({ page, server, file }) => {
  const text = readFileSync(sample('concrete'), 'utf8')
  const head = text.split('\n').slice(0, 60).join('\n')
  const german = head.replaceAll(',', ';').replaceAll('.', ',')
  await open(page, server.url, 'concrete-strength')
  await dropFile(page, await file('german.csv', german))
  await expect(page.getByRole('combobox', { name: 'Delimiter' })).toHaveValue(';')
  await expect(page.getByRole('combobox', { name: 'Decimal mark' })).toHaveValue(',')
  await expect(scoreButton(page)).toHaveCount(0)
  await page.getByRole('button', { name: 'Read numbers with a decimal comma' }).click()
  await score(page)
  const back = (await downloaded(page)).replaceAll(',', '.').replaceAll(';', ',')
  expectScores(shippedModel('concrete-strength'), head, back)
})

for (const [what, content, code] of [
  ['an empty file', '', 'file/empty'],
  ['a header alone', `${header}\n`, 'file/empty'],
  ['a quote that never closes', `${header}\n24,"4,6,1\n${good}\n`, 'file/unterminated-quote'],
  ['an archive', new Uint8Array([0x50, 0x4b, 3, 4, 20, 0]), 'file/not-text'],
  [
    'damaged UTF-8',
    new Uint8Array([...Buffer.from(`${header}\né,4,6,1\nü,4,6,1\n`), 0xe9, 0x2c, 0x0a]),
    'file/encoding',
  ],
] as const) {
  test(`${what} is refused by name`, async ({ page, server, file }) => {
    await open(page, server.url, 'salary')
    await dropFile(page, await file('bad.csv', content))
    await expectAlert(page, code)
    await expect(scoreButton(page)).toHaveCount(0)
    // The page goes on with the next file.
    await dropFile(page, await file('good.csv', `${header}\n${good}\n`))
    await expect(scoreButton(page)).toHaveText('Score 1 record')
    await expect(page.locator('[role="alert"]')).toHaveCount(0)
  })
}

test('one row less than a ciphertext holds, just as many and one more come back right', async ({
  page,
  server,
  file,
}) => {
  const { slotBits } = (await (await fetch(`${server.url}v1/models/salary`)).json()) as { slotBits: number }
  const slots = Math.floor(2047 / slotBits)
  const { header: names, rows } = plainRows(readFileSync(sample('salary'), 'utf8'))
  await open(page, server.url, 'salary')
  for (const count of [1, slots - 1, slots, slots + 1]) {
    const dropped = [names, ...rows.slice(0, count)].map((row) => row.join(',')).join('\n')
    const { text } = await scoreThrough(page, await file(`rows-${count}.csv`, dropped))
    expectScores(salary, dropped, text)
  }
})

test('what a spreadsheet could run is made harmless, and numbers stay numbers', async ({ page, server, file }) => {
  const hostile = ['=1+1', '+1+1', '@SUM(1)', '-2+3', '\t=1', '=1+1\nx', '-7', '+7.5']
  const quoted = hostile.map((cell) => `"${cell}",${good}`)
  await open(page, server.url, 'salary')
  const { text } = await scoreThrough(page, await file('formula.csv', [`=note,${header}`, ...quoted].join('\n')))
  expect(text.startsWith("'=note,")).toBe(true)
  for (const cell of hostile.slice(0, -2)) expect(text).toContain(`'${cell}`)
  expect(text).toMatch(/^-7,24,/m)
  expect(text).toMatch(/^\+7\.5,24,/m)
  expect(text).not.toMatch(/(^|,|\n)"?[=@]/)
})

test('script in a cell, a header or a model’s title is shown as text', async ({ page, server, file }) => {
  const script = '<img src=x onerror="window.broken=1"><script>window.broken=1</script>'
  const dialogs: string[] = []
  page.on('dialog', (dialog) => dialogs.push(dialog.message()))
  await page.route('**/v1/models', async (route) => {
    const response = await fetched(route)
    const body = (await response.json()) as { models: { title: string; outcome: string; description: string }[] }
    for (const model of body.models) model.title = model.outcome = model.description = script
    await route.fulfill({ response, json: body })
  })
  await open(page, server.url, 'salary')
  const quoted = `"${script.replaceAll('"', '""')}"`
  await dropFile(page, await file('script.csv', `${quoted},${header}\n${quoted},${good}\nx,${quoted},4,6,1\n`))
  await page.getByRole('checkbox', { name: 'Leave out 1 row' }).check()
  await score(page)
  await expect(page.getByRole('radio', { name: script }).first()).toBeVisible()
  await expect(page.getByRole('table', { name: 'First rows' })).toContainText(script)
  expect(await page.evaluate(() => (window as unknown as { broken?: number }).broken)).toBeUndefined()
  expect(await page.locator('img[src="x"], script:not([src])').count()).toBe(0)
  expect(dialogs).toEqual([])
})

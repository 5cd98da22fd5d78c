import { dropFile } from '../dropFile.ts'
import { prepareRun } from '../journey.ts'
import { fetched } from './fetched.ts'
import { expect, expectAlert, expectScored, open, sample, scoreButton, test } from './fixtures.ts'

test('what the server’s hour has no room for is not sent, and goes when the person says so', async ({
  page,
  server,
}) => {
  await page.route('**/v1/models', async (route) => {
    const response = await fetched(route)
    const budget = { perHour: 1500, left: 300, fullIn: 1500 }
    await route.fulfill({ response, json: { ...(await response.json()), budget } })
  })
  const statuses: number[] = []
  page.on('response', (response) => {
    if (response.url().endsWith('/scores')) statuses.push(response.status())
  })
  await open(page, server.url, 'salary')
  await dropFile(page, sample('salary'))
  await prepareRun(page)
  await expect(page.getByRole('region', { name: 'Next' })).toContainText(/ready: [1-9]\d* now, the rest from/)
  await scoreButton(page).click()
  await expectAlert(page, 'request/budget')
  await expect(page.getByText(/budget is spent, trying again in 2\d min/).first()).toBeVisible()
  // The server of this test would have taken all of them. What was on its way when the run paused is answered afterwards.
  await expect.poll(() => statuses.length).toBeGreaterThan(0)
  expect(new Set(statuses)).toEqual(new Set([200]))
  await page.getByRole('button', { name: 'Resume' }).first().click()
  await expectScored(page)
})

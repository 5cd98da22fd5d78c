import { expect, test } from 'vitest'
import { shippedCard } from '../../web/session/test/partners.ts'
import { prepare } from '../prepare.ts'
import { parseScoreOptions } from '../scoreOptions.ts'

const { card, shipped } = shippedCard('concrete-strength')
const names = card.features.map(({ name }) => name)
const [first = ''] = names
// One column with a decimal comma among others with a decimal point.
const row = names.map((name) => (name === first ? '200,5' : shipped.rows[0]?.[name]))
const text = `${names.join(';')};note\n${row.join(';')};1.25\n`

async function told(...argv: string[]) {
  const options = parseScoreOptions(['--server', 'http://a', '--model', 'a', ...argv])
  const said: string[] = []
  const { report } = await prepare(new Blob([text]), card, options, (line) => said.push(line.trim()))
  return { report, said }
}

test('numbers that are written otherwise are refused with the option that reads them', async () => {
  const { report, said } = await told()
  expect(report.scorable).toBe(0)
  const hint = said.find((line) => line.startsWith('--marks')) ?? ''
  expect(hint).toBe(`--marks ${first}=decimals would read 1 of these cells`)
  const mended = await told('--marks', hint.split(' ')[1] ?? '')
  expect(mended.report.scorable).toBe(1)
  expect(mended.said.join()).not.toContain('--marks')
})

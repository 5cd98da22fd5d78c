import { expect, test } from 'vitest'
import { shippedCard } from '../../web/session/test/partners.ts'
import { UsageError } from '../command.ts'
import { prepare } from '../prepare.ts'
import { parseScoreOptions } from '../scoreOptions.ts'

const { card } = shippedCard('salary')
const text = 'healthy_eating,active_lifestyle,Gender\n4,6,1\n3,2,0\n'

async function told(...argv: string[]) {
  const options = parseScoreOptions(['--server', 'http://a', '--model', 'a', ...argv])
  const said: string[] = []
  const { report } = await prepare(new Blob([text]), card, options, (line) => said.push(line.trim()))
  return { report, said }
}

test('one value stands for a column that the records do not have, and is said', async () => {
  const { report, said } = await told('--value', 'age=24')
  expect(report).toMatchObject({ scorable: 2, leftOut: 0 })
  expect(said).toContain('age: the file has no such column; 2 records count as 24.')
})

test('it is for a feature without a column, and one that the model takes', async () => {
  await expect(told()).rejects.toMatchObject({ code: 'columns/missing' })
  await expect(told('--value', 'age=24', '--value', 'Gender=1')).rejects.toThrow(UsageError)
  await expect(told('--value', 'age=old')).rejects.toThrow(UsageError)
  await expect(told('--value', 'age=24', '--value', 'years=24')).rejects.toMatchObject({ code: 'columns/missing' })
  expect(() => parseScoreOptions(['--server', 'http://a', '--model', 'a', '--value', 'age'])).toThrow(UsageError)
})

import { expect, test } from 'vitest'
import { shippedCard } from '../../web/session/test/partners.ts'
import { UsageError } from '../command.ts'
import { prepare } from '../prepare.ts'
import { parseScoreOptions } from '../scoreOptions.ts'

const { card } = shippedCard('salary')

async function told(names: Buffer, encoding?: string) {
  const file = new Blob([`who,age,healthy_eating,active_lifestyle,Gender\n`, new Uint8Array(names), `,24,4,6,1\n`])
  const argv = ['--server', 'http://a', '--model', 'a', ...(encoding === undefined ? [] : ['--encoding', encoding])]
  const said: string[] = []
  const { report, plan } = await prepare(file, card, parseScoreOptions(argv), (line) => said.push(line))
  return { report, encoding: plan.format.encoding, said: said.join('\n') }
}

/** "Иванов" in KOI8-R. */
const ivanov = Buffer.from([0xe9, 0xd7, 0xc1, 0xce, 0xcf, 0xd7, 0x2d, 0xf0, 0xc5, 0xd4, 0xd2, 0xcf, 0xd7])

test('a file that is not UTF-8 is read as its letters say, where that is asked for', async () => {
  await expect(told(ivanov)).rejects.toMatchObject({ code: 'file/encoding' })
  const { report, encoding, said } = await told(ivanov, 'auto')
  expect(report).toMatchObject({ scorable: 1 })
  expect(encoding).toBe('koi8-r')
  expect(said).toContain('KOI8-R')
  expect(said).not.toContain('Иванов')
  expect((await told(Buffer.from('Иванов'), 'auto')).encoding).toBe('utf-8')
})

test('where letters leave a doubt, nothing is read, and what they may be is said', async () => {
  const refused = told(Buffer.from('5 \xb0', 'latin1'), 'auto')
  await expect(refused).rejects.toThrow(UsageError)
  await expect(refused).rejects.toThrow(/may be windows-1252, .*--encoding/)
})

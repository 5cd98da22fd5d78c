import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readBrand } from '../brandFile.ts'
import { UsageError } from '../command.ts'

/** What an operator wrote of who answers, and what is wrong with it. */

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blindscore-brand-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function reading(text: string) {
  const file = join(folder, 'brand.json')
  await writeFile(file, text)
  return readBrand(file)
}

test('is read, also as an editor of Windows leaves it', async () => {
  const said = { name: 'XYZ', terms: 'Be kind.', contact: 'mailto:scores@xyz.example' }
  expect(await reading(`\uFEFF${JSON.stringify(said)}\r\n`)).toEqual({ ...said, terms: { text: 'Be kind.' } })
})

test.each([
  ['{ "name": "XYZ", }', 'it has to be JSON'],
  ['["XYZ"]', 'it has to be JSON'],
  ['{ "terms": "Be kind." }', '"name" has to be there'],
  ['{ "name": 7 }', '"name" has to be there'],
  ['{ "name": "XYZ", "terms": "http://xyz.example/terms" }', '"terms" has to be an address that begins with https://'],
  ['{ "name": "XYZ", "contact": "scores@xyz.example" }', '"contact" has to be an address that begins with'],
  ['{ "name": "XYZ", "logo": "xyz.svg" }', '"logo" is none of "name", "terms" and "contact"'],
  ['{ "name": "XYZ", "toString": "x" }', '"toString" is none of'],
])('%s is refused with what is wrong', async (text, wrong) => {
  const refusal = await reading(text).catch((thrown: unknown) => thrown)
  expect(refusal).toBeInstanceOf(UsageError)
  expect((refusal as UsageError).message).toContain(wrong)
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { readModelFile } from '../modelFile.ts'
import { ModelReader } from '../modelReader.ts'
import { secretOf } from '../secret.ts'
import { fixture } from './support/world.ts'

/** Model files that are read where nobody waits for an answer. */

const threadFile = new URL('../../dist/server/modelThread.js', import.meta.url)
const { openingOf } = secretOf(new Uint8Array(32), true)

let folder: string
const at = (name: string) => [join(folder, name), join(folder, 'none')] as const
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reader-'))
  writeFileSync(at('tiny.json')[0], fixture('tiny'))
  writeFileSync(at('bad.json')[0], `${fixture('tiny')},`)
})
afterAll(() => rmSync(folder, { recursive: true }))

test('a model file is parsed in a thread of its own, and comes to the same as here, also where it is not fit', async () => {
  const reader = new ModelReader(openingOf, threadFile)
  const parsed = vi.spyOn(JSON, 'parse')
  const counted = async (read: () => Promise<unknown>) => {
    const before = parsed.mock.calls.length
    const found = await read()
    return { found, parses: parsed.mock.calls.length - before }
  }
  try {
    for (const name of ['tiny.json', 'bad.json', 'none.json']) {
      const here = await counted(() => readModelFile(at(name), openingOf))
      const there = await counted(() => reader.read(at(name)))
      expect(there.found).toEqual(here.found)
      expect([name, here.parses > 0, there.parses]).toEqual([name, name !== 'none.json', 0])
    }
  } finally {
    parsed.mockRestore()
    await reader.close()
  }
})

test('a model file that ends its thread is refused, and the next one is read in another', async () => {
  const dying = new ModelReader(openingOf, new URL('./fixtures/dying-reader.mjs', import.meta.url))
  try {
    for (let time = 0; time < 2; time++) {
      const { stamp, outcome } = await dying.read(at('tiny.json'))
      expect(outcome).toMatchObject({ error: { code: 'model/invalid', fault: 'modelFileTooLarge' } })
      expect(stamp).toBe((await readModelFile(at('tiny.json'))).stamp)
    }
  } finally {
    await dying.close()
  }
})

test('the secret that openings follow from stays where it is: the thread is told one opening for each model', async () => {
  const asked: string[] = []
  const told = async (model: string) => {
    asked.push(model)
    return openingOf(model)
  }
  const reader = new ModelReader(told, threadFile)
  try {
    const { outcome } = await reader.read(at('tiny.json'))
    expect(asked).toEqual(['tiny'])
    expect('value' in outcome && outcome.value.card.commitment).toMatch(/^[0-9a-f]{64}$/)
  } finally {
    await reader.close()
  }
})

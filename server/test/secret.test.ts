import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { sha256 } from '../../core/test/sources.ts'
import { commitmentTo } from '../../model/commitment.ts'
import { parseModelFile } from '../../model/modelFile.ts'
import { reviewModel } from '../../model/verdict.ts'
import { defaultSecretFile, readSecret, secretOf } from '../secret.ts'
import { fixture, tiny } from './support/world.ts'

const folder = mkdtempSync(join(tmpdir(), 'secret-'))
afterAll(() => rmSync(folder, { recursive: true }))
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe('the secret', () => {
  test('is made once, whole, however many servers start at once, and leaves nothing beside it', async () => {
    const file = join(folder, 'new', 'deep', 'secret')
    const secrets = await Promise.all(Array.from({ length: 20 }, () => readSecret(file, {})))
    expect(new Set(secrets.map(({ openingOf }) => hex(openingOf('m')))).size).toBe(1)
    expect(secrets.every(({ kept }) => kept)).toBe(true)
    expect(readdirSync(join(folder, 'new', 'deep'))).toEqual(['secret'])
    expect(readFileSync(file, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/)
  })

  test('is never written over: what is no secret is refused, and a place where none can be made is named', async () => {
    const bad = join(folder, 'bad')
    writeFileSync(bad, 'x\n')
    await expect(readSecret(bad, {})).rejects.toMatchObject({ fault: 'secretShape', facts: { file: bad } })
    expect(readFileSync(bad, 'utf8')).toBe('x\n')
    await expect(readSecret(folder, {})).rejects.toMatchObject({ fault: 'secretUnreadable' })
    await expect(readSecret(join(bad, 'below', 'a', 'file'), {})).rejects.toMatchObject({ fault: 'secretUnwritable' })
  })

  test('is this process’s alone where none was named and none can be kept', async () => {
    const env = { XDG_STATE_HOME: join(folder, 'bad') }
    const [a, b] = [await readSecret(undefined, env), await readSecret(undefined, env)]
    expect([a.kept, b.kept, hex(a.openingOf('m')) === hex(b.openingOf('m'))]).toEqual([false, false, false])
    expect(defaultSecretFile({ XDG_STATE_HOME: '/s' })).toBe('/s/blindscore/secret')
    expect(defaultSecretFile({})).toMatch(/\.local\/state\/blindscore\/secret$/)
  })
})

describe('a commitment', () => {
  const commitment = async (opening: Uint8Array, heads = tiny.heads) => commitmentTo(heads, opening, sha256)
  const one = new Uint8Array(32)

  test('is another one for any other weight, constant, order or number of heads, or opening', async () => {
    const [head] = tiny.heads
    if (head === undefined) throw new Error('tiny has a head')
    const at = (j: number, by: number) => ({ ...head, weights: head.weights.map((w, i) => (i === j ? w + by : w)) })
    const others = [
      ...Array.from(head.weights.keys()).flatMap((j) => [[at(j, 1)], [at(j, -1)]]),
      [{ ...head, constant: head.constant + 1n }],
      [{ ...head, weights: head.weights.toReversed() }],
      [{ ...head, weights: head.weights.slice(1) }],
      [head, head],
      [],
    ]
    const all = [await commitment(one), await commitment(new Uint8Array(32).fill(1))]
    for (const heads of others) all.push(await commitment(one, heads))
    expect(new Set(all).size).toBe(all.length)
    expect(await commitment(one, [structuredClone(head)])).toBe(all[0])
  })

  test('needs an opening of 32 bytes, which the secret makes for each model', async () => {
    for (const length of [0, 31, 33]) await expect(commitment(new Uint8Array(length))).rejects.toThrow()
    const { openingOf } = secretOf(new Uint8Array(32), true)
    expect([openingOf('a').length, hex(openingOf('a')) === hex(openingOf('b'))]).toEqual([32, false])
  })

  test('is in the card, and so in its hash; a verdict without a server has none', async () => {
    const file = parseModelFile(fixture('tiny'))
    const { card } = await reviewModel(file, sha256, () => one)
    expect(card.commitment).toBe(await commitment(one))
    const other = (await reviewModel(file, sha256, () => new Uint8Array(32).fill(1))).card
    expect([other.hash === card.hash, tiny.card.commitment]).toEqual([false, undefined])
  })
})

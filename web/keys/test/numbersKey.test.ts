import { describe, expect, test } from 'vitest'
import { platform } from '../../../client/owner/platform.ts'
import { fixture, pheKey } from '../../../interop/test/phe.ts'
import { ownerEngines } from '../../../kernel/ownerEngines.ts'
import { errorOf } from '../../../reader/test/files.ts'
import { NumbersKey } from '../numbersKey.ts'

const file = (name: string): Blob => new Blob([fixture(name)])
const fresh = () => new NumbersKey(ownerEngines().engines, platform)
const opened = { kind: 'numbers', records: [['771.0757633883509']] }

describe('a key of python-paillier', () => {
  test.each(['keys.json', 'private.jwk', 'private-lambda.jwk'])('%s opens its numbers', async (name) => {
    const key = fresh()
    const taken = await key.takeIn(file(name))
    expect(taken).toEqual({ kind: 'key', bits: 2048, fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(await key.takeIn(file('answer.json'))).toEqual(opened)
    expect(await key.takeIn(file('pheutil.txt'))).toEqual({ kind: 'numbers', records: [['24', '4', '6', '1']] })
  })

  test('nothing opens before there is one, and a file that is refused leaves it as it was', async () => {
    const key = fresh()
    expect((await errorOf(key.takeIn(file('answer.json')))).code).toBe('key/locked')
    await key.takeIn(file('private.jwk'))
    const damaged = fixture('keys.json').replace(/"p": \d+/, '"p": 15')
    expect((await errorOf(key.takeIn(new Blob([damaged])))).code).toBe('key/invalid')
    expect((await errorOf(key.takeIn(file('public.jwk')))).code).toBe('phe/syntax')
    expect((await errorOf(key.takeIn(new Blob(['no file of ours'])))).code).toBe('phe/syntax')
    const other = fixture('numbers.json').replaceAll(String(pheKey.n), String(pheKey.n - 2n))
    expect((await errorOf(key.takeIn(new Blob([other])))).code).toBe('phe/key')
    expect(await key.takeIn(file('answer.json'))).toEqual(opened)
  })
})

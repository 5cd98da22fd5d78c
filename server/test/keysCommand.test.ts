import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { UsageError } from '../../cli/command.ts'
import { keys } from '../../cli/keys.ts'
import { secureRandom } from '../../core/test/sources.ts'
import { readAccessFile } from '../access/accessFile.ts'
import { writeDigested } from '../digested.ts'
import { readSecret, secretOf } from '../secret.ts'
import { addKey } from './support/accessKeys.ts'

/** The command that enters who may ask, lists, takes back and seals. */

const secret = secretOf(secureRandom(32), true)
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blindscore-keys-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('blindscore keys', () => {
  const command = (...args: string[]) =>
    promisify(execFile)(
      process.execPath,
      [new URL('../../dist/cli/blindscore.js', import.meta.url).pathname, ...args],
      {
        env: { ...process.env, XDG_STATE_HOME: join(folder, 'state') },
      },
    )

  test('makes, lists and takes back; a key is printed once', async () => {
    const made = await command(
      'keys',
      'add',
      'ABC Ltd',
      '--models',
      'salary,credit-default',
      '--records-per-hour',
      '5000',
      '--expires',
      '30d',
    )
    const text = made.stdout.trim()
    expect(text).toMatch(/^bsk_[0-9a-f]{80}$/)
    const id = text.slice(4, 12)
    const before = (await command('keys', 'list')).stdout
    expect(before).toMatch(
      new RegExp(`^${id}\\tABC Ltd\\tuntil \\d{4}-\\d\\d-\\d\\d\\tsalary,credit-default\\t5000 records an hour\n$`),
    )
    expect(before + made.stderr).not.toContain(text.slice(12, 76))
    await command('keys', 'revoke', id)
    expect((await command('keys', 'list')).stdout).toMatch(/\trevoked \d{4}-/)
    await expect(command('keys', 'revoke', '00000000')).rejects.toMatchObject({ code: 1 })
  })

  test('has a key end with the day that was said, and says that day', async () => {
    const { stdout, stderr } = await command('keys', 'add', 'ABC', '--expires', '2030-12-31')
    expect(stderr).toContain('until 2030-12-31.')
    const list = (await command('keys', 'list')).stdout.split('\n')
    expect(list.find((line) => line.startsWith(stdout.slice(4, 12)))).toContain('\tuntil 2030-12-31\t')
  })

  test('changes no file under a secret that is not there or not its own, and makes no secret beside one', async () => {
    const own = join(folder, 'asked.json')
    await addKey(own, secret, { name: 'of the server' })
    const before = await readFile(own, 'utf8')
    const { changes, keys: kept } = await readAccessFile(own, secret)
    const clear = writeDigested({ format: 'blindscore-access/1', changes, keys: kept })
    const nowhere = join(folder, 'no-secret')
    const id = kept[0]?.id ?? ''
    for (const text of [before, clear]) {
      await writeFile(own, text)
      for (const words of [['list'], ['revoke', id], ['add', 'ABC'], ['seal']])
        await expect(keys.run([...words, '--keys-file', own, '--secret-file', nowhere])).rejects.toMatchObject({
          fault: 'secretMissing',
        })
      await expect(stat(nowhere)).rejects.toMatchObject({ code: 'ENOENT' })
      expect(await readFile(own, 'utf8')).toBe(text)
    }
    const file = ['--keys-file', own, '--secret-file', join(folder, 'other-secret')]
    await readSecret(join(folder, 'other-secret'), {})
    await expect(keys.run(['revoke', id, ...file])).rejects.toMatchObject({ fault: 'accessFileClear' })
    await expect(keys.run(['seal', '--keys-file', own])).rejects.toThrow(UsageError)
    const none = ['--keys-file', join(folder, 'none.json'), ...file.slice(2)]
    await expect(keys.run(['seal', ...none])).rejects.toMatchObject({ fault: 'accessFileUnreadable' })
    await writeFile(own, before)
    for (const words of [['list'], ['revoke', id], ['add', 'ABC'], ['seal']])
      await expect(keys.run([...words, ...file])).rejects.toMatchObject({ fault: 'accessFileOtherSecret' })
    expect(await readFile(own, 'utf8')).toBe(before)
  })

  test('lists what is in the clear, says so, and seals it where it is asked to', async () => {
    const own = join(folder, 'state', 'blindscore', 'access.json')
    await command('keys', 'add', 'of before')
    const list = (await command('keys', 'list')).stdout
    const here = await readSecret(join(folder, 'state', 'blindscore', 'secret'), {})
    const { changes, keys: kept } = await readAccessFile(own, here)
    await writeFile(own, writeDigested({ format: 'blindscore-access/1', changes, keys: kept }))
    const told = await command('keys', 'list')
    expect([told.stdout, told.stderr]).toEqual([list, expect.stringContaining('is in the clear')])
    await command('keys', 'seal')
    expect(await command('keys', 'list')).toEqual({ stdout: list, stderr: '' })
    expect(await readFile(own, 'utf8')).not.toContain('of before')
  })

  test('does not take a file that nobody may look at for none', async () => {
    const place = join(folder, 'place')
    await writeFile(place, 'no folder')
    for (const words of [['list'], ['add', 'ABC']])
      await expect(
        keys.run([...words, '--keys-file', join(place, 'access.json'), '--secret-file', join(folder, 'never')]),
      ).rejects.toMatchObject({ fault: 'secretMissing' })
    await expect(stat(join(folder, 'never'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test.each([
    ['add'],
    ['add', 'ABC', '--expires', '2020-01-01'],
    ['add', 'ABC', '--expires', '2030-02-30'],
    ['add', 'ABC', '--expires', 'never'],
    ['add', 'ABC', '--records-per-hour', '0'],
    ['add', 'ABC', '--models', 'Salary!'],
    ['add', '\u001b[2J'],
    ['list', 'all'],
    ['revoke'],
    ['sell', 'ABC'],
  ])('refuses what cannot be meant: %s', async (...args) => {
    await expect(keys.run(args)).rejects.toThrow(UsageError)
  })
})

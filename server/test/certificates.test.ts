import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { UsageError } from '../../cli/command.ts'
import { keys } from '../../cli/keys.ts'
import { layoutOf } from '../../core/protocol/schemes.ts'
import { secureRandom } from '../../core/test/sources.ts'
import { parseModelFile } from '../../model/modelFile.ts'
import { reviewModel } from '../../model/verdict.ts'
import { sha256 } from '../../platform/digest.ts'
import { changeAccessFile, isCertificate, readAccessFile } from '../access/accessFile.ts'
import { makeAccessKey, textOfKey } from '../access/accessKey.ts'
import { certificatesIn } from '../access/certificate.ts'
import { FilePrincipals } from '../access/filePrincipals.ts'
import { writeDigested } from '../digested.ts'
import { silentLog } from '../log.ts'
import { readSecret, type Secret } from '../secret.ts'
import { Client, chunkRequest, fixture, makeWorld, problemOfResponse, tiny, zero } from './support/world.ts'

/** Certificates that were entered beside API keys: from the command that enters them to the server that looks for them. */

const header = 'x-client-subject'
const subject = 'CN=J\\C3\\BCrgen,O=ABC\\, Ltd,C=AT'
const spelledByCaddy = Buffer.from('CN=Jürgen,O=ABC\\, Ltd,C=AT').toString('latin1')
const folders: string[] = []
let file = ''
let secret: Secret
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'blindscore-certificates-'))
  folders.push(folder)
  file = join(folder, 'access.json')
  secret = await readSecret(secretFile(), {})
})
const secretFile = () => join(file, '..', 'secret')
const there = () => ['--keys-file', file, '--secret-file', secretFile()]
afterAll(() => Promise.all(folders.map((each) => rm(each, { recursive: true }))))

/** Enters a certificate by the command, and returns the entry's id. */
async function enter(certificate: string, ...more: string[]): Promise<string> {
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  try {
    await keys.run(['add', 'ABC', '--certificate', certificate, ...there(), ...more])
    return String(printed.mock.calls[0]?.[0]).trim()
  } finally {
    printed.mockRestore()
    said.mockRestore()
  }
}
const takeBack = (id: string) => keys.run(['revoke', id, ...there()])

/** A server on the file, asked by a proxy with a subject. */
async function asked({ enteredAlone = false, now = Date.now, models = [tiny, zero] } = {}) {
  const entered = await FilePrincipals.open(file, secret, { takesKeys: false, now, log: silentLog })
  const certificates = certificatesIn(header, { entered, enteredAlone })
  const world = await makeWorld({ models, trustedProxies: ['10.0.0.0/8'], certificates })
  const ask = (said: string, path = '/v1/models', from = '10.0.0.1') =>
    world.ask(path, { headers: { [header]: said } }, from)
  const modelsOf = async (said: string): Promise<string[]> =>
    (await (await ask(said)).json()).models.map(({ id }: { id: string }) => id)
  const codeOf = async (said: string) => (await problemOfResponse(await ask(said))).code
  return { world, ask, modelsOf, codeOf }
}

describe('a certificate that was entered', () => {
  test('has its models and no others, and its records an hour, however a proxy writes it', async () => {
    await enter(subject, '--models', 'tiny', '--records-per-hour', '7')
    const { ask, modelsOf, world } = await asked()
    for (const said of [subject, spelledByCaddy]) {
      expect(await modelsOf(said)).toEqual(['tiny'])
      expect((await ask(said, '/v1/models/zero')).status).toBe(404)
      expect((await (await ask(said)).json()).budget.perHour).toBe(7)
    }
    // It is one who asks, under one name.
    expect(new Set(world.logged.join('').match(/"principal":"[^,]*/g)).size).toBe(1)
    // Others have what they had.
    expect(await modelsOf('CN=other,C=AT')).toEqual(['tiny', 'zero'])
    expect((await (await ask('CN=other,C=AT')).json()).budget.perHour).not.toBe(7)
  })

  test('is scored for up to its own hour', async () => {
    const { slots } = layoutOf('paillier-2048', tiny.card)
    await enter(subject, '--records-per-hour', `${slots}`)
    const { world } = await asked()
    const client = await Client.make()
    const as = (said: string, init: RequestInit): RequestInit => ({
      ...init,
      headers: { ...(init.headers as Record<string, string>), [header]: said },
    })
    const put = as(subject, client.keyRequest())
    expect((await world.ask(`/v1/keys/${client.fingerprint}`, put, '10.0.0.1')).ok).toBe(true)
    const score = async (said: string) => {
      const chunk = as(said, chunkRequest(client.seal(tiny.card, [['30', '1', 'north']])))
      return world.ask('/v1/models/tiny/scores', chunk, '10.0.0.1')
    }
    expect((await score(subject)).status).toBe(200)
    expect(await problemOfResponse(await score(spelledByCaddy))).toMatchObject({ code: 'request/budget' })
    expect((await score('CN=other')).status).toBe(200)
  })

  test('may be for a model that has to be named, which no other certificate sees', async () => {
    const text = JSON.stringify({ ...JSON.parse(fixture('tiny')), audience: 'named' })
    const named = await reviewModel(parseModelFile(text), sha256)
    await enter(subject, '--models', 'tiny')
    await enter('CN=all')
    const { modelsOf } = await asked({ models: [named, zero] })
    expect(await modelsOf(subject)).toEqual(['tiny'])
    for (const other of ['CN=all', 'CN=other']) expect(await modelsOf(other)).toEqual(['zero'])
  })

  test('is asked for by every server as soon as it is entered, and refused within a second once it is taken back', async () => {
    const now = vi.fn(() => 0)
    const servers = await Promise.all([1, 2].map(() => asked({ now })))
    const id = await enter(subject, '--models', 'tiny')
    for (const { modelsOf } of servers) expect(await modelsOf(subject)).toEqual(['tiny'])
    await takeBack(id)
    now.mockReturnValue(1000)
    for (const { codeOf } of servers) {
      expect(await codeOf(subject)).toBe('access/refused')
      expect(await codeOf(spelledByCaddy)).toBe('access/refused')
    }
  })

  test('has an end', async () => {
    await enter(subject, '--expires', '1d')
    const { codeOf } = await asked({ now: () => Date.now() + 25 * 3600 * 1000 })
    expect(await codeOf(subject)).toBe('access/expired')
  })

  test('may be entered anew: the last entry counts, at once, under the name of before', async () => {
    const first = await enter(subject, '--models', 'tiny')
    const second = await enter('CN=Jürgen,O=ABC\\2C Ltd,C=AT', '--models', 'zero')
    const { keys: kept } = await readAccessFile(file, secret)
    expect(kept).toMatchObject([
      { id: first, certificate: subject, revoked: expect.any(String) },
      { id: second, certificate: subject, revoked: null },
    ])
    expect(await (await asked()).modelsOf(subject)).toEqual(['zero'])
    await takeBack(second)
    expect(await (await asked()).codeOf(subject)).toBe('access/refused')
    await enter(subject)
    expect(await (await asked()).modelsOf(subject)).toEqual(['tiny', 'zero'])
  })

  test('stays as it was where the file is gone, or an earlier one is put back', async () => {
    let now = Date.now()
    const id = await enter(subject)
    const before = await readFile(file)
    await takeBack(id)
    const { codeOf, modelsOf } = await asked({ now: () => now })
    expect(await codeOf(subject)).toBe('access/refused')
    for (const change of [() => rm(file), () => writeFile(file, before)]) {
      await change()
      now += 1000
      expect(await codeOf(subject)).toBe('access/refused')
    }
    expect(await modelsOf('CN=other')).toEqual(['tiny', 'zero'])
  })

  test('keeps nobody’s API key from being taken once a file that was gone is back as it was', async () => {
    let now = Date.now()
    const key = makeAccessKey(secureRandom)
    const digest = Buffer.from(secret.digestOfAccess(key.id, key.secret)).toString('hex')
    await enter(subject, '--models', 'tiny')
    await changeAccessFile(file, secret, ([first]) => {
      if (!first || !isCertificate(first)) return []
      const { certificate: _, ...entry } = first
      return [first, { ...entry, id: key.id, digest }]
    })
    const entered = await FilePrincipals.open(file, secret, { now: () => now })
    expect((await entered.of(textOfKey(key))).id).toBe(key.id)
    await rename(file, `${file}.away`)
    now += 1000
    await expect(entered.of(textOfKey(key))).rejects.toMatchObject({ code: 'access/refused' })
    expect((await entered.certified(subject))?.models).toEqual(new Set(['tiny']))
    await rename(`${file}.away`, file)
    now += 1000
    expect((await entered.of(textOfKey(key))).id).toBe(key.id)
  })

  test('that was taken back, or is for some models, stays so where an earlier file is put back and then changed', async () => {
    let now = Date.now()
    await keys.run(['add', 'first', '--certificate', 'CN=first', ...there()])
    const before = await readFile(file)
    const id = await enter(subject, '--models', 'tiny')
    await enter('CN=some', '--models', 'tiny')
    const { codeOf, modelsOf } = await asked({ now: () => now })
    await takeBack(id)
    now += 1000
    const stays = async () => {
      expect(await codeOf(subject)).toBe('access/refused')
      expect(await modelsOf('CN=some')).toEqual(['tiny'])
    }
    await stays()
    await writeFile(file, before)
    for (let i = 0; i < 5; i++) {
      await enter(`CN=another ${i}`, '--models', 'zero')
      now += 1000
      await stays()
    }
    expect(await modelsOf('CN=another 4')).toEqual(['zero'])
    // Nor by way of no file.
    await rm(file)
    for (let i = 0; i < 9; i++) await enter(`CN=more ${i}`, '--models', 'zero')
    now += 1000
    await stays()
    expect(await modelsOf('CN=more 8')).toEqual(['zero'])
  })

  test('is believed of a trusted proxy alone, once', async () => {
    await enter(subject, '--operator')
    const { ask, world } = await asked({ enteredAlone: true })
    for (const from of ['203.0.113.1', '127.0.0.1'])
      expect(await problemOfResponse(await ask(subject, '/v1/models', from))).toEqual({
        status: 401,
        code: 'access/required',
      })
    const raw = ['Host', 'scores.example', header, subject, 'X-Client-Subject', 'CN=abc']
    const twice = new Request('http://scores.example/v1/models', { headers: { [header]: subject } })
    const answer = await world.fetch(twice, { incoming: { socket: { remoteAddress: '10.0.0.1' }, rawHeaders: raw } })
    expect(await problemOfResponse(answer)).toEqual({ status: 401, code: 'access/refused' })
    expect((await ask(subject, '/v1/usage')).status).toBe(200)
  })
})

describe('where those alone are answered that were entered', () => {
  test('others are refused, and those with another subject that only looks alike', async () => {
    await enter('CN=abc,O=ABC')
    const { codeOf, modelsOf } = await asked({ enteredAlone: true })
    expect(await modelsOf('CN=abc,O=ABC')).toEqual(['tiny', 'zero'])
    for (const other of ['CN=abc', 'O=ABC,CN=abc', 'CN=abc\\,O=ABC', 'CN=abc+O=ABC', 'CN=ABC,O=ABC', '/O=ABC/CN=abc'])
      expect(await codeOf(other)).toBe('access/refused')
  })

  test('no API key is taken unless it was said that they are', async () => {
    await enter('CN=abc')
    const entered = await FilePrincipals.open(file, secret, { takesKeys: false })
    await expect(entered.of('bsk_nonsense')).rejects.toMatchObject({ code: 'access/refused' })
  })
})

describe('the file', () => {
  test('of the first format has no certificates, and no entry names what is no subject', async () => {
    await enter('CN=abc')
    const { changes, keys: kept } = await readAccessFile(file, secret)
    const format = 'blindscore-access/2'
    await writeFile(file, writeDigested({ format, changes, keys: kept }))
    expect(await readAccessFile(file, secret)).toEqual({ changes, keys: kept, isClear: true })
    const refused = async (value: object) => {
      await writeFile(file, writeDigested(value))
      await expect(readAccessFile(file, secret)).rejects.toMatchObject({ fault: 'accessFileShape' })
    }
    await refused({ format: 'blindscore-access/1', changes, keys: kept })
    await refused({ format, changes, keys: [{ ...kept[0], certificate: 'C = AT, CN = abc' }] })
    await refused({ format, changes, keys: [{ ...kept[0], digest: '0'.repeat(64) }] })
  })
})

describe('blindscore keys', () => {
  test('lists certificates beside keys, and names them by an id', async () => {
    const command = new URL('../../dist/cli/blindscore.js', import.meta.url).pathname
    const folder = join(file, '..', 'state')
    const run = (...args: string[]) =>
      promisify(execFile)(process.execPath, [command, 'keys', ...args], {
        env: { ...process.env, XDG_STATE_HOME: folder },
      })
    const { stdout } = await run('add', 'ABC Ltd', '--certificate', 'CN=abc,C=AT', '--expires', '2030-12-31')
    expect(stdout).toMatch(/^[0-9a-f]{8}\n$/)
    const line = ['ABC Ltd', 'until 2030-12-31', 'all models', 'the server’s records an hour', 'CN=abc,C=AT']
    expect((await run('list')).stdout).toBe(`${[stdout.trim(), ...line].join('\t')}\n`)
  })

  test.each(['abc', '/C=AT/CN=abc', 'C = AT, CN = abc', 'CN=\u202e', `CN=${'a'.repeat(2000)}`, ''])(
    'refuses what is no subject: %s',
    async (text) => {
      await expect(keys.run(['add', 'ABC', '--certificate', text])).rejects.toThrow(UsageError)
    },
  )
})

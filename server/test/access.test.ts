import { execFile } from 'node:child_process'
import { chown, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from '../../client/node.ts'
import { shortWaits } from '../../client/test/waits.ts'
import { shipped } from '../../core/test/shipped.ts'
import { secureRandom } from '../../core/test/sources.ts'
import { changeAccessFile, type KeptKey, readAccessFile } from '../access/accessFile.ts'
import { makeAccessKey, textOfKey } from '../access/accessKey.ts'
import { FilePrincipals } from '../access/filePrincipals.ts'
import { writeDigested } from '../digested.ts'
import { type RunningServer, startServer } from '../listen.ts'
import { type Log, silentLog } from '../log.ts'
import { secretOf } from '../secret.ts'
import { addKey } from './support/accessKeys.ts'

/** Who may ask: API keys, their file and the server that takes them; `keysCommand.test.ts` has the command. */

const secret = secretOf(secureRandom(32), true)
let folder: string
let file: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blindscore-access-'))
  file = join(folder, 'access.json')
})
afterAll(() => rm(folder, { recursive: true }))

const added = (own: Partial<KeptKey> = {}, to = file) => addKey(to, secret, own)

describe('the keys of a file', () => {
  test('are taken until they end or are taken back; others, mistyped ones and those of another server never', async () => {
    const [good, old, gone] = [
      await added({ models: ['salary'], recordsPerHour: 7 }),
      await added({ expires: new Date(Date.now() - 1).toISOString() }),
      await added({ revoked: new Date().toISOString() }),
    ]
    const principals = await FilePrincipals.open(file, secret)
    expect(await principals.of(good.text)).toEqual({ id: good.id, models: new Set(['salary']) })
    expect(principals.recordsPerHour(good.id)).toBe(7)
    await expect(principals.of(old.text)).rejects.toMatchObject({ code: 'access/expired' })
    await expect(principals.of(gone.text)).rejects.toMatchObject({ code: 'access/refused', fault: 'accessRefused' })
    await expect(principals.of(textOfKey(makeAccessKey(secureRandom)))).rejects.toMatchObject({
      code: 'access/refused',
    })
    // Any one character that is another.
    for (const at of [0, 4, 11, 12, 40, 75, 76, 83]) {
      const other = good.text[at] === '0' ? '1' : '0'
      const mistyped = `${good.text.slice(0, at)}${other}${good.text.slice(at + 1)}`
      await expect(principals.of(mistyped)).rejects.toMatchObject({ fault: 'accessMistyped' })
    }
    // An id that is there with another secret half, and the same file under another server's secret.
    const forged = textOfKey({ id: good.id, secret: makeAccessKey(secureRandom).secret })
    await expect(principals.of(forged)).rejects.toMatchObject({ fault: 'accessRefused' })
    await expect(FilePrincipals.open(file, secretOf(secureRandom(32), true))).rejects.toMatchObject({
      fault: 'accessFileOtherSecret',
    })
  })

  test('are taken as soon as they are made, by each server, and by whoever asks at the same time', async () => {
    const now = () => 0
    const servers = await Promise.all([1, 2, 3].map(() => FilePrincipals.open(file, secret, { now })))
    for (let i = 0; i < 3; i++) {
      const { id, text } = await added()
      const found = await Promise.all(servers.flatMap((each) => [each.of(text), each.of(text)]))
      expect(found.map((each) => each.id)).toEqual(Array(6).fill(id))
    }
  })

  test('are looked for once at a time, however many ask with what is none', async () => {
    let [looks, under, most] = [0, 0, 0]
    const versionOf = async () => {
      looks += 1
      under += 1
      most = Math.max(most, under)
      await new Promise(setImmediate)
      under -= 1
      return 'the same'
    }
    const principals = await FilePrincipals.open(file, secret, { now: () => 0, versionOf })
    const refusals = Array.from({ length: 100 }, () => principals.of(textOfKey(makeAccessKey(secureRandom))))
    expect((await Promise.allSettled(refusals)).filter(({ status }) => status === 'rejected')).toHaveLength(100)
    expect({ looks, most }).toEqual({ looks: 2, most: 1 })
  })

  test('are taken back within a second; a file that is broken meanwhile changes nothing, and the log says so', async () => {
    let now = Date.now()
    const told: object[] = []
    const log: Log = { ...silentLog, error: (facts) => told.push(facts) }
    const principals = await FilePrincipals.open(file, secret, { log, now: () => now })
    const later = await added()
    expect((await principals.of(later.text)).id).toBe(later.id)
    const whole = await readFile(file, 'utf8')
    await writeFile(file, whole.slice(0, 100))
    now += 1000
    expect((await principals.of(later.text)).id).toBe(later.id)
    now += 1000
    await principals.of(later.text)
    expect(told).toEqual([{ code: 'access/keys', fault: 'accessFileShape' }])
    await writeFile(file, whole)
    await changeAccessFile(file, secret, (keys) =>
      keys.map((key) => (key.id === later.id ? { ...key, revoked: new Date(now).toISOString() } : key)),
    )
    now += 1000
    await expect(principals.of(later.text)).rejects.toMatchObject({ code: 'access/refused' })
  })

  test('that were taken back stay so for who saw it, also where an earlier file is put back; the log says so', async () => {
    let now = Date.now()
    const told: object[] = []
    const log: Log = { ...silentLog, error: (facts) => told.push(facts) }
    const { id, text } = await added()
    const principals = await FilePrincipals.open(file, secret, { log, now: () => now })
    expect((await principals.of(text)).id).toBe(id)
    const before = await readFile(file)
    await changeAccessFile(file, secret, (all) =>
      all.map((key) => (key.id === id ? { ...key, revoked: new Date(now).toISOString() } : key)),
    )
    const refused = async () => {
      now += 1000
      await expect(principals.of(text)).rejects.toMatchObject({ code: 'access/refused' })
    }
    await refused()
    expect(told).toEqual([])
    await writeFile(file, before)
    for (let i = 0; i < 2; i++) await refused()
    expect(told).toMatchObject([{ code: 'access/keys' }])
    // Nor by way of no file at all; and what is changed later counts again.
    await rm(file)
    await refused()
    await writeFile(file, before)
    await refused()
    for (let i = 0; i < 2; i++) await changeAccessFile(file, secret, (all) => all.filter((key) => key.id !== id))
    const later = await added()
    now += 1000
    expect((await principals.of(later.text)).id).toBe(later.id)
  })

  test('are nothing that the file gives away, and it is its owner’s alone', async () => {
    const { text } = await added()
    expect(await readFile(file, 'utf8')).not.toContain(text.slice(12, 76))
    expect((await stat(file)).mode & 0o077).toBe(0)
    await expect(FilePrincipals.open(file, secretOf(secureRandom(32), false))).rejects.toMatchObject({
      fault: 'accessSecretNotKept',
    })
    const broken = join(folder, 'broken.json')
    await writeFile(broken, '{"format":"blindscore-access/1","keys":[{}]}')
    await expect(FilePrincipals.open(broken, secret)).rejects.toMatchObject({ fault: 'accessFileShape' })
  })

  test('and all that is said of them are sealed: nothing of it is in the file', async () => {
    const own = join(folder, 'sealed.json')
    const said = {
      name: 'Planted Ltd',
      models: ['planted'],
      recordsPerHour: 987_654,
      expires: '2039-11-01T00:00:00.000Z',
    }
    const { id } = await added(said, own)
    const text = await readFile(own, 'utf8')
    expect(Object.keys(JSON.parse(text)).sort()).toEqual(['digest', 'format', 'sealed'])
    for (const word of ['Planted', 'planted', '987654', '2039', id, 'changes', 'revoked'])
      expect(text).not.toContain(word)
    expect((await readAccessFile(own, secret)).keys).toMatchObject([said])
  })

  test('of an earlier version are taken as they are until they are sealed, which no other change does', async () => {
    const [own, told] = [join(folder, 'clear.json'), [] as string[]]
    const { id, text } = await added({ name: 'of before' }, own)
    const { changes, keys: kept } = await readAccessFile(own, secret)
    await writeFile(own, writeDigested({ format: 'blindscore-access/1', changes, keys: kept }))
    let now = Date.now()
    const log: Log = { ...silentLog, warn: (_, text) => told.push(text), error: (_, text) => told.push(text) }
    const principals = await FilePrincipals.open(own, secret, { log, now: () => now })
    expect((await principals.of(text)).id).toBe(id)
    expect(told).toEqual([expect.stringContaining('is not sealed')])
    const clear = { code: 'access/keys', fault: 'accessFileClear' }
    await expect(changeAccessFile(own, secret, () => [])).rejects.toMatchObject(clear)
    await changeAccessFile(own, secret, (there) => there, { sealClear: true })
    now += 1000
    expect((await principals.of(text)).id).toBe(id)
    expect(await readFile(own, 'utf8')).not.toContain('of before')
    // Whoever has not the secret could write one like it, and give anybody everything.
    const forged = { ...kept[0], models: null, recordsPerHour: null, operator: true }
    await writeFile(own, writeDigested({ format: 'blindscore-access/1', changes: changes + 9, keys: [forged] }))
    now += 1000
    expect(await principals.of(text)).toEqual({ id, models: null })
    expect(told).toEqual([expect.anything(), expect.stringContaining('is not sealed: those')])
  })

  test('are none in a file in the clear that comes after the start', async () => {
    const own = join(folder, 'later.json')
    let now = Date.now()
    const told: string[] = []
    const log: Log = { ...silentLog, error: (_, text) => told.push(text) }
    const principals = await FilePrincipals.open(own, secret, { log, now: () => now })
    const { text } = await added({}, join(folder, 'elsewhere.json'))
    const { changes, keys } = await readAccessFile(join(folder, 'elsewhere.json'), secret)
    await writeFile(own, writeDigested({ format: 'blindscore-access/1', changes, keys }))
    now += 1000
    await expect(principals.of(text)).rejects.toMatchObject({ code: 'access/refused' })
    expect(told).toEqual([expect.stringContaining('is not sealed: those')])
  })

  test('that were taken back stay so where an earlier file is put back and then changed', async () => {
    const own = join(folder, 'fork.json')
    let now = Date.now()
    const { id, text } = await added({}, own)
    const before = await readFile(own)
    const revoke = () =>
      changeAccessFile(own, secret, (all) =>
        all.map((key) => (key.id === id ? { ...key, revoked: new Date(now).toISOString() } : key)),
      )
    await revoke()
    const told: string[] = []
    const log: Log = { ...silentLog, error: (_, text) => told.push(text) }
    const principals = await FilePrincipals.open(own, secret, { log, now: () => now })
    const refused = () => expect(principals.of(text)).rejects.toMatchObject({ code: 'access/refused' })
    await refused()
    await writeFile(own, before)
    for (let i = 0; i < 3; i++) {
      await added({ name: 'another' }, own)
      now += 1000
      await refused()
    }
    // Whatever else was entered there is taken.
    const later = await added({}, own)
    now += 1000
    await refused()
    expect((await principals.of(later.text)).id).toBe(later.id)
    expect(told).toContainEqual(expect.stringContaining('has not all that it had'))
  })

  test.runIf(process.getuid?.() === 0)('stay the service’s own where root changes them for it', async () => {
    const place = await mkdtemp(join(folder, 'service-'))
    await chown(place, 61_234, 61_235)
    for (const _ of ['the first', 'another']) await changeAccessFile(join(place, 'access.json'), secret, (keys) => keys)
    expect(await stat(join(place, 'access.json'))).toMatchObject({ uid: 61_234, gid: 61_235 })
  })

  test('are none in a file that was altered', async () => {
    const own = join(folder, 'altered.json')
    await added()
    const whole = await readFile(file)
    for (let i = 0; i < whole.length - 1; i += 5) {
      await writeFile(
        own,
        whole.map((byte, at) => (at === i ? byte ^ 1 : byte)),
      )
      await expect(FilePrincipals.open(own, secret)).rejects.toMatchObject({ fault: 'accessFileShape' })
    }
  })

  test('are changed one at a time, so that no change is lost', async () => {
    const all = await Promise.allSettled(Array.from({ length: 8 }, () => added({ name: 'at once' })))
    const made = all.filter(({ status }) => status === 'fulfilled').length
    const { keys } = await readAccessFile(file, secret)
    expect(keys.filter(({ name }) => name === 'at once')).toHaveLength(made)
    expect(made).toBeGreaterThan(0)
  })
})

describe('a server that asks for keys', () => {
  let server: RunningServer
  const lines: string[] = []
  const note = (facts: object, message: string) => lines.push(JSON.stringify([facts, message]))
  const log: Log = { info: note, warn: note, error: note }
  let mine: { readonly id: string; readonly text: string }
  const url = (path: string) => new URL(path, server.url)
  const asking = (text: string) => ({ headers: { authorization: `Bearer ${text}` } })
  beforeAll(async () => {
    mine = await added({ models: ['salary'], recordsPerHour: 1000 })
    server = await startServer({
      port: 0,
      page: null,
      threads: 1,
      log,
      principals: await FilePrincipals.open(file, secret),
      workerFile: new URL('../../dist/server/compute/worker.js', import.meta.url),
    })
  })
  afterAll(() => server.close())

  test('answers nobody else, but for its health', async () => {
    for (const path of ['/v1/models', '/v1/models/salary']) {
      const refused = await fetch(url(path))
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="blindscore"'])
      expect(await refused.json()).toMatchObject({ code: 'access/required' })
    }
    for (const [path, method] of [
      ['/v1/models/salary/scores', 'POST'],
      ['/v1/models/salary/files', 'POST'],
      ['/v1/models/salary/phe', 'POST'],
      [`/v1/keys/${'0'.repeat(64)}`, 'PUT'],
    ] as const) {
      expect((await fetch(url(path), { method, body: 'x' })).status).toBe(401)
      expect((await fetch(url(path), { method, body: 'x', ...asking('bsk_nonsense') })).status).toBe(401)
    }
    for (const path of ['/healthz', '/readyz']) expect((await fetch(url(path))).status).toBe(200)
  })

  test('shows its holder the models that the key is for, and no others', async () => {
    const list = (await (await fetch(url('/v1/models'), asking(mine.text))).json()) as { models: { id: string }[] }
    expect(list.models.map(({ id }) => id)).toEqual(['salary'])
    const other = await fetch(url('/v1/models/credit-default'), asking(mine.text))
    const none = await fetch(url('/v1/models/no-such-model'), asking(mine.text))
    expect([other.status, none.status]).toEqual([404, 404])
    const about = async (answer: Response) => ({ ...((await answer.json()) as object), instance: null })
    expect(await about(other)).toEqual(await about(none))
    expect((await fetch(url('/v1/models/salary'), asking(mine.text))).headers.get('cache-control')).toContain('private')
  })

  test('scores for it up to its own hour, by whatever address it comes', async () => {
    shortWaits()
    const { rows } = shipped('salary')
    const options = {
      apiKey: mine.text,
      threads: 1,
      workerFile: new URL('../../dist/client/owner/sealerThread.js', import.meta.url),
      scheme: 'lattice',
    } as const
    const exchanged: string[] = []
    const connection = connect(server.url, {
      ...options,
      onExchange: (exchange) => void exchanged.push(JSON.stringify(exchange)),
    })
    expect(await connection.scoreAll('salary', rows.slice(0, 3))).toHaveLength(3)
    await expect(connection.scoreAll('credit-default', rows.slice(0, 3))).rejects.toMatchObject({
      code: 'model/unknown',
    })
    // A block counts as full, so the rest of a thousand is soon spent.
    await expect(connection.scoreAll('salary', Array(5000).fill(rows[0]))).rejects.toMatchObject({
      code: 'request/budget',
    })
    await connection.close()
    const nobody = connect(server.url, { ...options, apiKey: 'bsk_nonsense' })
    await expect(nobody.scoreAll('salary', rows.slice(0, 3))).rejects.toMatchObject({ code: 'access/refused' })
    await nobody.close()
    expect(exchanged.join()).not.toContain(mine.text.slice(12, 76))
  })

  test('tells who runs it what was used, by the command, as a table, CSV or JSON', async () => {
    const usage = (...args: string[]) =>
      promisify(execFile)(process.execPath, [
        new URL('../../dist/cli/blindscore.js', import.meta.url).pathname,
        'usage',
        ...args,
      ])
    const { used } = JSON.parse((await usage(server.url, '--json')).stdout)
    expect(used).toHaveLength(1)
    const { card, answers, records, slots } = used[0]
    expect(used[0]).toMatchObject({ principal: mine.id, model: 'salary' })
    expect(slots).toBeLessThanOrEqual(1000)
    const row = [mine.id, 'salary', card, answers, records, slots]
    expect((await usage(server.url, '--csv')).stdout).toBe(
      `principal,model,card,answers,records,slots\r\n${row.join(',')}\r\n`,
    )
    expect((await usage(server.url)).stdout).toMatch(
      new RegExp(
        `^principal +model +card +answers +records +slots\n${mine.id} +salary +${card.slice(0, 8)} +${answers} +${records} +${slots}\n$`,
      ),
    )
    await expect(usage('salary')).rejects.toMatchObject({ code: 2 })
    await expect(usage('http://127.0.0.1:9/')).rejects.toMatchObject({ code: 1 })
  })

  test('says in its log who asked, and never with what', () => {
    const all = lines.join('\n')
    expect(all).toContain(`"principal":"${mine.id}"`)
    expect(all).not.toContain(mine.text.slice(12, 76))
    expect(all).not.toContain('nonsense')
  })
})

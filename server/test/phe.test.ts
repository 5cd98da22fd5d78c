import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { slotsPerCiphertext } from '../../core/protocol/paillier/layout.ts'
import { readNumbers } from '../../interop/phe/file.ts'
import { openNumbers } from '../../interop/phe/private/open.ts'
import { fixture, ownerKey, pheKey, servedModel } from '../../interop/test/phe.ts'
import { startServer } from '../listen.ts'
import {
  Client,
  chunkRequest,
  computeHere,
  makeWorld,
  problemOfResponse,
  register,
  type World,
} from './support/world.ts'

/** Numbers of python-paillier by upload: what it wrote itself, under a key that the server has never seen. */

const { n } = pheKey
const salary = await servedModel('server/models/salary.json')
const models = [salary]
const path = '/v1/models/salary/phe'
const data = fixture('data.json')
const pair = '["5", 0]'
const file = (values: string, key = `{"n": ${n}}`): string => `{"public_key": ${key}, "values": ${values}}`

let world: World
beforeAll(async () => {
  world = await makeWorld({ models, compute: computeHere(models) })
})

const post = (body: string, type = 'application/json'): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': type },
  body,
})
const opened = (text: string) => openNumbers(ownerKey(), n, readNumbers(text, 'open'))

describe('an upload', () => {
  test('of the article’s file is answered as the article’s script answers it', async () => {
    const response = await world.ask(path, post(data))
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json'])
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('server-timing')).toMatch(/check;dur=.*mask;dur=/)
    const text = await response.text()
    expect(JSON.parse(text)).toMatch(/^\{"pubkey": \{"n": \d+\}, .*"values": \["\d+", -64\]\}$/)
    expect(opened(text).map(String)).toEqual(['1740.2934756990094'])
    const without = await (await world.ask(`${path}?intercept=false`, post(data))).text()
    expect(opened(without).map(String)).toEqual(['771.0757633883509'])
    expect(without).not.toBe(await (await world.ask(`${path}?intercept=false`, post(data))).text())
  })

  test('of several records is answered in their order, by a list where one is asked for', async () => {
    const [{ records: [record = []] = [] }] = [readNumbers(data, 'score')]
    const [age, ...others] = record.map(({ ciphertext, exponent }) => `["${ciphertext}", ${exponent}]`)
    const text = await (await world.ask(path, post(file(`[[${age}, ${others}], [${age}, ${others}]]`)))).text()
    expect(opened(text)).toEqual([[1740.2934756990094, 1740.2934756990094]])
    const list = await (await world.ask(`${path}?list=true`, post(file(`[${age}, ${others}]`)))).json()
    expect(list.values).toEqual([[expect.any(String), -64]])
  })

  test('leaves nothing of it in the log', () => {
    const logged = world.logged.join('')
    expect(logged).toContain('/v1/models/:id/phe')
    for (const { ciphertext } of readNumbers(data, 'score').records.flat()) {
      expect(logged).not.toContain(String(ciphertext).slice(0, 12))
    }
  })
})

test('a server on a socket scores them on its threads', async () => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'cli'], {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
  })
  const workerFile = new URL('../../dist/server/compute/worker.js', import.meta.url)
  const server = await startServer({ port: 0, page: null, threads: 2, workerFile })
  try {
    const answers = await Promise.all([1, 2, 3].map(() => fetch(server.url + path.slice(1), post(data))))
    for (const answer of answers) expect(opened(await answer.text()).map(String)).toEqual(['1740.2934756990094'])
  } finally {
    await server.close()
  }
})

test('a key without a proof scores numbers and no chunk, until its owner proves it', async () => {
  const own = await Client.of(pheKey)
  const fresh = await makeWorld({ models, compute: computeHere(models) })
  const chunk = own.seal(salary.card, [['24', '4', '6', '1']], randomBytes(16))
  expect((await fresh.ask(path, post(data))).status).toBe(200)
  const refused = await fresh.ask('/v1/models/salary/scores', chunkRequest(chunk))
  expect(await problemOfResponse(refused)).toMatchObject({ code: 'key/unknown' })
  await register(fresh, own)
  expect((await fresh.ask('/v1/models/salary/scores', chunkRequest(chunk))).status).toBe(200)
  expect((await fresh.ask(path, post(data))).status).toBe(200)
})

test('an operator may want a proof: then a key that was not registered is not used', async () => {
  const careful = await makeWorld({ models, compute: computeHere(models), provenKeys: true })
  expect(await problemOfResponse(await careful.ask(path, post(data)))).toMatchObject({
    status: 409,
    code: 'key/unknown',
  })
  await register(careful, await Client.of(pheKey))
  expect((await careful.ask(path, post(data))).status).toBe(200)
})

test('a record is charged as a block, and what is refused is not', async () => {
  const slots = slotsPerCiphertext(salary.card.slotBits, 2048)
  const limited = await makeWorld({ models, compute: computeHere(models) }, { recordsPerHour: 2 * slots })
  const foreign = file(`[${pair}, ${pair}, ${pair}, ["${pheKey.p}", 0]]`)
  expect(await problemOfResponse(await limited.ask(path, post(foreign)))).toMatchObject({
    code: 'request/ciphertext',
    index: 3,
  })
  expect((await limited.ask(path, post(data))).status).toBe(200)
  expect((await limited.ask(path, post(data))).status).toBe(200)
  const third = await limited.ask(path, post(data))
  expect(third.headers.get('retry-after')).toMatch(/^\d+$/)
  expect(await problemOfResponse(third)).toMatchObject({ status: 429, code: 'request/budget' })
})

describe('what is refused', () => {
  const four = `[${pair}, ${pair}, ${pair}, ${pair}]`
  test.each([
    ['another model', '/v1/models/nope/phe', post(data), 404, 'model/unknown'],
    ['another media type', path, post(data, 'text/plain'), 415, 'request/media-type'],
    ['a body over the limit', path, post(' '.repeat(2 ** 20 + 1)), 413, 'request/too-large'],
    ['what is no JSON', path, post('{"values"'), 400, 'phe/syntax'],
    ['what is no UTF-8', path, { ...post(''), body: Uint8Array.of(0xff) }, 400, 'request/syntax'],
    ['numbers without a key', path, post(fixture('pheutil.txt')), 400, 'phe/syntax'],
    ['two keys', path, post(`{"pubkey": {"n": ${n + 2n}}, ${file(four).slice(1)}`), 400, 'phe/key'],
    ['three values of four', path, post(file(`[${pair}, ${pair}, ${pair}]`)), 400, 'phe/shape'],
    ['an exponent beyond the range', path, post(file('[["5", 400]]')), 400, 'phe/exponent'],
    [
      'more records than a body of ciphertexts holds',
      path,
      post(file(`[${Array(513).fill(four).join()}]`)),
      400,
      'request/shape',
    ],
    ['a ciphertext of 0', path, post(file(four.replace('"5"', '"0"'))), 400, 'request/ciphertext'],
    ['a key of 1024 bits', path, post(file(four, `{"n": ${2n ** 1023n + 1n}}`)), 400, 'key/size'],
    ['an even key', path, post(file(four, `{"n": ${n - 1n}}`)), 400, 'key/even'],
    ['a key with a small factor', path, post(file(four, `{"n": ${(n / 3n / 2n) * 6n + 3n}}`)), 400, 'key/small-factor'],
    ['a square', path, post(file(four, `{"n": ${pheKey.q ** 2n}}`)), 400, 'key/power'],
  ])('%s', async (_, at, init, status, code) => {
    expect(await problemOfResponse(await world.ask(at, init))).toMatchObject({ status, code })
  })
})

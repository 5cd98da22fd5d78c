import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { silentLog } from '../log.ts'
import { openFolders } from '../sealed/places.ts'
import { rotate } from '../sealed/rotate.ts'
import { defaultStudyLimits } from '../studies/limits.ts'
import { rotatedStudies } from '../studies/manifest.ts'
import { openStudies } from '../studies/openStudies.ts'
import { askStudy, createStudy, type MadeStudy, madeStudy, makeStudyWorld, readIn, sayIn } from './support/studies.ts'
import { problemOfResponse, type World } from './support/world.ts'

/** What lies in the stores of studies: altered, exchanged, put back, searched, taken away, rotated, shared. */

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'studies-stored-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const usual = new Uint8Array(32).fill(0x5a)

/** A place of studies, and servers that carry them there. */
function placeOf(name: string) {
  const at = (path: string): string => join(folder, name, path)
  const stores = () => openFolders(at('studies'), at('keys'))
  return {
    at,
    stores,
    serve: async (key = usual) => makeStudyWorld({ ...(await stores()), key }),
    /** The objects of a study in a folder of it, the newest first. */
    objects: (study: MadeStudy, kind: string): string[] => {
      const of = at(join('studies', `study-${study.id}`, kind))
      const files = readdirSync(of).map((each) => join(of, each))
      return files.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
    },
  }
}

const damaged = { status: 410, code: 'study/damaged' }
const unknown = { status: 404, code: 'study/unknown' }
const flip = (file: string, at: number): void => {
  const bytes = readFileSync(file)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(file, bytes)
}
const textOf = async (response: Response): Promise<string> => (await response).text()
const isNamed = (world: World, study: MadeStudy): boolean =>
  world.logged.some((line) => line.includes(study.id.slice(0, 8)) && line.includes('study/damaged'))

test('a message with a flipped byte, or in another’s place, is never handed out, and the log names its study', async () => {
  const place = placeOf('flipped')
  const world = await place.serve()
  const [study, other] = [await madeStudy(world), await madeStudy(world)]
  await sayIn(world, study, 0, 'commit', 'of the first')
  const [first = ''] = place.objects(study, 'said')
  await sayIn(world, study, 1, 'commit', 'of the second')
  const second = place.objects(study, 'said').find((file) => file !== first) ?? ''
  await sayIn(world, other, 0, 'commit', 'of the first')
  const [elsewhere = ''] = place.objects(other, 'said')
  const right = readFileSync(first)
  const harms = [
    ...Array.from({ length: right.length / 3 }, (_, i) => () => flip(first, 3 * i)),
    () => cpSync(second, first),
    () => cpSync(elsewhere, first),
    () => writeFileSync(first, ''),
    () => rmSync(first),
  ]
  for (const harm of harms) {
    harm()
    expect(await problemOfResponse(await readIn(world, study, 'commit', 0))).toEqual(damaged)
    expect(await textOf(await readIn(world, study, 'commit', 1))).toBe('of the second')
    writeFileSync(first, right)
  }
  expect(await textOf(await readIn(world, study, 'commit', 0))).toBe('of the first')
  expect(isNamed(world, study)).toBe(true)
  expect(isNamed(world, other)).toBe(false)
  await world.close()
})

test('a list, a file or a key with a flipped byte, and a list that was put back, are not believed', async () => {
  const place = placeOf('lists')
  const world = await place.serve()
  const study = await madeStudy(world)
  await sayIn(world, study, 0, 'commit', 'one')
  const [older = ''] = place.objects(study, 'manifest')
  cpSync(older, place.at('older'))
  await sayIn(world, study, 1, 'commit', 'two')
  const [list = ''] = place.objects(study, 'manifest')
  const entries = place.at(`keys/study-${study.id}`)
  const [revision = ''] = readdirSync(entries)
  const state = () => askStudy(world, study, study.token)
  for (const file of [list, place.at(`studies/study-${study.id}/file`), join(entries, revision)]) {
    const right = readFileSync(file)
    for (let i = 0; i < right.length; i += 29) {
      flip(file, i)
      expect(await problemOfResponse(await state())).toEqual(damaged)
      writeFileSync(file, right)
    }
  }
  const right = readFileSync(list)
  cpSync(place.at('older'), list)
  expect(await problemOfResponse(await state())).toEqual(damaged)
  // Nor does an owner say something else where what it said was taken away.
  writeFileSync(list, right)
  for (const file of place.objects(study, 'said')) rmSync(file)
  expect(await problemOfResponse(await sayIn(world, study, 0, 'commit', 'another'))).toEqual({
    status: 409,
    code: 'study/spoken',
  })
  await world.close()
})

test('a study that was taken away opens no more, also where a copy of its objects is put back', async () => {
  const place = placeOf('removed')
  const world = await place.serve()
  const study = await madeStudy(world)
  await sayIn(world, study, 0, 'commit', 'one')
  const lies = place.at(`studies/study-${study.id}`)
  cpSync(lies, place.at('copy'), { recursive: true })
  expect((await askStudy(world, study, study.token, '', { method: 'DELETE' })).status).toBe(204)
  for (const each of ['studies', 'keys'])
    expect(readdirSync(place.at(each)).filter((name) => !name.startsWith('.'))).toEqual([])
  renameSync(place.at('copy'), lies)
  expect(await problemOfResponse(await readIn(world, study, 'commit', 0))).toEqual(unknown)
  await world.close()
  const again = await place.serve()
  expect(await problemOfResponse(await readIn(again, study, 'commit', 0))).toEqual(unknown)
  await again.close()
})

test('nothing that was sent or kept secret is found in the stores or in the log', async () => {
  const place = placeOf('searched')
  const world = await place.serve()
  const study: MadeStudy = await (await createStudy(world, { study: 'planted in the file' })).json()
  await sayIn(world, study, 0, 'planted-slot', 'planted in a message')
  const files = readdirSync(place.at('.'), { recursive: true, encoding: 'utf8' }).map(place.at)
  const stored = files.filter((file) => statSync(file).isFile()).map((file) => readFileSync(file))
  expect(stored.length).toBeGreaterThanOrEqual(4)
  const secrets = ['planted', '192.0.2.1', ...[study.token, ...study.invitations]]
  const asBytes = secrets.flatMap((secret) => [Buffer.from(secret), Buffer.from(secret, 'base64url')])
  for (const secret of [...asBytes, Buffer.from(usual)])
    for (const bytes of stored) expect(bytes.includes(secret)).toBe(false)
  for (const secret of secrets) expect(world.logged.join('\n')).not.toContain(secret)
  await world.close()
})

test('a server with another key does not begin; keys are rotated, with and without sealing anew', async () => {
  const place = placeOf('rotated')
  const world = await place.serve()
  const study = await madeStudy(world)
  await sayIn(world, study, 0, 'commit', 'one')
  await world.close()
  const [message = ''] = place.objects(study, 'said')
  let was = usual
  for (const [fill, reencrypt] of [
    [1, false],
    [2, true],
  ] as const) {
    const before = readFileSync(message)
    const becomes = new Uint8Array(32).fill(fill)
    expect(await rotate(rotatedStudies, await place.stores(), { was, becomes, reencrypt })).toBe(1)
    expect(readFileSync(message).equals(before)).toBe(!reencrypt)
    await expect(place.serve(was)).rejects.toMatchObject({ code: 'server/store-gone' })
    const after = await place.serve(becomes)
    expect(await textOf(await readIn(after, study, 'commit', 0))).toBe('one')
    expect((await (await askStudy(after, study, study.token)).json()).study).toBe('{"a": [1]}')
    await after.close()
    was = becomes
  }
})

test('two servers of the same stores lose nothing that was said at once, and keep one of two messages of an owner', async () => {
  const place = placeOf('shared')
  const servers = [await place.serve(), await place.serve()] as const
  const study: MadeStudy = await (await createStudy(servers[0], { owners: 12 })).json()
  const said = await Promise.all(
    study.invitations.map((_, seat) => sayIn(servers[seat % 2 === 0 ? 0 : 1], study, seat, 'commit', `of ${seat}`)),
  )
  expect(said.map(({ status }) => status)).toEqual(Array(12).fill(201))
  for (const server of servers) {
    const { seats } = await (await askStudy(server, study, study.token, '/messages/commit')).json()
    expect(seats).toEqual(Array.from({ length: 12 }, (_, seat) => seat))
    for (const seat of [0, 1]) expect(await textOf(await readIn(server, study, 'commit', seat))).toBe(`of ${seat}`)
  }
  const both = await Promise.all(
    Array.from({ length: 8 }, (_, i) => sayIn(servers[i % 2 === 0 ? 0 : 1], study, 0, 'keys', `text ${i}`)),
  )
  expect(both.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)])
  const kept = both.findIndex(({ status }) => status === 201)
  expect(await textOf(await readIn(servers[1], study, 'keys', 0))).toBe(`text ${kept}`)
  // What lost is not left there.
  expect(place.objects(study, 'said')).toHaveLength(13)
  for (const server of servers) await server.close()
})

test('what a kill left of a study that was taken away goes with the next start', async () => {
  const place = placeOf('swept')
  // As far as a removal comes before a kill: its mark, and its key gone, whose folder may be left.
  for (const isFolderLeft of [false, true]) {
    const world = await place.serve()
    const study = await madeStudy(world)
    await world.close()
    writeFileSync(place.at(`studies/study-${study.id}/removed`), '')
    rmSync(place.at(`keys/study-${study.id}`), { recursive: true })
    if (isFolderLeft) mkdirSync(place.at(`keys/study-${study.id}`))
    await (await place.serve()).close()
    for (const folder of ['studies', 'keys']) expect(readdirSync(place.at(folder))).not.toContain(`study-${study.id}`)
  }
})

test('messages that come at once are bounded as those that come one by one', async () => {
  const stores = await placeOf('bounded').stores()
  const limits = { ...defaultStudyLimits, studyBytes: 3000 }
  const quiet = { log: silentLog, draining: () => false }
  const { studies, close } = await openStudies({ ...stores, key: usual, limits }, quiet)
  const asked = { owners: 8, study: '', client: 'a', principal: 'anonymous' }
  const { id, invitations } = await studies.create(asked)
  const all = invitations.map(async (token) => {
    const open = await studies.open(id, token)
    return studies.post(open, 'commit', new Uint8Array(1000))
  })
  const outcomes = (await Promise.allSettled(all)).map(({ status }) => status)
  expect(outcomes.filter((status) => status === 'fulfilled')).toHaveLength(2)
  await close()
})

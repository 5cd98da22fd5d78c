import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { patience } from '../../core/test/patience.ts'
import { type Ask, compileCommands, Program, sent } from './support/runProcesses.ts'
import { fixture } from './support/world.ts'

/** Messages of studies on a server that is a process of its own, and is killed at any moment. */

const rounds = process.env.SLOW ? 20 : 2

let folder: string
let server: Program
beforeAll(() => {
  compileCommands()
  folder = mkdtempSync(join(tmpdir(), 'studies-killed-'))
  writeFileSync(join(folder, 'tiny.json'), fixture('tiny'))
  writeFileSync(join(folder, 'key'), '5a'.repeat(32))
  const words = ['--port', '0', '--models', folder, '--threads', '1', '--log', 'warn']
  const stored = [
    '--studies',
    join(folder, 'studies'),
    '--runs',
    join(folder, 'runs'),
    '--runs-key',
    join(folder, 'key'),
  ]
  const env = { XDG_STATE_HOME: join(folder, 'state') }
  server = new Program(['serve', ...words, ...stored], env, /Blindscore is at (\S+)/)
}, patience)
afterAll(async () => {
  await server?.kill()
  rmSync(folder, { recursive: true })
})

const ask: Ask = (path, init = {}) => fetch(`${server.begun}v1/${path}`, init)

test('nothing is lost that was acknowledged, and nobody says two things in one place, whenever the server is killed', {
  timeout: 60_000 * rounds,
}, async () => {
  await server.start()
  const made = await ask('studies', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ v: 1, owners: 4, study: 'a study' }),
  })
  const { id, invitations } = await made.json()
  const say = (seat: number, slot: string, body: string) =>
    sent(ask, `studies/${id}/messages/${slot}`, {
      ...{ method: 'PUT', body },
      headers: { 'Content-Type': 'application/octet-stream', 'Blindscore-Study-Token': invitations[seat] },
    })
  const acknowledged = new Map<string, string>()
  for (let round = 0; round < rounds; round++) {
    const killed = new Promise((resolve) => setTimeout(resolve, Math.random() * 60)).then(async () => {
      await server.kill()
      await server.start()
    })
    const owner = async (seat: number): Promise<void> => {
      for (let i = 0; i < 5; i++) {
        const [slot, text] = [`${round}-${i}`, `${seat} in ${round}-${i}`]
        const { status } = await say(seat, slot, text)
        expect([200, 201]).toContain(status)
        acknowledged.set(`${slot}/${seat}`, text)
      }
    }
    await Promise.all([0, 1, 2, 3].map(owner))
    await killed
  }
  await server.kill()
  await server.start()
  for (const [place, text] of acknowledged) {
    const headers = { 'Blindscore-Study-Token': invitations[3] }
    const answer = await sent(ask, `studies/${id}/messages/${place}`, { headers })
    expect([place, await answer.text()]).toEqual([place, text])
  }
  expect(acknowledged.size).toBe(4 * 5 * rounds)
  expect((await say(0, '0-0', 'something else')).status).toBe(409)
})

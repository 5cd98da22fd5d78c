import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Checkpoint, connect, Key } from '../../client/node.ts'
import { fixture } from './support/world.ts'

/** The log of a server that is a process of its own, and is killed. */

const root = fileURLToPath(new URL('../../', import.meta.url))
const main = join(root, 'dist/cli/blindscore.js')
const sealerFile = new URL('../../dist/client/owner/sealerThread.js', import.meta.url)

let folder: string
let key: Key
const children: ChildProcess[] = []
beforeAll(async () => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'cli'], { cwd: root })
  folder = mkdtempSync(join(tmpdir(), 'audited-'))
  writeFileSync(join(folder, 'tiny.json'), fixture('tiny'))
  key = await Key.generate('paillier-2048')
})
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  key.dispose()
  rmSync(folder, { recursive: true })
})

const at = (name: string) => join(folder, name)

async function serve(): Promise<{ url: string; metrics: string; child: ChildProcess; exited: Promise<unknown> }> {
  const words = ['--port', '0', '--models', folder, '--threads', '1', '--log', 'warn', '--metrics-port', '0']
  const env = { XDG_STATE_HOME: at('state') }
  const child = spawn(process.execPath, [main, 'serve', ...words, '--audit', at('audit')], { env })
  children.push(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => (said += bytes))
  const exited = new Promise((resolve) => child.once('exit', resolve))
  for (;;) {
    const [url, metrics] = [/Blindscore is at (\S+)/, /Metrics are at (\S+)/].map((form) => form.exec(said)?.[1])
    if (url && metrics) return { url, metrics, child, exited }
    if (child.exitCode !== null) throw new Error(said)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const logFile = () => at(`audit/${readdirSync(at('audit')).find((name) => name.endsWith('.jsonl'))}`)
const textOfLog = () => readFileSync(logFile(), 'utf8')

const records = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ age: 18 + (i % 80), income: i % 1000, region: 'south' }))
const blindscore = (...words: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], { encoding: 'utf8' })
  return { status, said: stdout + stderr, lines: stdout.trim().split('\n') }
}

test('a client keeps a checkpoint; a server that is killed leaves a log that is whole, and goes on with it', {
  timeout: 180_000,
}, async () => {
  const first = await serve()
  expect((await fetch(`${first.url}metrics`)).status).toBe(404)
  expect(await (await fetch(first.metrics)).text()).toContain('blindscore_models 1')
  expect((await fetch(new URL('/v1/models', first.metrics))).status).toBe(404)

  const connection = connect(first.url, { key, threads: 1, workerFile: sealerFile })
  const kept: (Checkpoint | null)[] = []
  const scores = await connection.scoreAll('tiny', records(20), { onCheckpoint: (given) => kept.push(given) })
  expect(scores).toHaveLength(20)
  const [checkpoint] = kept
  const list = (await (await fetch(`${first.url}v1/models`)).json()) as { audit: { signer: string } }
  expect([kept.length, checkpoint?.signer]).toEqual([1, list.audit.signer])
  writeFileSync(at('receipt.json'), JSON.stringify({ format: 'blindscore-receipt/1', audit: checkpoint }))

  const broken = connection.scoreAll('tiny', records(4000)).then(
    () => 'it came to its end',
    () => null,
  )
  // In the middle of it: some of it is answered.
  while ((textOfLog().match(/"kind":"scores"/g)?.length ?? 0) < 3)
    await new Promise((resolve) => setTimeout(resolve, 20))
  first.child.kill('SIGKILL')
  await first.exited
  expect(await broken).toBeNull()
  await connection.close()

  const second = await serve()
  const receipt = at('second.json')
  const csv = `age,income,region\n${records(5)
    .map((each) => Object.values(each).join(','))
    .join('\n')}\n`
  const words = ['score', '--server', second.url, '--model', 'tiny', '--key-size', '2048', '--receipt', receipt]
  const scored = spawnSync(process.execPath, [main, ...words], { input: csv, encoding: 'utf8' })
  expect([scored.stderr, scored.status]).toEqual([expect.any(String), 0])
  second.child.kill('SIGTERM')
  await second.exited

  const { audit, run } = JSON.parse(readFileSync(receipt, 'utf8')) as { audit: Checkpoint; run: string }
  expect(audit.chain).toBe(checkpoint?.chain)
  // As a line of the server's log has it, from another machine.
  writeFileSync(at('line.json'), JSON.stringify({ level: 30, checkpoint: audit, msg: 'audit checkpoint' }))
  const files = [at('receipt.json'), receipt, at('line.json')]
  const both = [...files.flatMap((file) => ['--checkpoint', file]), '--signer', list.audit.signer]
  const verified = blindscore('audit', 'verify', at('audit'), ...both)
  expect([verified.said, verified.status]).toEqual([expect.stringContaining('The log is as it was written.'), 0])
  const shown = blindscore('audit', 'show', at('audit'), '--run', run, '--outcome', 'answered').lines
  expect(shown.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      kind: 'scores',
      who: 'loopback',
      model: 'tiny',
      version: '3',
      run,
      seq: expect.any(Number),
    }),
  ])
  expect(blindscore('audit', 'show', at('audit'), '--model', 'nobody').lines).toEqual([''])
  expect(blindscore('audit', 'show', at('audit'), '--until', '2020-01-01').lines).toEqual([''])

  const text = textOfLog()
  const { seq } = JSON.parse(shown[0] ?? '{}') as { seq: number }
  writeFileSync(logFile(), text.replace(`"run":"${run}"`, `"run":"${'0'.repeat(32)}"`))
  const altered = blindscore('audit', 'verify', at('audit'), ...both)
  expect([altered.said, altered.status]).toEqual([expect.stringContaining(`Entry ${seq} is not as it was written`), 1])
  writeFileSync(logFile(), text.split('\n').slice(0, 3).join('\n'))
  expect(blindscore('audit', 'verify', at('audit'), ...both).said).toContain('it was cut')
  expect(blindscore('audit', 'verify', at('none'))).toMatchObject({
    status: 1,
    said: expect.stringContaining('audit/log'),
  })
  expect(blindscore('audit', 'verify', at('audit'), '--checkpoint', at('tiny.json')).status).toBe(2)
})

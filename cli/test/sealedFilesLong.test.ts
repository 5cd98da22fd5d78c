import { execFileSync, spawn } from 'node:child_process'
import { appendFileSync, createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Key } from '../../client/owner/key.ts'
import { shipped } from '../../core/test/shipped.ts'
import { reviewModel } from '../../model/verdict.ts'
import { sha256 } from '../../platform/digest.ts'
import { readSecret } from '../../server/secret.ts'

/**
 * Long files through the three commands: killed at points that chance chooses and started anew, and in memory that does not grow
 * with the file.
 */

const slow = process.env.SLOW === '1'
const [few, many] = [20_000, 200_000]
/** MiB that a command takes at most, threads and all, and how much more of them a file ten times as long may take. */
const [mostMemory, mostGrowth] = [400, 60]

const root = fileURLToPath(new URL('../../', import.meta.url))
const command = join(root, 'dist/cli/blindscore.js')
const passphrase = 'correct horse battery staple'
const { model, file, rows } = shipped('salary')
let folder = ''
const at = (name: string): string => join(folder, name)

/** Runs a command, killed after so many milliseconds unless it has ended. Resolves to its exit code and its peak in MiB. */
function run(
  args: readonly string[],
  input?: string,
  killAfter = Infinity,
): Promise<{ code: number | null; peak: number; ms: number }> {
  const began = performance.now()
  const env = {
    ...process.env,
    BLINDSCORE_PASSPHRASE: passphrase,
    XDG_STATE_HOME: at('state'),
    NODE_OPTIONS: `--import=${at('peak.mjs')}`,
    PEAK_FILE: at('peak'),
  }
  rmSync(at('peak'), { force: true })
  const child = spawn(process.execPath, [command, ...args], { env, stdio: ['pipe', 'ignore', 'ignore'] })
  child.stdin.on('error', () => {})
  if (input === undefined) child.stdin.end()
  else createReadStream(input).pipe(child.stdin)
  const timer = killAfter < Infinity ? setTimeout(() => child.kill('SIGKILL'), killAfter) : undefined
  return new Promise((resolve) =>
    child.on('close', (code) => {
      clearTimeout(timer)
      const peak = existsSync(at('peak')) ? Number(readFileSync(at('peak'), 'utf8')) / 1024 : Number.NaN
      resolve({ code, peak, ms: performance.now() - began })
    }),
  )
}

const seal = (name: string) => [
  ...['seal', '--model', at('card.json'), '--key', at('key.json'), '--identity', 'Name', '--threads', '2'],
  ...['--out', at(`${name}.blind`)],
]
const score = (from: string, name: string) => [
  'score-file',
  '--in',
  at(`${from}.blind`),
  '--out',
  at(`${name}.scored`),
  '--threads',
  '2',
]
const open = (name: string) => ['open', '--key', at('key.json'), '--threads', '2', '--out', at(`${name}.csv`)]

/** Kills a command three times, each at some point of the time that it took, and lets it end then. */
async function killed(args: readonly string[], input: string | undefined, ms: number, output: string): Promise<void> {
  for (let time = 0; time < 3; time++) {
    const { code } = await run(args, input, 500 + Math.random() * 0.6 * ms)
    if (code === 0) return
    expect(existsSync(output)).toBe(false)
  }
  expect((await run(args, input)).code).toBe(0)
}

beforeAll(async () => {
  if (!slow) return
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'cli'], { cwd: root })
  folder = mkdtempSync(join(tmpdir(), 'long-'))
  const peak = `import { isMainThread } from 'node:worker_threads'
import { writeFileSync } from 'node:fs'
if (isMainThread) process.on('exit', () => writeFileSync(process.env.PEAK_FILE, String(process.resourceUsage().maxRSS)))`
  writeFileSync(at('peak.mjs'), peak)
  const key = await Key.generate('paillier-2048')
  writeFileSync(at('key.json'), await key.backup(passphrase))
  const secret = await readSecret(undefined, { XDG_STATE_HOME: at('state') })
  writeFileSync(at('card.json'), JSON.stringify((await reviewModel(file, sha256, secret.openingOf)).card))
  const features = model.card.features.map(({ name }) => name)
  for (const records of [few, many]) {
    writeFileSync(at(`${records}.in`), `${['Name', ...features].join(',')}\n`)
    for (let from = 0; from < records; from += 10_000) {
      const lines = Array.from({ length: Math.min(10_000, records - from) }, (_, i) => {
        const row = rows[(from + i) % rows.length] as (typeof rows)[number]
        return [`Person ${from + i}`, ...features.map((feature) => row[feature])].join(',')
      })
      appendFileSync(at(`${records}.in`), `${lines.join('\n')}\n`)
    }
  }
}, 600_000)
afterAll(() => {
  if (folder !== '') rmSync(folder, { recursive: true })
})

describe.runIf(slow)('a file of many records', () => {
  test('goes through seal, score-file and open in as much memory as a tenth of it, and comes back whole when they are killed', async () => {
    const peaks: Record<number, readonly number[]> = {}
    const took: number[] = []
    for (const records of [few, many]) {
      const name = String(records)
      const ran = [
        await run(seal(name), at(`${name}.in`)),
        await run(score(name, name)),
        await run(open(name), at(`${name}.scored`)),
      ]
      expect(ran.map(({ code }) => code)).toEqual([0, 0, 0])
      peaks[records] = ran.map(({ peak }) => peak)
      took.splice(0, 3, ...ran.map(({ ms }) => ms))
    }
    console.log('peaks in MiB of seal, score-file and open:', peaks)
    for (const [i, peak] of (peaks[many] ?? []).entries()) {
      expect(peak).toBeLessThan(mostMemory)
      expect(peak - (peaks[few]?.[i] as number)).toBeLessThan(mostGrowth)
    }
    const [sealing = 0, scoring = 0] = took
    await killed(seal('killed'), at(`${many}.in`), sealing, at('killed.blind'))
    await killed(score('killed', 'killed'), undefined, scoring, at('killed.scored'))
    expect((await run(open('killed'), at('killed.scored'))).code).toBe(0)
    // Scores are exact, so they are the same to the last digit, in their order and with their names.
    expect(readFileSync(at('killed.csv')).equals(readFileSync(at(`${many}.csv`)))).toBe(true)
    const lines = readFileSync(at('killed.csv'), 'utf8').trimEnd().split('\r\n')
    expect([lines.length, lines.at(-1)?.split(',').slice(0, 2)]).toEqual([
      many + 1,
      [String(many), `Person ${many - 1}`],
    ])
  }, 3_600_000)
})

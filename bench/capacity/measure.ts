import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Papa from 'papaparse'
import { connect, type Exchange, Key } from '../../client/node.ts'
import { type ServerProcess, spawnServer } from '../journeys/server.ts'
import { inRoot } from '../root.ts'
import type { UnitCost } from './plan.ts'

/**
 * What a record takes of a server, by the processor time of its whole process: HTTP, checks, budgets, scoring, and masks whether asked
 * for or made ahead. Processor time is told nearly alike on a machine that is busy with other things.
 */

const model = 'credit-default'
const passphrase = 'measured and thrown away'

interface Scheme {
  readonly name: string
  readonly set: string
  readonly choice: 'paillier' | 'lattice'
  /** So many times the records: a chunk of it holds thousands, and takes as long for few. */
  readonly times: number
}

export const schemes: readonly Scheme[] = [
  { name: 'paillier-2048', set: 'paillier-2048', choice: 'paillier', times: 1 },
  { name: 'paillier-3072', set: 'paillier-3072', choice: 'paillier', times: 1 },
  { name: 'lattice', set: 'paillier-3072', choice: 'lattice', times: 10 },
]

/** Live runs of a few and of many records, and stored ones of many: two lengths tell a key's cost from a record's. */
export async function measured(scheme: Scheme, fewest: number, most: number): Promise<UnitCost> {
  const [few, many] = [fewest * scheme.times, most * scheme.times]
  const folder = mkdtempSync(join(tmpdir(), 'blindscore-capacity-'))
  const key = await Key.generate(scheme.set as Parameters<typeof Key.generate>[0])
  writeFileSync(join(folder, 'runs-key'), '5a'.repeat(32), { mode: 0o600 })
  writeFileSync(join(folder, 'key.json'), await key.backup(passphrase))
  const stored = ['--runs', join(folder, 'runs'), '--runs-key', join(folder, 'runs-key')]
  const server = await spawnServer([...stored, '--secret-file', join(folder, 'secret')])
  try {
    const first = await spentOn(server, () => score(server, key, scheme, few))
    const second = await spentOn(server, () => score(server, key, scheme, many))
    // A key of Paillier is there by the second run; one of the lattice scheme is each run's own.
    const ofRun = scheme.choice === 'lattice' ? (second.seconds - first.seconds) / (many - few) : second.seconds / many
    const kept = { bytes: 0 }
    const third = await spentOn(server, () => submitAndFetch(server, scheme, folder, many, kept))
    const { up, down, chunks } = second.result
    return {
      scheme: scheme.name,
      record: 1e6 * ofRun,
      key: Math.max(0, 1e3 * (first.seconds - few * ofRun)),
      stored: Math.max(0, (1e6 * (third.seconds - second.seconds)) / many),
      up: up / many,
      down: down / many,
      kept: kept.bytes / many,
      recordsPerChunk: many / chunks,
    }
  } finally {
    await server.close()
    key.dispose()
    rmSync(folder, { recursive: true })
  }
}

/** What a server that nobody asks still takes of four seconds: it looks at its models, and is asked for its metrics. */
const restSeconds = 0.15

/** Seconds of processor time until the server is at rest again, spare work included. */
async function spentOn<T>(server: ServerProcess, work: () => Promise<T>) {
  const before = await atRest(server)
  const result = await work()
  return { result, seconds: (await atRest(server)) - before }
}

async function atRest(server: ServerProcess): Promise<number> {
  const read = async () => (await server.metrics()).get('process_cpu_seconds_total') ?? Number.NaN
  for (let last = await read(); ; ) {
    await sleep(4000)
    const now = await read()
    if (now - last < restSeconds) return now
    last = now
  }
}

async function score(server: ServerProcess, key: Key, { choice }: Scheme, count: number) {
  const all: Exchange[] = []
  const onExchange = (exchange: Exchange) => void all.push(exchange)
  const connection = connect(server.url, { key, scheme: choice, threads: 1, onExchange })
  try {
    await connection.scoreAll(model, recordsOf(count))
  } finally {
    await connection.close()
  }
  const scored = all.filter(({ path }) => path.endsWith('/scores'))
  const sum = (of: (exchange: Exchange) => number) => scored.reduce((bytes, each) => bytes + of(each), 0)
  return { up: sum(({ bytesUp }) => bytesUp), down: sum(({ bytesDown }) => bytesDown), chunks: scored.length }
}

async function submitAndFetch(
  { url }: ServerProcess,
  { choice }: Scheme,
  folder: string,
  count: number,
  kept: { bytes: number },
): Promise<void> {
  const at = (name: string) => join(folder, name)
  const env = { ...process.env, BLINDSCORE_PASSPHRASE: passphrase }
  const blindscore = (words: readonly string[], input = '') =>
    execFileSync(process.execPath, [inRoot('dist/cli/blindscore.js'), ...words], {
      env,
      input,
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
  const given = ['--server', url, '--model', model, '--key', at('key.json'), '--out', at('run'), '--scheme', choice]
  blindscore(['submit', ...given, '--threads', '1', '--quiet'], csvOf(count))
  while (JSON.parse(blindscore(['status', at('run'), '--json'])).state !== 'done') await sleep(1000)
  kept.bytes = bytesIn(at('runs'))
  blindscore(['fetch', at('run'), '--key', at('key.json')], csvOf(count))
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}

const sample = () => readFileSync(inRoot('public/samples/credit.csv'), 'utf8').trimEnd()

function recordsOf(count: number): Record<string, string>[] {
  const { data } = Papa.parse<Record<string, string>>(sample(), { header: true })
  return Array.from({ length: count }, (_, i) => data[i % data.length] as Record<string, string>)
}

function csvOf(count: number): string {
  const [header, ...rows] = sample().split('\n')
  return `${[header, ...Array.from({ length: count }, (_, i) => rows[i % rows.length])].join('\n')}\n`
}

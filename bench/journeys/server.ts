import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { inRoot } from '../root.ts'

/** The product's server in a process of its own, so that its work can be told from the browser's and from ours. */
export interface ServerProcess {
  readonly url: string
  /** Counters of /metrics, summed over their labels. */
  metrics(): Promise<ReadonlyMap<string, number>>
  close(): Promise<void>
}

/** `more`: options of the command, besides those of a benchmark. */
export async function spawnServer(more: readonly string[] = []): Promise<ServerProcess> {
  // What a benchmark uses up is not counted as this machine's.
  const counts = mkdtempSync(join(tmpdir(), 'blindscore-bench-'))
  const args = [
    inRoot('dist/cli/blindscore.js'),
    'serve',
    '--port',
    '0',
    '--log',
    'error',
    '--records-per-hour',
    '1000000000',
    '--budgets-dir',
    join(counts, 'budgets'),
    '--ledger-file',
    join(counts, 'ledger'),
    ...more,
  ]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('The server ended.')))
  ended.catch(() => {})
  const url = await Promise.race([addressOf(createInterface(child.stdout)), ended])
  return {
    url,
    async metrics() {
      const response = await fetch(new URL('metrics', url))
      if (!response.ok) throw new Error(`/metrics answered ${response.status}.`)
      return sums(await response.text())
    },
    async close() {
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      await exit
      rmSync(counts, { recursive: true, force: true })
    },
  }
}

async function addressOf(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines) {
    const url = /https?:\/\/\S+/.exec(line)?.[0]
    if (url) return url
  }
  throw new Error('The server did not say where it is.')
}

/** Prometheus text to sums by name. */
function sums(text: string): Map<string, number> {
  const all = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [, name, value] = /^([a-z_][\w:]*)(?:\{[^}]*\})? (\S+)$/i.exec(line) ?? []
    if (name !== undefined) all.set(name, (all.get(name) ?? 0) + Number(value))
  }
  return all
}

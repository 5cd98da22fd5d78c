import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startNginx } from '../services/nginx.ts'
import type { Service } from '../services/service.ts'
import { fixture } from './world.ts'

/** Processes of one server that share a store, behind nginx as operators are given it. */

const root = fileURLToPath(new URL('../../../', import.meta.url))
const main = join(root, 'dist/cli/blindscore.js')

/** The compiled command is as the sources are. */
export function buildCommand(): void {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'cli'], { cwd: root })
}

export interface Process {
  readonly url: string
  /** A number that its metrics tell, summed over labels. */
  metric(name: string): Promise<number>
  kill(): Promise<void>
}

export class Fleet {
  readonly #folder = mkdtempSync(join(tmpdir(), 'fleet-'))
  readonly #children: ChildProcess[] = []
  readonly #place: readonly string[]
  #nginx: Service | undefined

  private constructor(state: string) {
    mkdirSync(join(this.#folder, 'models'))
    writeFileSync(join(this.#folder, 'models/tiny.json'), fixture('tiny'))
    this.#place = ['--state', state, '--secret-file', join(this.#folder, 'secret')]
  }

  static begin(state: string): Fleet {
    buildCommand()
    const fleet = new Fleet(state)
    execFileSync(process.execPath, [main, 'state', 'begin', ...fleet.#place], { stdio: 'ignore', env: fleet.#env })
    return fleet
  }

  get #env() {
    return { XDG_STATE_HOME: join(this.#folder, 'state') }
  }

  /** Starts one more. Rejects with what it says where it does not start. */
  async start(...more: string[]): Promise<Process> {
    const words = ['--port', '0', '--metrics-port', '0', '--models', join(this.#folder, 'models'), '--threads', '1']
    const all = ['serve', ...words, '--trust-proxy', '127.0.0.1', '--log', 'error', ...this.#place, ...more]
    const child = spawn(process.execPath, [main, ...all], { env: this.#env })
    this.#children.push(child)
    const exited = once(child, 'exit')
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (said += bytes))
    for (;;) {
      const [url, metrics] = [/Blindscore is at (\S+)/, /Metrics are at (\S+)/].map((form) => form.exec(said)?.[1])
      if (url && metrics) return processAt(url, metrics, child, exited)
      if (child.exitCode !== null) throw new Error(said)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  /** The address before these processes. */
  async proxy(processes: readonly Process[]): Promise<string> {
    const given = readFileSync(join(root, 'deploy/proxy/nginx-processes.conf'), 'utf8')
    const [first, ...others] = given.match(/^ {4}server 127.*$/gm) ?? []
    const servers = processes.map(({ url }) => (first ?? '').replace('127.0.0.1:8787', new URL(url).host))
    const own = others
      .reduce((text, line) => text.replace(`${line}\n`, ''), given)
      .replace(first ?? '', servers.join('\n'))
    this.#nginx = await startNginx((port) =>
      own.replace('listen 443 ssl', `listen 127.0.0.1:${port}`).replace(/^ *ssl_.*\n/gm, ''),
    )
    return this.#nginx.url
  }

  async stop(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL')
    await this.#nginx?.stop()
    rmSync(this.#folder, { recursive: true })
  }
}

function processAt(url: string, metrics: string, child: ChildProcess, exited: Promise<unknown>): Process {
  return {
    url,
    metric: async (name) => {
      const text = await (await fetch(metrics)).text()
      const lines = text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))
      return [...lines].reduce((sum, [, value]) => sum + Number(value), 0)
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}

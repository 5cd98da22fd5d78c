import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe } from 'vitest'
import { patience } from '../../../core/test/patience.ts'
import { findService } from '../../../tools/services.mjs'

/** Programs that tests start on loopback, each with a folder and a port of its own. */
export interface Service {
  readonly url: string
  readonly port: number
  /** Where it writes. */
  readonly folder: string
  /** What it said since it was started first. */
  said(): string
  /** Ends it as a failing machine would; what it wrote stays. */
  kill(): Promise<void>
  /** Starts it on what it wrote, after {@link kill}. */
  restart(): Promise<void>
  /** Ends it, and takes away what it wrote. */
  stop(): Promise<void>
}

interface Program {
  readonly file: string
  readonly url: (port: number) => string
  /** Makes what it starts with in its folder. */
  readonly prepare?: (folder: string, port: number) => void
  readonly args: (folder: string, port: number) => readonly string[]
  /** Whether it answers. */
  readonly isReady: (port: number) => Promise<boolean>
}

const nobody = 65534

/** PostgreSQL refuses to be started by root. */
export const asNobody = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {}

export async function startService({ file, url, prepare, args, isReady }: Program): Promise<Service> {
  const folder = mkdtempSync(join(tmpdir(), 'service-'))
  if (asNobody.uid) chownSync(folder, nobody, nobody)
  const port = await freePort()
  prepare?.(folder, port)
  let running: ChildProcess | undefined
  let all = ''
  const endWithThis = () => running?.kill('SIGKILL')
  process.on('exit', endWithThis)
  const start = async (): Promise<void> => {
    for (const deadline = Date.now() + patience; ; ) {
      let said = ''
      const child = spawn(file, args(folder, port), { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], ...asNobody })
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (said += bytes))
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (all += bytes))
      running = child
      while (child.exitCode === null && child.signalCode === null) {
        if (await isReady(port)) return
        await sleep(20)
      }
      // After a kill the ones that it had started may not have ended.
      if (Date.now() > deadline) throw new Error(`${file} does not start: ${said}`)
      await sleep(100)
    }
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const child = running
    running = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    // What it started goes with it: a PostgreSQL's own processes answer on for a moment otherwise.
    const own = signal === 'SIGKILL' ? childrenOf(child.pid) : []
    child.kill(signal)
    for (const pid of own) killed(pid)
    await ended
  }
  await start()
  return {
    url: url(port),
    port,
    folder,
    said: () => all,
    kill: () => end('SIGKILL'),
    restart: start,
    stop: async () => {
      // An immediate shutdown, for PostgreSQL.
      await end('SIGQUIT')
      process.off('exit', endWithThis)
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
    },
  }
}

function childrenOf(pid: number | undefined): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    // No Linux, or it has ended.
    return []
  }
}

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}

/** `describe` where all of these are installed. Elsewhere, never where CI is set, the tests are skipped, and a line says so. */
export function describeWith(
  names: readonly Parameters<typeof findService>[0][],
): typeof describe | typeof describe.skip {
  const missing = names.filter((name) => findService(name) === null)
  if (missing.length === 0) return describe
  const told = `${missing.join(', ')} not installed (node tools/prepare.mjs --services)`
  if (process.env.CI) throw new Error(told)
  console.warn(`SKIPPED: ${told}`)
  return describe.skip
}

export function programOf(name: Parameters<typeof findService>[0]): string {
  const file = findService(name)
  if (file === null) throw new Error(`${name} is not installed`)
  return file
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Whether something listens there that answers these bytes with a text that `fits`, or anything does where nothing is asked. */
export function answers(port: number, asked = '', fits = (_: string): boolean => true): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const done = (ready: boolean) => {
      socket.destroy()
      resolve(ready)
    }
    socket.setTimeout(1000, () => done(false))
    socket.on('error', () => done(false))
    socket.on('connect', () => (asked ? socket.write(asked) : done(true)))
    socket.on('data', (bytes) => done(fits(String(bytes))))
    socket.on('end', () => done(false))
  })
}

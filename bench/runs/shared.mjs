// What it costs to share the work on stored runs: three workers on a queue beside one process that does it alone, for the same runs:
//
//   node tools/prepare.mjs --services && node bench/runs/shared.mjs [RECORDS] [RUNS] [ROUNDS] [MODEL] [QUEUES]
//
// So many runs, each of a key of its own, are started at once; arms take turns at the same ones. Wall is from there to the last answer; processor time
// that of all processes of the server's side meanwhile, and of the queue's service (/proc, Linux). The queue's share is what the same number of jobs
// cost without work in them, in the process and in the service, over the processor time of the whole. Ratios count; what else the machine does hits
// all arms alike, wall more than processor time.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Key } from '../../dist/client/owner/key.js'
import { silentLog } from '../../dist/server/log.js'
import { partsOf } from '../../dist/server/runs/parts.js'
import { openEngine } from '../../dist/server/runs/places.js'
import { sharedQueue } from '../../dist/server/runs/sharedQueue.js'
import { findService } from '../../tools/services.mjs'

const [records = '20000', runs = '6', rounds = '3', model = 'credit-default', wanted = 'redis,postgres'] =
  process.argv.slice(2)
const samples = { salary: 'salary', 'credit-default': 'credit', 'doctor-visits': 'doctor-visits' }
const root = fileURLToPath(new URL('../..', import.meta.url))
const main = join(root, 'dist/cli/blindscore.js')
const folder = mkdtempSync(join(tmpdir(), 'shared-runs-'))
/** PostgreSQL is no root’s, who alone may look into the other one. */
const cluster = mkdtempSync(join(tmpdir(), 'shared-runs-'))
const at = (/** @type {string} */ name) => join(folder, name)
const passphrase = 'correct horse battery staple'
const env = { ...process.env, XDG_STATE_HOME: at('state'), BLINDSCORE_PASSPHRASE: passphrase }
const own = ['--runs', at('runs'), '--runs-key', at('runs-key'), '--secret-file', at('secret'), '--log', 'silent']
const keys = Array.from({ length: Number(runs) }, (_, i) => at(`key-${i}.json`))
/** @type {{ name: string, url: string, pid: number | undefined }[]} */
let queues = []
const ticksPerSecond = Number(String(spawnSync('getconf', ['CLK_TCK']).stdout)) || 100
/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set()

process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))

/** @param {string} file @param {string[]} args @param {RegExp} begun @param {object} [more] */
async function started(file, args, begun, more = {}) {
  const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'], ...more })
  children.add(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => (said += bytes))
  for (;;) {
    const [, found] = begun.exec(said) ?? []
    if (found) return { child, found }
    if (child.exitCode !== null) throw new Error(said)
    await sleep(20)
  }
}

/** Seconds of processor time of processes and of all that they started. @param {(number | undefined)[]} pids */
function processorTime(pids) {
  const all = new Set(pids)
  const stats = readdirSync('/proc').flatMap((name) => {
    try {
      return /^\d+$/.test(name) ? [[Number(name), readFileSync(`/proc/${name}/stat`, 'utf8')]] : []
    } catch {
      return []
    }
  })
  let ticks = 0
  for (let grew = true; grew; ) {
    grew = false
    for (const [pid, stat] of /** @type {[number, string][]} */ (stats)) {
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      if (!all.has(pid) && all.has(Number(fields[1]))) grew = Boolean(all.add(pid))
    }
  }
  for (const [pid, stat] of /** @type {[number, string][]} */ (stats)) {
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // User and system, its own and of children that have ended.
    if (all.has(pid)) ticks += [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0)
  }
  return ticks / ticksPerSecond
}

/** A port that nobody listens at. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  server.close()
  await once(server, 'close')
  return `${port}`
}

const services = {
  redis: async () => {
    const port = await freePort()
    const args = ['--port', port, '--bind', '127.0.0.1', '--appendonly', 'yes', '--save', '', '--dir', folder]
    const { child } = await started(findService('redis') ?? '', args, /(Ready to accept)/)
    return { child, url: `redis://127.0.0.1:${port}/0` }
  },
  postgres: async () => {
    const port = await freePort()
    const file = findService('postgres') ?? ''
    const as = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
    if (as.uid) chownSync(cluster, as.uid, as.gid)
    const data = join(cluster, 'data')
    spawnSync(file.replace(/postgres$/, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust'], {
      cwd: cluster,
      ...as,
    })
    const args = ['-D', data, '-p', port, '-k', cluster, '-c', 'listen_addresses=127.0.0.1']
    const { child } = await started(file, args, /(ready to accept)/, { cwd: cluster, ...as })
    return { child, url: `postgres://postgres@127.0.0.1:${port}/postgres` }
  },
}

/** What the time of threads went to, in seconds, and the masks that were made. @param {string[]} metrics */
function workOf(metrics) {
  const found = metrics.flatMap((text) => [
    ...text.matchAll(/^blindscore_(compute_seconds|masks_made)_total\{\w+="(\w+)"\} (\S+)/gm),
  ])
  /** @type {Record<string, number>} */
  const sums = {}
  for (const [, of, kind, value] of found) {
    const name = of === 'masks_made' ? `masks by ${kind}` : `${kind}`
    sums[name] = (sums[name] ?? 0) + Number(value)
  }
  return sums
}

/** @param {object} [work] */
const said = (work = {}) =>
  Object.entries(work)
    .map(([kind, sum]) => `${kind} ${Number(sum.toFixed(1))}`)
    .join(', ')

/** @param {number[]} values */
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN

/** Hands runs of a key each over to a server by whose queue nobody works. @param {string} queue */
async function handOver(queue) {
  const serving = ['serve', '--port', '0', ...own, '--queue', queue, '--no-work', '--threads', '1']
  const server = await started(process.execPath, [main, ...serving], /Blindscore is at (\S+)/)
  const handed = keys.map((key) => {
    const asked = [
      'submit',
      '--server',
      server.found,
      '--model',
      model,
      '--key',
      key,
      '--out',
      at('run.json'),
      '--quiet',
    ]
    const { status, stderr } = spawnSync(process.execPath, [main, ...asked], { env, input: readFileSync(at('in.csv')) })
    if (status !== 0) throw new Error(String(stderr))
    const { id, token } = JSON.parse(readFileSync(at('run.json'), 'utf8')).stored
    rmSync(at('run.json'))
    return { id, headers: { 'Blindscore-Run-Token': token } }
  })
  await ended(server)
  return handed
}

/** @param {Awaited<ReturnType<typeof started>>} process */
async function ended({ child }) {
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
  children.delete(child)
}

/**
 * What the server's side takes from the start of all runs to the last answer.
 *
 * @param {{ url: string, pid: number | undefined } | null} queue @param {Awaited<ReturnType<typeof handOver>>} handed
 */
async function measure(queue, handed) {
  const shared = queue === null ? ['--threads', '2'] : ['--queue', queue.url, '--no-work', '--threads', '1']
  // Nobody finds what waits before its time.
  renameSync(at('runs-keys'), at('aside'))
  const server = await started(
    process.execPath,
    [main, 'serve', '--port', '0', ...own, ...shared],
    /Blindscore is at (\S+)/,
  )
  const workers = await Promise.all(
    (queue ? [0, 1, 2] : []).map((i) => {
      const working = [
        'work',
        ...own,
        '--queue',
        queue?.url ?? '',
        '--threads',
        '1',
        '--ledger-file',
        at(`ledger-${i}`),
        '--metrics-port',
        '0',
      ]
      return started(process.execPath, [main, ...working], /Metrics are at (\S+)/)
    }),
  )
  await sleep(1000)
  for (const { id } of handed) {
    for (const made of ['out', 'base', 'begun']) rmSync(at(`runs/${id}/${made}`), { recursive: true, force: true })
    renameSync(at(`aside/${id}`), at(`runs-keys/${id}`))
  }
  rmSync(at('aside'), { recursive: true })
  const pids = [server, ...workers].map(({ child }) => child.pid)
  const all = () => processorTime(queue ? [...pids, queue.pid] : pids)
  const [began, before] = [performance.now(), all()]
  const ask = (/** @type {string} */ path, /** @type {RequestInit} */ init) =>
    fetch(`${server.found}v1/runs/${path}`, init)
  for (const { id, headers } of handed) await ask(`${id}/start`, { method: 'POST', headers })
  let chunks = 0
  for (const { id, headers } of handed) {
    let state = { state: '', chunks: 0 }
    while (state.state !== 'done') {
      const response = await ask(id, { headers })
      state = await response.json()
      if (!response.ok || state.state === 'failed') throw new Error(JSON.stringify(state))
      await sleep(500)
    }
    chunks = state.chunks
  }
  const metrics = [...(queue ? workers : [server])].map(({ found }) => fetch(new URL('/metrics', found)))
  const work = workOf(await Promise.all(metrics.map(async (each) => (await each).text())))
  const taken = { work, wall: (performance.now() - began) / 1000, seconds: all() - before, chunks }
  for (const each of [server, ...workers]) await ended(each)
  return taken
}

/** Seconds of processor time of so many parts without work in them. @param {{ url: string, pid: number | undefined }} queue @param {number} chunks */
async function queueAlone(queue, chunks) {
  const times = 20
  const names = Array.from({ length: times }, (_, i) => i.toString(16).padStart(32, '0'))
  /** @type {Set<string>} */
  const done = new Set()
  const parts = partsOf('', chunks, new Set()).length
  const work = {
    runs: async () => [],
    parts: async (/** @type {string} */ run) => partsOf(run, chunks, new Set()),
    work: async (/** @type {import('../../dist/server/runs/ports.js').RunPart} */ part) => {
      done.add(`${part.run} ${part.first}`)
    },
  }
  const open = await sharedQueue(() => openEngine(queue.url), { log: silentLog, places: 2 })(work)
  const [own, theirs] = [process.cpuUsage(), processorTime([queue.pid])]
  for (const run of names) await open.wake(run)
  while (done.size < times * parts) await sleep(20)
  const { user, system } = process.cpuUsage(own)
  const seconds = (user + system) / 1e6 + processorTime([queue.pid]) - theirs
  await open.close()
  return { seconds: seconds / times, parts }
}

try {
  for (const file of keys) writeFileSync(file, await (await Key.generate('paillier-3072')).backup(passphrase))
  writeFileSync(at('runs-key'), '5a'.repeat(32))
  writeFileSync(at('secret'), '5b'.repeat(32))
  const [header = '', ...lines] = readFileSync(`${root}/public/samples/${samples[model]}.csv`, 'utf8')
    .trim()
    .split(/\r?\n/)
  const rows = Array.from({ length: Number(records) }, (_, i) => lines[i % lines.length])
  writeFileSync(at('in.csv'), [header, ...rows].join('\n'))
  queues = await Promise.all(
    wanted.split(',').map(async (name) => {
      const start = services[name]
      const { child, url } = await start()
      return { name, url, pid: child.pid }
    }),
  )
  const arms = [null, ...queues]
  const handed = await handOver(`${queues[0]?.url.slice(0, -1)}9`)
  /** @type {{ wall: number[], seconds: number[], chunks: number, work: object }[]} */
  const taken = arms.map(() => ({ wall: [], seconds: [], chunks: 0, work: {} }))
  for (let round = 0; round < Number(rounds); round++)
    for (const [i, arm] of arms.entries()) {
      const { wall, seconds, chunks, work } = await measure(arm, handed)
      taken[i]?.wall.push(wall)
      taken[i]?.seconds.push(seconds)
      Object.assign(taken[i] ?? {}, { chunks, work })
    }
  const [alone, ...others] = taken.map(({ wall, seconds, chunks, work }) => ({
    wall: median(wall),
    seconds: median(seconds),
    chunks,
    work,
  }))
  console.log(`${runs} runs of ${records} records, ${model}, ${alone?.chunks} chunks each, ${rounds} rounds, medians`)
  console.log(`one process, 2 threads: ${alone?.wall.toFixed(1)} s, processor time ${alone?.seconds.toFixed(1)} s`)
  console.log(`  of that in the last round: ${said(alone?.work)}`)
  for (const [i, { wall, seconds, chunks, work: spent }] of others.entries()) {
    const queue = /** @type {(typeof queues)[0]} */ (queues[i])
    const { seconds: share, parts } = await queueAlone(queue, chunks)
    const all = share * Number(runs)
    const [throughput, work] = [(alone?.wall ?? 0) / wall, (alone?.seconds ?? 0) / seconds]
    console.log(
      `three workers, 1 thread each, ${queue.name}: ${wall.toFixed(1)} s, processor time ${seconds.toFixed(1)} s`,
    )
    console.log(`  of that in the last round: ${said(spent)}`)
    console.log(`  throughput ${throughput.toFixed(2)} of one process's, by processor time ${work.toFixed(2)}`)
    console.log(
      `  queue: ${parts} parts a run, ${((1000 * share) / parts).toFixed(1)} ms each, ${((100 * all) / seconds).toFixed(2)} % of the work`,
    )
  }
} finally {
  for (const child of children) child.kill('SIGKILL')
  await sleep(500)
  for (const each of [folder, cluster]) rmSync(each, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
}
process.exit(0)

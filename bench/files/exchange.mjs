// Processor time and bytes of an exchange by files beside a live run over the same records and model, under either scheme:
//
//   node tools/prepare.mjs && node bench/files/exchange.mjs [RECORDS] [MODEL] [THREADS]
//
// Both are the commands that people type, each in processes of its own; what bash's `time` says of user and system is added up, so that
// neither waiting nor the number of cores counts. Bytes are those of chunks and of the frames around them: key and card, which either
// way brings once, are on neither side. A machine that does something else meanwhile says less of the ratios, too.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Key } from '../../dist/client/owner/key.js'

const [records = '20000', model = 'salary', threads = '2'] = process.argv.slice(2)
const root = fileURLToPath(new URL('../..', import.meta.url))
const samples = { salary: 'salary', 'credit-default': 'credit', 'doctor-visits': 'doctor-visits' }
const folder = mkdtempSync(join(tmpdir(), 'exchange-'))
const at = (/** @type {string} */ name) => join(folder, name)
const passphrase = 'correct horse battery staple'
const env = { ...process.env, XDG_STATE_HOME: folder, BLINDSCORE_PASSPHRASE: passphrase, TIMEFORMAT: '%U %S' }

/**
 * Runs a line of bash and resolves to the seconds of processor time of all that it started, and to what was said.
 *
 * @param {string} line
 */
function timed(line) {
  const child = spawn('bash', ['-c', `time { ${line}; }`], { env, cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (said += bytes))
  /** @type {Promise<{ seconds: number, said: string }>} */
  const ended = new Promise((resolve, reject) =>
    child.on('close', (code) => {
      const [user = 0, system = 0] = (said.trim().split('\n').at(-1) ?? '').split(' ').map(Number)
      if (code === 0) resolve({ seconds: user + system, said })
      else reject(new Error(said))
    }),
  )
  return { ended, soFar: () => said }
}

const blindscore = 'node dist/cli/blindscore.js'
const schemes = ['paillier', 'lattice']

/** Starts a server, and resolves to its address once it listens, and to what it took once it has ended. */
async function serve() {
  const serving = timed(
    `exec ${blindscore} serve --port 0 --log silent --threads ${threads} & echo $! > ${at('pid')}; wait`,
  )
  /** @type {string} */
  const url = await new Promise((resolve) => {
    const look = setInterval(() => {
      const found = /is at (\S+)/.exec(serving.soFar())
      if (found?.[1] === undefined) return
      clearInterval(look)
      resolve(found[1])
    }, 50)
  })
  const end = () => {
    process.kill(Number(readFileSync(at('pid'), 'utf8')), 'SIGTERM')
    return serving.ended
  }
  return { url, end }
}

/** The bytes of a sealed file without its header: what there is of it but key and card. */
function bytesOf(/** @type {string} */ name) {
  return statSync(at(name)).size - (8 + 5 + readFileSync(at(name)).readUInt32BE(9) + 64)
}

/** A live run and an exchange by files, and what either took. */
async function measure(/** @type {string} */ scheme) {
  const server = await serve()
  writeFileSync(at('card.json'), await (await fetch(`${server.url}v1/models/${model}`)).text())
  const own = `--key ${at('key.json')} --threads ${threads}`
  const key = scheme === 'paillier' ? own : `--scheme ${scheme} --threads ${threads}`
  const live = await timed(
    `${blindscore} score --server ${server.url} --model ${model} ${key} < ${at('in.csv')} > ${at('live.csv')}`,
  ).ended
  const served = await server.end()
  const [, up = 0, down = 0] = (/(\d+) bytes up, (\d+) down/.exec(live.said) ?? []).map(Number)
  const sealing = `--model ${at('card.json')} ${own} --scheme ${scheme} --out ${at('a.blind')}`
  const seal = await timed(`${blindscore} seal ${sealing} < ${at('in.csv')}`).ended
  const scoring = `--in ${at('a.blind')} --out ${at('a.scored')} --threads ${threads}`
  const score = await timed(`${blindscore} score-file ${scoring}`).ended
  const open = await timed(`${blindscore} open ${own} < ${at('a.scored')} > ${at('file.csv')}`).ended
  return { live, served, seal, score, open, up, down }
}

try {
  const key = await Key.generate('paillier-3072')
  writeFileSync(at('key.json'), await key.backup(passphrase))
  const [header = '', ...lines] = readFileSync(`${root}/public/samples/${samples[model]}.csv`, 'utf8')
    .trim()
    .split(/\r?\n/)
  const rows = Array.from({ length: Number(records) }, (_, i) => lines[i % lines.length])
  writeFileSync(at('in.csv'), [header, ...rows].join('\n'))

  const say = (/** @type {string} */ name, /** @type {number} */ a, /** @type {number} */ b, digits = 1) =>
    console.log(
      `${name.padEnd(40)}${a.toFixed(digits).padStart(12)}${b.toFixed(digits).padStart(12)}${(b / a).toFixed(3).padStart(8)}`,
    )
  for (const scheme of schemes) {
    const { live, served, seal, score, open, up, down } = await measure(scheme)
    const values = rows.length * JSON.parse(readFileSync(at('card.json'), 'utf8')).inputs.length
    console.log(
      `${records} records, ${model}, ${scheme}, ${threads} threads`.padEnd(40),
      '      live       files   ratio',
    )
    say('processor time, client, s', live.seconds, seal.seconds + open.seconds)
    say('processor time, server, s', served.seconds, score.seconds)
    say('processor time, all, s', live.seconds + served.seconds, seal.seconds + open.seconds + score.seconds)
    say('records a second and core, server', rows.length / served.seconds, rows.length / score.seconds, 0)
    say('bytes a value up', up / values, bytesOf('a.blind') / values, 3)
    say('bytes a value down', down / values, bytesOf('a.scored') / values, 3)
  }
} finally {
  rmSync(folder, { recursive: true })
}

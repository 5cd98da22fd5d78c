// Processor time and bytes of an exchange by files beside a live run over the same records, key and model:
//
//   node tools/prepare.mjs && node bench/files/exchange.mjs [RECORDS] [MODEL] [THREADS]
//
// Both are the commands that people type, each in processes of its own; what bash's `time` says of user and system is added up.
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
try {
  const key = await Key.generate('paillier-3072')
  writeFileSync(at('key.json'), await key.backup(passphrase))
  const [header = '', ...lines] = readFileSync(`${root}/public/samples/${samples[model]}.csv`, 'utf8')
    .trim()
    .split(/\r?\n/)
  const rows = Array.from({ length: Number(records) }, (_, i) => lines[i % lines.length])
  writeFileSync(at('in.csv'), [header, ...rows].join('\n'))

  const server = timed(
    `exec ${blindscore} serve --port 0 --log silent --threads ${threads} & echo $! > ${at('pid')}; wait`,
  )
  const url = await new Promise((resolve) => {
    const look = setInterval(() => {
      const found = /is at (\S+)/.exec(server.soFar())
      if (found) {
        clearInterval(look)
        resolve(found[1])
      }
    }, 50)
  })
  writeFileSync(at('card.json'), await (await fetch(`${url}v1/models/${model}`)).text())
  const keyed = `--key ${at('key.json')} --threads ${threads}`
  const live = await timed(
    `${blindscore} score --server ${url} --model ${model} ${keyed} < ${at('in.csv')} > ${at('live.csv')}`,
  ).ended
  process.kill(Number(readFileSync(at('pid'), 'utf8')), 'SIGTERM')
  const served = await server.ended
  const [, up = 0, down = 0] = (/(\d+) bytes up, (\d+) down/.exec(live.said) ?? []).map(Number)

  const seal = await timed(
    `${blindscore} seal --model ${at('card.json')} ${keyed} --out ${at('a.blind')} < ${at('in.csv')}`,
  ).ended
  const score = await timed(
    `${blindscore} score-file --in ${at('a.blind')} --out ${at('a.scored')} --threads ${threads}`,
  ).ended
  const open = await timed(`${blindscore} open ${keyed} < ${at('a.scored')} > ${at('file.csv')}`).ended

  const both = seal.seconds + open.seconds
  const say = (/** @type {string} */ name, /** @type {number} */ a, /** @type {number} */ b, digits = 1) =>
    console.log(
      `${name.padEnd(34)}${a.toFixed(digits).padStart(12)}${b.toFixed(digits).padStart(12)}${(b / a).toFixed(3).padStart(8)}`,
    )
  console.log(
    `${records} records, ${model}, 3072 bits, ${threads} threads`.padEnd(34),
    '      live',
    '      files',
    '  ratio',
  )
  say('processor time, client, s', live.seconds, both)
  say('processor time, server, s', served.seconds, score.seconds)
  say('processor time, all, s', live.seconds + served.seconds, both + score.seconds)
  say('bytes up', up, statSync(at('a.blind')).size, 0)
  say('bytes down', down, statSync(at('a.scored')).size, 0)
} finally {
  rmSync(folder, { recursive: true })
}

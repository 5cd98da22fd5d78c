import { writeFileSync } from 'node:fs'
import { posix, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { roomOf } from './check.mjs'
import { rooms, tests } from './table.mjs'

/** The only workers whose files may hold the private half of anything. */
const keyWorkers = [
  'worker-vault',
  'worker-passphrase',
  'worker-files',
  'worker-numbers',
  'worker-pool',
  'worker-sealed',
  'worker-answering',
]
/** Rooms whose code a main thread, or a worker without a key, must not have. */
const secretRooms = rooms.filter(({ secret }) => secret).map(({ name }) => name)

/** Rooms of which nothing may be in any file of the page, their data (a vendor's weights) as little as their code. */
const roomsElsewhere = ['server', 'server/node', 'cli', 'e2e', 'web/loopback', 'web/loopbacks', 'web/demo']
/** Of a page that has both sides of the line in it: what may be in any file of it, and what in the server's workers alone. */
const roomsOfDemo = ['web/loopback', 'web/demo']
const roomsOfDemoServer = ['server', 'web/loopbacks']
const serverWorkers = ['worker-server']

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * The walls on what is built: a build ends with an error when a file other than the key workers' holds a module of the
 * private half, or any file something of the server. In the demo, which has a server in it, that is in the server's workers and
 * nowhere else. `report` gets every file with its modules, so that a test can look for itself.
 *
 * @param {string} [report] the path of a JSON file
 * @param {{ readonly demo?: boolean }} [options]
 * @returns {import('vite').Plugin}
 */
export function wallsOfThePage(report, { demo = false } = {}) {
  return {
    name: 'walls-of-the-page',
    generateBundle(_, bundle) {
      for (const [file, output] of Object.entries(bundle)) {
        const sources = output.type === 'chunk' ? Object.keys(output.modules) : output.originalFileNames
        const paths = sources.map(fromRoot)
        const elsewhere = foreignIn(paths, demo ? file : undefined)
        if (elsewhere) this.error(`${elsewhere} is in ${file}: nothing of ${roomsElsewhere.join(', ')} is the page’s.`)
        if (output.type !== 'chunk') continue
        built.set(file, paths)
        const secret = secretIn(file, paths)
        if (secret)
          this.error(`The private half is in ${file}, by ${secret}: only ${keyWorkers.join(' and ')} may hold it.`)
      }
      if (report) writeFileSync(report, `${JSON.stringify(Object.fromEntries([...built].sort()), null, 2)}\n`)
    },
  }
}

/** A module or file's path from the root. @param {string} id */
function fromRoot(id) {
  return relative(root, resolve(root, id.replace(/[?#].*$/, '')))
    .split(sep)
    .join('/')
}

/** What was built so far, the workers included, which are built before the page. @type {Map<string, string[]>} */
const built = new Map()

/**
 * Something that a file of the page must have nothing of, or null. `ofDemo` is the file's name in the demo.
 *
 * @param {readonly string[]} paths @param {string} [ofDemo]
 */
export function foreignIn(paths, ofDemo) {
  const allowed = [
    ...(ofDemo === undefined ? [] : roomsOfDemo),
    ...(ofDemo !== undefined && serverWorkers.includes(entryOf(ofDemo)) ? roomsOfDemoServer : []),
  ]
  const elsewhere = roomsElsewhere.filter((room) => !allowed.includes(room))
  const own = paths.filter((path) => !path.startsWith('node_modules/'))
  return own.find((path) => tests.test(path) || elsewhere.includes(roomOf(path)?.name ?? '')) ?? null
}

/** The entry that a file was built from. The hash has eight characters, hyphens among them. @param {string} file */
function entryOf(file) {
  return posix.basename(file).replace(/-[\w-]{8}\.js$/, '')
}

/** A module of the private half in a file that may hold none, or null. @param {string} file @param {readonly string[]} modules */
export function secretIn(file, modules) {
  if (keyWorkers.includes(entryOf(file))) return null
  return modules.find((path) => secretRooms.includes(roomOf(path)?.name ?? '')) ?? null
}

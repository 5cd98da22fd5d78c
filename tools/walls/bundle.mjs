import { writeFileSync } from 'node:fs'
import { posix, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { roomOf } from './check.mjs'

/** The only workers whose files may hold the private half of anything. */
const keyWorkers = ['worker-vault', 'worker-sealer']
/** Rooms whose code a main thread, or a worker without a key, must not have. */
const secretRooms = ['core/private', 'kernel/private', 'client/owner', 'web/keys']

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * The wall around the private half, on what is built: a build ends with an error when a file other than the key workers'
 * holds a module of it. `report` gets every file with its modules, so that a test can look for itself.
 *
 * @param {string} [report] the path of a JSON file
 * @returns {import('vite').Plugin}
 */
export function privateHalfInKeyWorkers(report) {
  return {
    name: 'private-half-in-key-workers',
    generateBundle(_, bundle) {
      for (const [file, chunk] of Object.entries(bundle)) {
        if (chunk.type !== 'chunk') continue
        const modules = Object.keys(chunk.modules).map((id) =>
          relative(root, id.replace(/[?#].*$/, ''))
            .split(sep)
            .join('/'),
        )
        built.set(file, modules)
        const secret = secretIn(file, modules)
        if (secret)
          this.error(`The private half is in ${file}, by ${secret}: only ${keyWorkers.join(' and ')} may hold it.`)
      }
      if (report) writeFileSync(report, `${JSON.stringify(Object.fromEntries([...built].sort()), null, 2)}\n`)
    },
  }
}

/** What was built so far, the workers included, which are built before the page. @type {Map<string, string[]>} */
const built = new Map()

/** A module of the private half in a file that may hold none, or null. @param {string} file @param {readonly string[]} modules */
export function secretIn(file, modules) {
  // The hash has eight characters, hyphens among them.
  const name = posix.basename(file).replace(/-[\w-]{8}\.js$/, '')
  if (keyWorkers.includes(name)) return null
  return modules.find((path) => secretRooms.includes(roomOf(path)?.name ?? '')) ?? null
}

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { importsOf } from './imports.mjs'
import { free, rooms, tests } from './table.mjs'

/** @typedef {import('./imports.mjs').Import} Import */

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Every module of a checkout that a wall stands around, from the root: what git knows, and what it does not ignore. */
export function modulesOf(folder = root) {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: folder, encoding: 'utf8' })
  return listed
    .split('\n')
    .filter((path) => /\.[mc]?[jt]sx?$/.test(path) && !path.endsWith('.d.mts') && existsSync(join(folder, path)))
    .filter((path) => !/^kernel\/(lattice\/)?assembly\//.test(path) && !tests.test(path))
}

/**
 * What is wrong with the modules of a checkout: imports that no wall lets through, circles of files, and files that are
 * in no room. One line each, with the module, the line and the rule.
 *
 * @param {readonly string[]} paths
 * @param {(path: string) => string} read
 * @returns {string[]}
 */
export function violationsOf(paths, read = (path) => readFileSync(join(root, path), 'utf8')) {
  const known = new Set(paths)
  /** @type {string[]} */
  const violations = []
  /** @type {Map<string, string[]>} */
  const graph = new Map()
  for (const path of paths) {
    const room = roomOf(path)
    const open = isFree(path)
    if (room === null && !open) violations.push(`${path}: is in no room of tools/walls/table.mjs.`)
    /** @type {string[]} */
    const next = []
    graph.set(path, next)
    for (const found of importsOf(path, read(path))) {
      const target = targetOf(path, found.specifier, known)
      if (target !== null && found.kind !== 'worker') next.push(target)
      const reason = room === null || open ? null : refusal(room, found, target)
      if (reason) violations.push(`${path}:${found.line}: ${reason}`)
    }
  }
  return [...violations, ...circlesOf(graph).map((circle) => `${circle.join(' → ')}: a circle.`)]
}

/** @param {string} path */
export function roomOf(path) {
  return rooms.find(({ files }) => files.some((pattern) => matches(pattern, path))) ?? null
}

/** @param {string} path */
function isFree(path) {
  return free.some((pattern) => matches(pattern, path))
}

/** @param {string} pattern @param {string} path */
function matches(pattern, path) {
  if (pattern.endsWith('/')) return path.startsWith(pattern)
  const parts = pattern.split('*').map((part) => part.replace(/[.\\/]/g, '\\$&'))
  return new RegExp(`^${parts.join('[^/]*')}$`).test(path)
}

/**
 * The module that a relative specifier names: itself, or the source that is compiled to it. Null for a package.
 *
 * @param {string} from @param {string} specifier @param {ReadonlySet<string>} known
 */
function targetOf(from, specifier, known) {
  if (!specifier.startsWith('.')) return null
  const path = posix.join(dirname(from), specifier.replace(/\?.*$/, ''))
  return [path, path.replace(/\.js$/, '.ts'), path.replace(/\.js$/, '.tsx')].find((each) => known.has(each)) ?? path
}

/**
 * Why a wall does not let an import through, or null.
 *
 * @param {import('./table.mjs').Room} room @param {Import} found @param {string | null} target
 */
function refusal(room, found, target) {
  const { specifier, kind } = found
  // The text of a file, not the module that it is.
  if (specifier.endsWith('?raw')) return null
  if (target === null) {
    const name = packageOf(specifier)
    const allowed = (room.packages ?? []).some(
      (each) => each === name || each === specifier || (each === 'node' && isNode(specifier)),
    )
    return allowed || kind === 'worker' ? null : `${room.name} may not import the package ${name}.`
  }
  if (!/\.[mc]?[jt]sx?$/.test(target)) return null
  if (tests.test(target)) return `${room.name} may not import a test (${target}).`
  const other = roomOf(target)
  if (other === room || (other === null && target.startsWith('kernel/built/'))) return null
  const name = other?.name ?? (isFree(target) ? (target.split('/')[0] ?? '') : target)
  const values = room.values ?? []
  const allowed = { value: values, type: [...values, ...(room.types ?? [])], worker: room.starts ?? [] }[kind]
  if (allowed.includes(name)) return null
  const what = { value: 'import values of', type: 'import types of', worker: 'start modules of' }[kind]
  return `${room.name} may not ${what} ${name} (${target}).`
}

/** @param {string} specifier */
function packageOf(specifier) {
  const [scope = '', name = ''] = specifier.split('/')
  return scope.startsWith('@') ? `${scope}/${name}` : scope
}

/** @param {string} specifier */
function isNode(specifier) {
  return specifier.startsWith('node:') || builtinModules.includes(specifier)
}

/**
 * Circles of files, one for each knot of them (Tarjan's strongly connected components).
 *
 * @param {ReadonlyMap<string, readonly string[]>} graph
 * @returns {string[][]}
 */
function circlesOf(graph) {
  /** @type {Map<string, { index: number, low: number, on: boolean }>} */
  const seen = new Map()
  /** @type {string[]} */
  const stack = []
  /** @type {string[][]} */
  const circles = []
  const visit = (/** @type {string} */ path) => {
    const own = { index: seen.size, low: seen.size, on: true }
    seen.set(path, own)
    stack.push(path)
    for (const next of graph.get(path) ?? []) {
      if (!graph.has(next)) continue
      const other = seen.get(next)
      if (other === undefined) own.low = Math.min(own.low, visit(next).low)
      else if (other.on) own.low = Math.min(own.low, other.index)
    }
    if (own.low === own.index) {
      const knot = stack.splice(stack.lastIndexOf(path))
      for (const each of knot) {
        const state = seen.get(each)
        if (state) state.on = false
      }
      if (knot.length > 1 || graph.get(path)?.includes(path)) circles.push(knot.sort())
    }
    return own
  }
  for (const path of graph.keys()) if (!seen.has(path)) visit(path)
  return circles
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const violations = violationsOf(modulesOf())
  for (const line of violations) console.error(line)
  console.log(violations.length === 0 ? `${rooms.length} rooms, no wall broken` : `${violations.length} broken walls`)
  process.exitCode = violations.length === 0 ? 0 : 1
}

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { edgesOf, networkNames, nodeNames } from './imports.mjs'
import { exceptions, free, rooms, tests } from './table.mjs'

/** @typedef {import('./imports.mjs').Import} Import */

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Every module of a checkout that a wall stands around, from the root: what git knows, and what it does not ignore. */
export function modulesOf(folder = root) {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: folder, encoding: 'utf8' })
  return listed
    .split('\n')
    .filter((path) => /\.[mc]?[jt]sx?$/.test(path) && !path.endsWith('.d.mts') && existsSync(join(folder, path)))
    .filter((path) => !path.startsWith('kernel/assembly/') && !tests.test(path))
}

/**
 * What is wrong with the modules of a checkout: imports that no wall lets through, ways that lead around walls, circles of
 * files, and files that are in no room. One line each, with the module, the line and the rule.
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
    const { imports, ways } = edgesOf(path, read(path))
    for (const found of imports) {
      const target = targetOf(path, found.specifier, known)
      if (target !== null && found.kind !== 'worker') next.push(target)
      const reason = room === null || open ? null : refusal(room, found, target, path)
      if (reason) violations.push(`${path}:${found.line}: ${reason}`)
    }
    for (const { way, line } of room === null || open ? [] : ways) {
      if (isBarred(room, way) && !isExcepted(path, way))
        violations.push(`${path}:${line}: ${room.name} may not use ${way}.`)
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
  if (!/^[./]/.test(specifier)) return null
  const path = posix.join(dirname(from), specifier.replace(/[?#].*$/, ''))
  return [path, path.replace(/\.js$/, '.ts'), path.replace(/\.js$/, '.tsx')].find((each) => known.has(each)) ?? path
}

/** Whether a room may not go that way. @param {import('./table.mjs').Room} room @param {string} way */
function isBarred(room, way) {
  if (networkNames.has(way)) return room.secret === true
  if (nodeNames.has(way)) return !(room.packages ?? []).some((name) => /^node(:|$)/.test(name))
  return true
}

/** @param {string} path @param {string} way */
function isExcepted(path, way) {
  return exceptions.some(({ module, ways }) => module === path && ways.includes(way))
}

/**
 * Why a wall does not let an import through, or null. What is no code (styles, data, the text of a module) is a value of
 * the room in whose folder it lies. A package is allowed with all its subpaths (`zod/mini`, `zod/v3`): they are of one
 * maker and one version, and the wall is about which code may come in, not about how it is named.
 *
 * @param {import('./table.mjs').Room} room @param {Import} found @param {string | null} target @param {string} from
 */
function refusal(room, found, target, from) {
  const { specifier, kind } = found
  if (target === null) return packageRefusal(room, found)
  const raw = /^[^?#]*\?raw$/.test(specifier)
  if (/[?#]/.test(specifier) && !raw) return `${room.name} may not import ${specifier}: of queries only ?raw is known.`
  if (specifier.startsWith('/')) return `${room.name} may not import ${specifier}: its path begins at a root.`
  if (!/[^./][^/]*\.[A-Za-z0-9]+$/.test(target) && !isExcepted(from, 'a folder')) {
    return `${room.name} may not import ${specifier}: it names no file.`
  }
  if (isExcepted(from, 'a folder') && kind === 'file') return null
  if (tests.test(target)) return `${room.name} may not import a test (${target}).`
  if (raw && (room.texts ?? []).some((pattern) => matches(pattern, target))) return null
  const other = roomOf(target)
  if (other === room) return null
  const name = other?.name ?? (isFree(target) ? (target.split('/')[0] ?? '') : target)
  const values = room.values ?? []
  const types = [...values, ...(room.types ?? [])]
  const allowed = { value: values, file: values, type: types, worker: room.starts ?? [] }[kind]
  if (allowed.includes(name)) return null
  const what = { value: 'import values of', file: 'read files of', type: 'import types of', worker: 'start modules of' }
  return `${room.name} may not ${what[kind]} ${name} (${target}).`
}

/** @param {import('./table.mjs').Room} room @param {Import} found */
function packageRefusal(room, { specifier, kind }) {
  if (kind === 'worker' || kind === 'file')
    return `${room.name} may not use ${specifier}: it is no path from the module.`
  const name = packageOf(specifier)
  const allowed = (room.packages ?? []).some(
    (each) => each === name || each === specifier || (each === 'node' && isNode(specifier)),
  )
  return allowed ? null : `${room.name} may not import the package ${name}.`
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

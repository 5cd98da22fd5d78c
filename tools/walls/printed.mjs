import { readFileSync, writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { modulesOf, roomOf } from './check.mjs'
import { rooms } from './table.mjs'

/**
 * The table of walls as it is printed in ARCHITECTURE.md, and as Biome reads it, so that an editor shows a forbidden import
 * as it is typed. Run by hand to write both; a test says when they are no longer the table's.
 */

const root = fileURLToPath(new URL('../..', import.meta.url))
const [begin, end] = ['<!-- walls -->', '<!-- end of walls -->']

export function architectureTable() {
  const list = (/** @type {readonly string[] | undefined} */ names) =>
    (names ?? []).map((name) => `\`${name}\``).join(' ') || '–'
  const rows = rooms.map(({ name, holds, values, types, starts, packages }) => {
    const more = [types ? `types of ${list(types)}` : '', starts ? `starts ${list(starts)}` : ''].filter(Boolean)
    return `| \`${name}\` | ${holds} | ${[list(values), ...more].join('; ')} | ${list(packages)} |`
  })
  return [
    begin,
    '',
    '| room | holds | may import values of | packages |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    end,
  ].join('\n')
}

/** @param {string} text */
export function withTable(text) {
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < 0) throw new Error('ARCHITECTURE.md has no place for the table of walls.')
  return text.slice(0, from) + architectureTable() + text.slice(to + end.length)
}

/**
 * Biome's half of the table: per folder, the rooms of which nothing at all may be imported, as paths from there. What may be
 * imported as a type alone, and packages, are left to the check.
 *
 * @param {readonly string[]} modules
 */
export function biomeWalls(modules) {
  /** @type {Map<string, Map<string, string[]>>} */
  const folders = new Map()
  for (const path of modules) {
    const room = roomOf(path)
    if (room === null) continue
    const ofRoom = folders.get(room.name) ?? new Map()
    folders.set(room.name, ofRoom)
    ofRoom.set(posix.dirname(path), [...(ofRoom.get(posix.dirname(path)) ?? []), path])
  }
  const overrides = rooms.flatMap(({ name, values = [], types = [], starts = [] }) => {
    const open = new Set([name, ...values, ...types, ...starts])
    const shut = rooms.filter((room) => !open.has(room.name)).flatMap((room) => room.files)
    return [...(folders.get(name) ?? [])].map(([folder, files]) => {
      const shared = modules.some((path) => posix.dirname(path) === folder && roomOf(path)?.name !== name)
      return {
        includes: shared ? files : [`${folder}/*`],
        linter: {
          rules: {
            style: {
              noRestrictedImports: restriction(
                name,
                shut.map((file) => from(folder, file)),
              ),
            },
          },
        },
      }
    })
  })
  return { $schema: '../../node_modules/@biomejs/biome/configuration_schema.json', overrides }
}

/** @param {string} room @param {readonly string[]} group */
function restriction(room, group) {
  const message = `${room} may not import this: see tools/walls/table.mjs.`
  return { level: 'error', options: { patterns: [{ group, message }] } }
}

/** A pattern of the table as a specifier from a folder has it. @param {string} folder @param {string} pattern */
function from(folder, pattern) {
  const path = posix.relative(folder, pattern)
  return `${path.startsWith('.') ? path : `./${path}`}${pattern.endsWith('/') ? '/**' : ''}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const architecture = join(root, 'ARCHITECTURE.md')
  writeFileSync(architecture, withTable(readFileSync(architecture, 'utf8')))
  writeFileSync(join(root, 'tools/walls/editor.json'), `${JSON.stringify(biomeWalls(modulesOf()), null, 2)}\n`)
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync, Visitor } from 'oxc-parser'
import { modulesOf } from './walls/check.mjs'

/**
 * Above 60 lines a function holds several tasks (CONTRIBUTING.md). Run by `npm run lint`. Those that are longer stand
 * here with their lines: they may only shrink, and go from here once they are short.
 */

const mostLines = 60

/** @type {Readonly<Record<string, number>>} */
const longer = {
  'bench/benchmark.ts benchmark': 80,
  'bench/participants/engine.ts engine': 101,
  'bench/reports/journeys.ts journeysSection': 61,
  'bench/site.ts openSite': 70,
  'core/card/encode.ts makeEncoder': 64,
  'web/session/summary.ts summarise': 64,
  'web/words/en/expression.ts textOf': 61,
}

/** @typedef {{ name: string, lines: number, line: number }} Length */

/**
 * The functions of a module that are longer than they may be, by `path name`.
 *
 * @param {string} path @param {string} source
 * @returns {Length[]}
 */
export function longFunctions(path, source) {
  const lineOf = (/** @type {number} */ offset) => source.slice(0, offset).split('\n').length
  /** @type {Length[]} */
  const found = []
  /** What a function is called that has no name of its own: the variable, member or key that it is the value of. */
  const names = new Map()
  const named = (/** @type {any} */ key, /** @type {any} */ value) => {
    if (value && key) names.set(value.start, key.name ?? key.value)
  }
  const measure = (/** @type {any} */ node) => {
    if (!node.body) return
    const line = lineOf(node.start)
    const lines = lineOf(node.end) - line + 1
    const name = node.id?.name ?? names.get(node.start) ?? 'a function without a name'
    if (lines > mostLines) found.push({ name: `${path} ${name}`, lines, line })
  }
  new Visitor({
    VariableDeclarator: (node) => named(node.id, node.init),
    Property: (node) => named(node.key, node.value),
    PropertyDefinition: (node) => named(node.key, node.value),
    MethodDefinition: (node) => named(node.key, node.value),
    FunctionDeclaration: measure,
    FunctionExpression: measure,
    ArrowFunctionExpression: measure,
  }).visit(parseSync(path, source).program)
  return found
}

/**
 * What is said of functions: those that are too long and those that no longer are as long as the list says.
 *
 * @param {readonly Length[]} found @param {Readonly<Record<string, number>>} allowed
 */
export function lengthProblems(found, allowed = longer) {
  const long = found
    .filter(({ name, lines }) => lines > (allowed[name] ?? mostLines))
    .map(
      ({ name, lines, line }) =>
        `${name} (line ${line}) has ${lines} lines; ${allowed[name] ?? mostLines} are the most.`,
    )
  const shrunk = Object.entries(allowed).flatMap(([name, lines]) => {
    const now = found.filter((each) => each.name === name).map((each) => each.lines)
    return Math.max(0, ...now) < lines
      ? [`${name} has become shorter: shorten its entry in tools/lengths.mjs, too.`]
      : []
  })
  return [...long, ...shrunk]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const found = modulesOf().flatMap((path) => longFunctions(path, readFileSync(join(root, path), 'utf8')))
  const problems = lengthProblems(found)
  for (const line of problems) console.error(line)
  if (problems.length === 0) console.log('no function is too long')
  process.exitCode = problems.length === 0 ? 0 : 1
}

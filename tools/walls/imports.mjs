import { readFileSync } from 'node:fs'
import { parseSync, Visitor } from 'oxc-parser'

/**
 * What one module takes from others. `kind` says how: a 'value' is there when the program runs, a 'type' is gone by then,
 * and a 'worker' is a module that is started by its address, in a world of its own.
 *
 * @typedef {{ specifier: string, kind: 'value' | 'type' | 'worker', line: number }} Import
 */

/**
 * Every import of a module, in whatever form it is written: import and export from, with and without names, `import()` of
 * values and of types, `require`, mocks of tests, and addresses relative to `import.meta.url`. Throws for a module that
 * does not parse, and for an import whose specifier is not a text: nothing could be said of it.
 *
 * @param {string} path
 * @param {string} [source]
 * @returns {Import[]}
 */
export function importsOf(path, source = readFileSync(path, 'utf8')) {
  const { program, errors } = parseSync(path, source)
  const [error] = errors
  if (error) throw new Error(`${path}: ${error.message}`)
  /** @type {Import[]} */
  const found = []
  const lineOf = (/** @type {number} */ offset) => source.slice(0, offset).split('\n').length
  /** @param {any} node @param {Import['kind']} kind */
  const add = (node, kind) => {
    const text = textOf(node)
    if (text === null) throw new Error(`${path}:${lineOf(node.start)}: an import of something that is no text.`)
    found.push({ specifier: text, kind, line: lineOf(node.start) })
  }
  /** @param {readonly any[]} names @param {string} kind */
  const kindOf = (names, kind, /** @type {string} */ member) =>
    kind === 'type' || (names.length > 0 && names.every((name) => name[member] === 'type')) ? 'type' : 'value'
  new Visitor({
    ImportDeclaration: (node) => add(node.source, kindOf(node.specifiers, node.importKind ?? 'value', 'importKind')),
    ExportNamedDeclaration: (node) => {
      if (node.source) add(node.source, kindOf(node.specifiers, node.exportKind ?? 'value', 'exportKind'))
    },
    ExportAllDeclaration: (node) => add(node.source, node.exportKind === 'type' ? 'type' : 'value'),
    ImportExpression: (node) => {
      // An address that is put together at run time names what was built, not a module of the checkout.
      if (isText(node.source)) add(node.source, 'value')
    },
    TSImportType: (node) => add(node.source ?? node.argument, 'type'),
    TSExternalModuleReference: (node) => add(node.expression, 'value'),
    CallExpression: (node) => {
      const { callee } = node
      const name = callee.type === 'Identifier' ? callee.name : ''
      const method = callee.type === 'MemberExpression' && 'name' in callee.property ? callee.property.name : ''
      const [first] = node.arguments
      if ((name === 'require' || method === 'mock' || method === 'importActual') && first && isText(first)) {
        add(first, 'value')
      }
    },
    NewExpression: (node) => {
      const [address, base] = node.arguments
      const isUrl = node.callee.type === 'Identifier' && node.callee.name === 'URL'
      if (!isUrl || !address || !base || !isMetaUrl(base) || !isText(address)) return
      const text = String(textOf(address))
      if (/\.[mc]?[jt]sx?$/.test(text)) add(address, 'worker')
    },
  }).visit(program)
  return found
}

/** @param {any} node */
function isText(node) {
  return textOf(node) !== null
}

/** @param {any} node */
function textOf(node) {
  if (node?.type === 'TSLiteralType') return textOf(node.literal)
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0]?.value.cooked ?? null
  return null
}

/** @param {any} node */
function isMetaUrl(node) {
  return node.type === 'MemberExpression' && node.object.type === 'MetaProperty' && node.property.name === 'url'
}

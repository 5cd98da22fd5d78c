import { readFileSync } from 'node:fs'
import { parseSync, Visitor } from 'oxc-parser'

/**
 * What one module takes from others. `kind` says how: a 'value' is there when the program runs, a 'type' is gone by then, a
 * 'worker' is a module that is started by its address, in a world of its own, and a 'file' is one that is read by it.
 *
 * @typedef {{ specifier: string, kind: 'value' | 'type' | 'worker' | 'file', line: number }} Import
 */

/** A way to code, files, the network or the platform that names no module. @typedef {{ way: string, line: number }} Way */

/** Names that lead to code or files which nothing in the source tells of, wherever they stand. */
const loaders = new Set(
  'eval Function importScripts addModule require createRequire getBuiltinModule SharedWorker Worker'.split(' '),
)
/** What talks to a network, under whatever object it is found. */
export const networkNames = new Set(
  'fetch WebSocket WebSocketStream EventSource XMLHttpRequest sendBeacon WebTransport RTCPeerConnection'.split(' '),
)
/** What only Node has. */
export const nodeNames = new Set('Buffer process setImmediate clearImmediate __dirname __filename global'.split(' '))
/** Modules of Node's that load or run code which they are told of at run time. */
const nodeLoaders = new Set(['module', 'node:module', 'vm', 'node:vm'])

/**
 * Every import of a module, in whatever form it is written: import and export from, with and without names, `import()` of
 * values and of types, `require`, mocks of tests, addresses relative to `import.meta.url`, references and JSDoc; and every
 * way that leads elsewhere without saying where. Throws for a module that does not parse.
 *
 * @param {string} path
 * @param {string} [source]
 * @returns {{ imports: Import[], ways: Way[] }}
 */
export function edgesOf(path, source = readFileSync(path, 'utf8')) {
  const { program, comments, errors } = parseSync(path, source)
  const [error] = errors
  if (error) throw new Error(`${path}: ${error.message}`)
  /** @type {Import[]} */
  const imports = commentImports(path, comments)
  /** @type {{ way: string, start: number }[]} */
  const ways = []
  /** Where nodes end that were understood as a part of something larger. @type {Set<number>} */
  const understood = new Set()
  /** @param {any} node @param {Import['kind']} kind @param {string} way */
  const add = (node, kind, way = 'an import of no plain text') => {
    const text = textOf(node)
    if (text === null) ways.push({ way, start: node.start })
    else imports.push({ specifier: text, kind, line: node.start })
    if (nodeLoaders.has(text ?? '')) ways.push({ way: String(text), start: node.start })
  }
  new Visitor({ ...statements(add, understood), ...expressions(add, understood, ways) }).visit(program)
  const lineOf = (/** @type {number} */ offset) => source.slice(0, offset).split('\n').length
  return {
    imports: imports.map(({ line, ...rest }) => ({ ...rest, line: lineOf(line) })),
    ways: ways.map(({ way, start }) => ({ way, line: lineOf(start) })),
  }
}

/** @typedef {(node: any, kind: Import['kind'], way?: string) => void} Add */

/** @param {Add} add @param {Set<number>} understood @returns {import('oxc-parser').VisitorObject} */
function statements(add, understood) {
  /** @param {readonly any[]} names @param {string} kind @param {string} member */
  const kindOf = (names, kind, member) =>
    kind === 'type' || (names.length > 0 && names.every((name) => name[member] === 'type')) ? 'type' : 'value'
  return {
    ImportDeclaration: (node) => {
      add(node.source, kindOf(node.specifiers, node.importKind ?? 'value', 'importKind'))
      // What a module of this house calls `Worker` is no loader: that module is judged where it stands.
      if (node.source.value.startsWith('.')) for (const { local } of node.specifiers) understood.add(local.end)
    },
    ExportNamedDeclaration: (node) => {
      if (node.source) add(node.source, kindOf(node.specifiers, node.exportKind ?? 'value', 'exportKind'))
    },
    ExportAllDeclaration: (node) => add(node.source, node.exportKind === 'type' ? 'type' : 'value'),
    ImportExpression: (node) => add(node.source, 'value', 'import() of no plain text'),
    TSImportType: (node) => add(node.source, 'type'),
    TSExternalModuleReference: (node) => add(node.expression, 'value'),
  }
}

/**
 * @param {Add} add @param {Set<number>} understood @param {{ way: string, start: number }[]} ways
 * @returns {import('oxc-parser').VisitorObject}
 */
function expressions(add, understood, ways) {
  const addresses = addressRules(add, understood)
  /** @param {any} node @param {string} name */
  const meet = (node, name) => {
    if (understood.has(node.end)) return
    if (loaders.has(name) || networkNames.has(name) || nodeNames.has(name)) ways.push({ way: name, start: node.start })
  }
  return {
    CallExpression: (node) => {
      const { callee } = node
      const method = callee.type === 'MemberExpression' && 'name' in callee.property ? callee.property.name : ''
      const [first] = node.arguments
      if (!first) return
      if (callee.type === 'Identifier' && callee.name === 'require' && isText(first)) {
        understood.add(callee.end)
        add(first, 'value')
      } else if (method === 'addModule' && isOwnUrl(first)) {
        understood.add(/** @type {any} */ (callee).property.end)
      } else if ((method === 'mock' || method === 'importActual') && isText(first)) add(first, 'value')
    },
    NewExpression: addresses,
    MemberExpression: (node) => {
      if (node.computed && isText(node.property)) meet(node.property, String(textOf(node.property)))
      if (node.object.type !== 'MetaProperty') return
      understood.add(node.object.end)
      if (understood.has(node.end)) return
      const name = 'name' in node.property ? node.property.name : 'of a name made up'
      ways.push({ way: `import.meta.${name}`, start: node.start })
    },
    MetaProperty: (node) => {
      if (node.meta.name === 'import' && !understood.has(node.end)) ways.push({ way: 'import.meta', start: node.start })
    },
    Identifier: (node) => meet(node, node.name),
    // Whether there is one, and what type it is, starts nothing.
    UnaryExpression: (node) => {
      if (node.operator === 'typeof') understood.add(node.argument.end)
    },
    TSTypeReference: (node) => understood.add(node.typeName.end),
  }
}

/** Addresses relative to the module itself, and who starts them. @param {Add} add @param {Set<number>} understood */
function addressRules(add, understood) {
  return (/** @type {any} */ node) => {
    const name = node.callee.type === 'Identifier' ? node.callee.name : node.callee.property?.name
    const [address, base] = node.arguments
    if ((name === 'Worker' || name === 'SharedWorker') && isOwnUrl(address)) {
      understood.add(node.callee.end)
    }
    if (name !== 'URL' || !base || !isMetaUrl(base)) return
    understood.add(base.end).add(base.object.end)
    const text = textOf(address)
    const code = text !== null && /\.[mc]?[jt]sx?$/.test(text)
    add(address, code ? 'worker' : 'file', 'new URL() of no plain text')
  }
}

/** What comments import: references of TypeScript's, and the types that JSDoc takes in modules of JavaScript. */
function commentImports(/** @type {string} */ path, /** @type {readonly any[]} */ comments) {
  /** @type {Import[]} */
  const found = []
  const add = (/** @type {any} */ comment, /** @type {string | undefined} */ specifier) => {
    if (specifier !== undefined) found.push({ specifier, kind: 'type', line: comment.start })
  }
  for (const comment of comments) {
    const reference = /^\/\s*<reference\s+(types|path)\s*=\s*['"]([^'"]+)['"]/.exec(comment.value)
    const [, kind, name = ''] = reference ?? []
    if (kind === 'types') add(comment, name === 'node' ? 'node:globals' : name)
    if (kind === 'path') add(comment, name.startsWith('.') ? name : `./${name}`)
    if (comment.type !== 'Block' || !/\.[mc]?jsx?$/.test(path)) continue
    const jsdoc = /\bimport\(\s*['"]([^'"]+)['"]\s*\)|@import\s[^@]*?from\s+['"]([^'"]+)['"]/g
    for (const [, inType, inTag] of comment.value.matchAll(jsdoc)) add(comment, inType ?? inTag)
  }
  return found
}

/** @param {any} node */
function isOwnUrl(node) {
  const [address, base] = node?.type === 'NewExpression' ? node.arguments : []
  return node?.callee?.name === 'URL' && base !== undefined && isMetaUrl(base) && isText(address)
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

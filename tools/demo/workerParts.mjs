import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, parseAst } from 'vite'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The workers that every run starts. */
const entries = {
  'worker-reader': `${root}web/reader/worker-reader.ts`,
  'worker-vault': `${root}web/keys/worker-vault.ts`,
  'worker-server': `${root}web/loopback/worker-server.ts`,
}

/** What the first line of a worker's file begins with when other files belong before it: their names follow. `web/workers/scriptText.ts` reads it. */
const partsMark = '//parts '

/**
 * What several workers have in common is fetched once: it becomes files of its own, which the page puts before each worker's
 * text. A worker is still one script when it starts, and its policy still forbids every import.
 *
 * @param {{ readonly plugins: () => import('vite').Plugin[], readonly alias: import('vite').Alias[] }} options as workers are built
 * @returns {import('vite').Plugin}
 */
export function workerParts({ plugins, alias }) {
  return {
    name: 'worker-parts',
    generateBundle: {
      order: 'post',
      async handler(_, bundle) {
        const whole = Object.keys(bundle)
        for (const chunk of await builtTogether(plugins(), alias)) {
          const parts = partsBefore(chunk.fileName, chunk.all)
          const mark = parts.length === 0 ? '' : `${partsMark}${parts.map((name) => posix.basename(name)).join(' ')}\n`
          const own = whole.find((file) => posix.basename(file).replace(/-[\w-]{8}\.js$/, '') === chunk.entry)
          const source = chunk.entry === null ? asPart(chunk) : mark + asScript(chunk)
          if (chunk.entry === null) this.emitFile({ type: 'asset', fileName: chunk.fileName, source })
          else if (own && bundle[own]?.type === 'asset') bundle[own].source = source
          else this.error(`${chunk.entry} was not built into a file of its own.`)
        }
      },
    },
  }
}

/**
 * @typedef {object} Chunk
 * @property {string} fileName
 * @property {string | null} entry the worker that it is, or null for a part
 * @property {string} code
 * @property {readonly string[]} imports
 * @property {ReadonlyMap<string, readonly string[]>} all what each chunk imports
 */

/** @param {import('vite').Plugin[]} plugins @param {import('vite').Alias[]} alias @returns {Promise<Chunk[]>} */
async function builtTogether(plugins, alias) {
  const built = await build({
    configFile: false,
    root,
    logLevel: 'error',
    plugins,
    resolve: { alias },
    publicDir: false,
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      assetsInlineLimit: 0,
      rolldownOptions: {
        input: entries,
        preserveEntrySignatures: false,
        output: { format: 'es', entryFileNames: 'assets/[name]-[hash].js', chunkFileNames: 'assets/part-[hash].js' },
      },
    },
  })
  const { output } = /** @type {import('vite').Rolldown.RolldownOutput} */ (built)
  const chunks = output.flatMap((each) => (each.type === 'chunk' ? [each] : []))
  const all = new Map(chunks.map(({ fileName, imports }) => [fileName, imports]))
  return chunks.map(({ fileName, name, isEntry, code, imports }) => {
    return { fileName, entry: isEntry ? name : null, code, imports, all }
  })
}

/** The parts that belong before a chunk, in their order. @param {string} file @param {Chunk['all']} all */
function partsBefore(file, all) {
  /** @type {string[]} */
  const order = []
  const visit = (/** @type {string} */ name, /** @type {readonly string[]} */ under) => {
    if (under.includes(name)) throw new Error(`Parts of workers need each other: ${[...under, name].join(', ')}`)
    if (order.includes(name)) return
    for (const each of all.get(name) ?? []) visit(each, [...under, name])
    if (name !== file) order.push(name)
  }
  visit(file, [])
  return order
}

/** The name by which a part's exports are known to what follows it. @param {string} file */
const nameOf = (file) => `$${posix.basename(file, '.js').replace(/\W/g, '_')}`

/** A part as a constant with its exports. @param {Chunk} chunk */
function asPart(chunk) {
  const { body, exported } = taken(chunk)
  // Read once, when the part has run: what a module exports and assigns later would not be seen.
  const members = exported.map(({ name, local }) => (name === local ? name : `${name}:${local}`))
  return `const ${nameOf(chunk.fileName)}=(()=>{${body}\nreturn{${members.join()}}})();\n`
}

/** A worker without its imports, whose parts stand before it. @param {Chunk} chunk */
function asScript(chunk) {
  const { body, exported } = taken(chunk)
  if (exported.length > 0) throw new Error(`${chunk.fileName} exports something, which nobody could import.`)
  return `{${body}}\n`
}

/** A chunk's code with constants for what it imports, and what it exports. @param {Chunk} chunk */
function taken({ fileName, code }) {
  let body = ''
  let at = 0
  /** @type {{ name: string, local: string }[]} */
  const exported = []
  for (const node of parseAst(code).body) {
    if (node.type === 'ImportDeclaration') {
      body += code.slice(at, node.start) + imported(fileName, node)
    } else if (node.type === 'ExportNamedDeclaration' && node.declaration === null && node.source === null) {
      body += code.slice(at, node.start)
      for (const { exported: name, local } of node.specifiers) {
        if (name.type !== 'Identifier' || local.type !== 'Identifier') throw new Error(`${fileName} exports by a text.`)
        exported.push({ name: name.name, local: local.name })
      }
    } else if (node.type.startsWith('Export')) {
      throw new Error(`${fileName} exports in a way that is not foreseen.`)
    } else continue
    at = node.end
  }
  return { body: body + code.slice(at), exported }
}

/** @param {string} fileName @param {any} node an import of a chunk */
function imported(fileName, { specifiers, source }) {
  if (specifiers.length === 0) return ''
  const names = specifiers.map((/** @type {any} */ each) => {
    if (each.type !== 'ImportSpecifier') throw new Error(`${fileName} imports a whole module.`)
    return each.imported.name === each.local.name ? each.local.name : `${each.imported.name}:${each.local.name}`
  })
  return `const{${names.join()}}=${nameOf(source.value)};`
}

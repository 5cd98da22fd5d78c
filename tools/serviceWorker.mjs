import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const source = fileURLToPath(new URL('../web/offline/sw.mjs', import.meta.url))
/** What a page never asks for by itself. */
const apart = /(^|\/)(licences\.txt|README\.md|model\.schema\.json)$/

/**
 * Writes the page's service worker, with the names of the files that were built and of those beside them. Another content
 * of any of them is another version.
 *
 * @param {string} publicDir
 * @returns {import('vite').Plugin}
 */
export function serviceWorker(publicDir) {
  return {
    name: 'service-worker',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const hash = createHash('sha256')
        const names = ['']
        const take = (/** @type {string} */ name, /** @type {string | Uint8Array} */ content) => {
          hash.update(`${name}\0`).update(content)
          if (!apart.test(name)) names.push(name)
        }
        for (const [name, output] of Object.entries(bundle).sort()) {
          take(name, output.type === 'chunk' ? output.code : output.source)
        }
        for (const name of filesBelow(publicDir)) take(name, readFileSync(join(publicDir, name)))
        // A sample that the page asks for by columns need not be there twice.
        const twice = names.filter(
          (name) => names.includes(name.replace(/\.csv$/, '.columns.txt')) && name.endsWith('.csv'),
        )
        const files = names.filter((name) => !twice.includes(name))
        const text = readFileSync(source, 'utf8')
          .replace('__FILES__', JSON.stringify(files))
          .replace('__VERSION__', hash.digest('hex').slice(0, 16))
        this.emitFile({ type: 'asset', fileName: 'sw.js', source: text })
      },
    },
  }
}

/** @param {string} folder @returns {string[]} paths from it, sorted */
function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
}

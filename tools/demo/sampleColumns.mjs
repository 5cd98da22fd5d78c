import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A table's text with its columns as lines, which compresses to five sixths of what its rows do. `web/demo/sampleColumns.ts` turns it back, to
 * the byte. Cells are kept as they are written, quotes included, between tabs. Throws for a text that has tabs, or lines of other ends.
 *
 * @param {string} csv
 */
export function byColumns(csv) {
  if (/[\t\r]/.test(csv) || !csv.endsWith('\n')) throw new Error('A sample is not plain enough.')
  const rows = csv.slice(0, -1).split('\n').map(cellsOf)
  const [header = []] = rows
  if (rows.some((row) => row.length !== header.length)) throw new Error('A row of a sample has other columns.')
  return header.map((_, column) => rows.map((row) => row[column]).join('\t')).join('\n')
}

/** A line's cells, as they are written. @param {string} line */
function cellsOf(line) {
  return [...`${line},`.matchAll(/("(?:[^"]|"")*"|[^,]*),/g)].map(([, cell]) => cell)
}

/**
 * Writes the samples by columns, beside them.
 *
 * @param {string} publicDir @returns {import('vite').Plugin}
 */
export function sampleColumns(publicDir) {
  return {
    name: 'sample-columns',
    generateBundle() {
      for (const name of readdirSync(join(publicDir, 'samples'))) {
        if (!name.endsWith('.csv')) continue
        const source = byColumns(readFileSync(join(publicDir, 'samples', name), 'utf8'))
        this.emitFile({ type: 'asset', fileName: `samples/${name.replace('.csv', '.columns.txt')}`, source })
      }
    },
  }
}

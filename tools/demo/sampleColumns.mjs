import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** What a code is written in: characters that take a byte and no quote. */
const digits = Array.from({ length: 90 }, (_, i) => String.fromCharCode(i + 36)).join('')

/**
 * A table's text by columns, which compresses to seven tenths of what its rows do. `web/demo/sampleColumns.ts` turns it back, to the
 * byte. A column is a line of its cells as they are written, quotes included, between tabs; or, where that is smaller, a line of `#`
 * and its different cells, and one of the place of each cell among them, in base 90: first all upper digits, then all lower ones.
 * Throws for a text that has tabs, or lines of other ends.
 *
 * @param {string} csv
 */
export function byColumns(csv) {
  if (/[\t\r]/.test(csv) || !csv.endsWith('\n')) throw new Error('A sample is not plain enough.')
  const rows = csv.slice(0, -1).split('\n').map(cellsOf)
  const [header = []] = rows
  if (rows.some((row) => row.length !== header.length)) throw new Error('A row of a sample has other columns.')
  return header.map((_, column) => lineOf(rows.map((row) => row[column] ?? ''))).join('\n')
}

/** @param {readonly string[]} cells */
function lineOf(cells) {
  const plain = cells.join('\t')
  const different = [...new Set(cells)].sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
  const places = new Map(different.map((cell, place) => [cell, place]))
  const digitsOf = (/** @type {(place: number) => number} */ digit) =>
    cells.map((cell) => digits[digit(places.get(cell) ?? 0)]).join('')
  const upper = different.length > digits.length ? digitsOf((place) => Math.floor(place / digits.length)) : ''
  const coded = `#${different.join('\t')}\n${upper}${digitsOf((place) => place % digits.length)}`
  const countable = different.length <= digits.length ** 2
  // Such a cell at its head would be taken for a mark.
  const marked = plain.startsWith('#')
  if (marked && !countable) throw new Error('A sample is not plain enough.')
  return countable && (marked || sizeOf(coded) < sizeOf(plain)) ? coded : plain
}

/** @param {string} text */
const sizeOf = (text) => gzipSync(text, { level: 9 }).length

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

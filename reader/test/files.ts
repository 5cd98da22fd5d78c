import { createHash } from 'node:crypto'
import { type Card, hashedText } from '../../core/card/card.ts'
import { BlindscoreError } from '../../core/errors.ts'
import { compileModel } from '../../model/compile.ts'
import { parseModelFile } from '../../model/modelFile.ts'
import type { FileFormat } from '../format.ts'
import type { Plan } from '../plan.ts'
import { readRows } from '../records.ts'

/** The bytes that the reader takes at once. */
export const pieceBytes = 1024 * 1024

export const plain: FileFormat = { encoding: 'utf-8', delimiter: ',', decimalMark: '.' }

/** A model of two numbers and a category, in which "other" carries no weight. */
export const model = compileModel(
  parseModelFile(
    JSON.stringify({
      format: 'blindscore-model/1',
      id: 'toy',
      version: '1',
      title: 'Toy',
      description: '',
      features: [
        { name: 'a', type: 'number', range: [0, 100], step: 0.01, missing: 'refuse' },
        { name: 'b', type: 'integer', range: [-10, 10], missing: { impute: 3 } },
        { name: 'c', type: 'category', levels: ['x', 'y', 'other'] },
      ],
      heads: [
        {
          intercept: 1.5,
          terms: [
            { feature: 'a', weight: 0.25 },
            { feature: 'b', weight: -2 },
            { feature: 'c', level: 'x', weight: 10 },
            { feature: 'c', level: 'y', weight: 20 },
          ],
        },
      ],
      link: 'identity',
    }),
  ),
)
export const card: Card = { ...model.card, hash: createHash('sha256').update(hashedText(model.card)).digest('hex') }

/** The toy's linear predictor, in plain doubles. */
export function eta(a: number, b: number, c: string): number {
  return 1.5 + 0.25 * a - 2 * b + (c === 'x' ? 10 : c === 'y' ? 20 : 0)
}

/** Reads `a`, `b` and `c` from a file's first three columns. */
export function planFor(width = 3, format: FileFormat = plain, columns: readonly number[] = [0, 1, 2]): Plan {
  return { card, format, columns, width, repairs: [] }
}

export function fileOf(...parts: (string | Uint8Array)[]): Blob {
  return new Blob(parts as BlobPart[])
}

/** A file that is `before` bytes of whole rows long, then `tail`: so that the tail meets a piece's edge. */
export function padded(before: number, tail: string | Uint8Array, row = 'aaaaaaa\n'): Blob {
  const rows = row.repeat(Math.floor(before / row.length) - 1)
  const rest = before - rows.length
  return fileOf(rows, `${'b'.repeat(rest - 1)}\n`, tail)
}

export async function allRows(file: Blob, format: FileFormat = plain): Promise<{ rows: string[][]; lines: number[] }> {
  let rows: string[][] = []
  let lines: number[] = []
  for await (const batch of readRows(file, format)) {
    rows = rows.concat(batch.rows)
    lines = lines.concat(batch.lines)
  }
  return { rows, lines }
}

/** The error that the work ends with; fails when it ends well. */
export async function errorOf(work: Promise<unknown>): Promise<BlindscoreError> {
  try {
    await work
  } catch (thrown) {
    if (thrown instanceof BlindscoreError) return thrown
    throw thrown
  }
  throw new Error('no error was thrown')
}

export function utf16(text: string, order: 'le' | 'be', mark = true): Uint8Array {
  const bytes = new Uint8Array(2 * text.length + (mark ? 2 : 0))
  const view = new DataView(bytes.buffer)
  if (mark) view.setUint16(0, 0xfeff, order === 'le')
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i + (mark ? 2 : 0), text.charCodeAt(i), order === 'le')
  return bytes
}

import { readFileSync } from 'node:fs'
import { ln } from '../../core/number/elementary.ts'
import type { ColumnScale } from '../summary.ts'

/** The project's samples as numbers, and the columns that `fixtures/glm.R` adds to them. */

const read = (name: string): Map<string, string[]> => {
  const text = readFileSync(new URL(`../../public/samples/${name}.csv`, import.meta.url), 'utf8')
  const [head, ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.split(','))
  return new Map((head as string[]).map((title, c) => [title.replaceAll('"', ''), rows.map((row) => row[c] as string)]))
}

const files = { concrete: 'concrete', credit: 'credit', visits: 'doctor-visits' } as const

type At = (title: string, row: number) => number
const strong = (at: At, row: number, most: number): number => (at('compressive_strength', row) > most ? 1 : 0)

/** The columns that the script adds, by the rows' numbers from 0 and by other columns. */
const added: Readonly<Record<string, Readonly<Record<string, (at: At, row: number) => number>>>> = {
  concrete: {
    shift: (_, row) => (((row * 3) % 13) - 6) / 4,
    share: (at, row) => strong(at, row, 30) * 0.5 + (at('age', row) > 28 ? 0.25 : 0),
    trials: (_, row) => 4 * (row % 3),
    strong: (at, row) => strong(at, row, 40),
    apart: (at, row) => (at('age', row) > 28 ? 1 : 0),
    lnAge: (at, row) => ln(at('age', row)),
    solids: (at, row) => (at('cement', row) * 10 + at('water', row) * 10) / 10,
  },
  credit: { shift: (_, row) => (((row * 7) % 11) - 5) / 8 },
  visits: { exposure: (_, row) => (((row * 5) % 7) + 1) / 4 },
}

function numbersOf(name: keyof typeof files): Map<string, Float64Array> {
  const texts = read(files[name])
  const columns = new Map([...texts].map(([title, cells]) => [title, Float64Array.from(cells, Number)]))
  const first = [...columns.values()][0] as Float64Array
  const at: At = (title, row) => columns.get(title)?.[row] as number
  const more = { times: (_: At, row: number) => row % 4, part: (_: At, row: number) => ((row % 5) + 1) / 4 }
  for (const [title, of] of Object.entries({ ...more, ...added[name] })) {
    columns.set(
      title,
      first.map((_, row) => of(at, row)),
    )
  }
  if (name === 'credit') for (const [title, cells] of texts) indicators(title, cells, columns)
  return columns
}

/** R's treatment contrasts of a column of texts; and whether credit is bad. */
function indicators(title: string, cells: readonly string[], columns: Map<string, Float64Array>): void {
  if (!cells[0]?.startsWith('"')) return
  const plain = cells.map((cell) => cell.replaceAll('"', ''))
  for (const level of [...new Set(plain)].sort().slice(title === 'Status' ? 0 : 1)) {
    const is = Float64Array.from(plain, (cell) => (cell === level ? 1 : 0))
    columns.set(title === 'Status' ? level : `${title}${level}`, is)
  }
}

const known = new Map<string, Map<string, Float64Array>>()

/** The indicators of a column's levels, by their names. */
export function contrastsOf(data: string, title: string): string[] {
  column(data, title)
  return [...(known.get(data)?.keys() ?? [])].filter((name) => name !== title && name.startsWith(title))
}

export function column(data: string, title: string): Float64Array {
  if (!known.has(data)) known.set(data, numbersOf(data as keyof typeof files))
  return known.get(data)?.get(title) as Float64Array
}

/** A column as whole steps above its minimum, with the scale that leads back. */
export function counted(data: string, title: string): { readonly steps: Float64Array; readonly scale: ColumnScale } {
  const values = column(data, title)
  const places = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].find((n) =>
    values.every((v) => Number(v.toFixed(n)) === v),
  ) as number
  const units = 10 ** places
  const whole = values.map((v) => Math.round(v * units))
  const shift = whole.reduce((least, v) => Math.min(least, v), Number.POSITIVE_INFINITY)
  return { steps: whole.map((v) => v - shift), scale: { name: title, shift, units } }
}

/** How far numbers are from R's, of those; where R has none there must be none. */
export function farthest(ours: readonly (number | null)[], theirs: readonly (number | null)[]): number {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY
  const pairs = ours.map((value, j): readonly [number | null, number | null] => [value, theirs[j] as number | null])
  return Math.max(
    ...pairs.map(([value, right]) => {
      if (value === null || right === null) return value === right ? 0 : Number.POSITIVE_INFINITY
      return value === right ? 0 : Math.abs(value - right) / Math.abs(right)
    }),
  )
}

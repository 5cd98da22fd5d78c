/** A part of the report: what is printed, and what the JSON file holds. */
export interface Section {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** What a reader must know to read the table. */
  readonly notes: readonly string[]
}

/** The section as text: the first column to the left, the others to the right. */
export function printed({ title, columns, rows, notes }: Section): string {
  const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => (row[i] ?? '').length)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd()
  const rule = widths.map((width) => '─'.repeat(width)).join('──')
  return ['', title, rule, line(columns), rule, ...rows.map(line), ...notes.map((note) => `  ${note}`), ''].join('\n')
}

/** Three significant digits, or all digits of what is larger. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return '—'
  if (value === 0) return '0'
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US')
  return Number(value.toPrecision(3)).toString()
}

/** Microseconds in the unit that reads best. */
export function duration(microseconds: number): string {
  if (microseconds < 1) return `${digits(1000 * microseconds)} ns`
  if (microseconds < 1000) return `${digits(microseconds)} µs`
  if (microseconds < 1_000_000) return `${digits(microseconds / 1000)} ms`
  return `${digits(microseconds / 1_000_000)} s`
}

export const times = (ratio: number): string => (Number.isFinite(ratio) ? `${digits(ratio)}×` : '—')
export const share = (part: number): string => `${(100 * part).toFixed(0)} %`
export const bytes = (count: number): string => count.toLocaleString('en-US')

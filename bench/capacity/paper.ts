import type { Assumptions, Plan, StoreCost, UnitCost } from './plan.ts'
import { planOf } from './plan.ts'

/** The tables of `deploy/capacity.md`: those that are measured and assumed, which are read, and the one that follows. */

/** Records a day. */
export const volumes = [1e6, 1e9, 1e11] as const

export interface Given {
  readonly units: readonly UnitCost[]
  readonly store: StoreCost
  readonly assumed: Assumptions
}

const unitHead =
  '| scheme | µs a record | ms a new key | µs more, stored | bytes up | bytes down | bytes kept | records a chunk |'
const storeHead = '| a chunk, in the shared state | µs |'
const assumedHead = '| assumed | is |'
const planHead =
  '| records a day | scheme | run | cores | machines | $ compute | $ network | $ disk | GB up | GB down | chunks a second | of a Redis |'

export function measuredTables({ units, store }: Pick<Given, 'units' | 'store'>): string {
  const rows = units.map((each) => [
    each.scheme,
    ...[each.record, each.key, each.stored, each.up, each.down, each.kept, each.recordsPerChunk].map(number),
  ])
  const ofStore = [
    ['Redis’ own time', number(store.redis)],
    ['a server’s, for asking', number(store.server)],
  ]
  return `${table(unitHead, rows)}\n\n${table(storeHead, ofStore)}`
}

/** Reads what a paper's tables say is given. */
export function givenOf(paper: string): Given {
  const units = rowsOf(paper, unitHead).map(([scheme = '', ...cells]) => {
    const [record, key, stored, up, down, kept, recordsPerChunk] = cells.map(Number) as Numbers<7>
    return { scheme, record, key, stored, up, down, kept, recordsPerChunk }
  })
  const [redis, server] = rowsOf(paper, storeHead).map(([, cell]) => Number(cell)) as Numbers<2>
  const [recordsPerKey, coresPerMachine, busy, coreHour, gigabyteOut, gigabyteMonth, daysStored] = rowsOf(
    paper,
    assumedHead,
  ).map(([, cell]) => Number(cell)) as Numbers<7>
  const assumed = { recordsPerKey, coresPerMachine, busy, coreHour, gigabyteOut, gigabyteMonth, daysStored }
  return { units, store: { redis, server }, assumed }
}

type Numbers<Count extends number, All extends number[] = []> = All['length'] extends Count
  ? All
  : Numbers<Count, [...All, number]>

/** The table of what follows, for these records a day. */
export function planTable({ units, store, assumed }: Given, perDay: readonly number[]): string {
  const plans = perDay.flatMap((records) =>
    units.flatMap((unit) => [false, true].map((stored) => planOf(unit, store, stored, records, assumed))),
  )
  return table(planHead, plans.map(rowOf))
}

function rowOf(plan: Plan): string[] {
  const { records, scheme, stored, cores, machines, compute, network, disk, up, down, chunksPerSecond, redis } = plan
  return [
    `10^${Math.log10(records)}`,
    scheme,
    stored ? 'stored' : 'live',
    cores.toLocaleString('en-US'),
    machines.toLocaleString('en-US'),
    ...[compute, network, disk, up, down, chunksPerSecond].map(number),
    `${number(100 * redis)} %`,
  ]
}

/** Three digits, or all of what is larger, without separators below a million. */
function number(value: number): string {
  if (value === 0) return '0'
  return value >= 1000 ? `${Math.round(value)}` : `${Number(value.toPrecision(3))}`
}

/** As Biome lays tables out: each column as wide as its widest cell. */
function table(head: string, rows: readonly (readonly string[])[]): string {
  const columns = cellsOf(head)
  const widths = columns.map((name, i) => Math.max(3, name.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [line(columns), rule, ...rows.map(line)].join('\n')
}

function rowsOf(paper: string, head: string): string[][] {
  const lines = paper.split('\n')
  const at = lines.findIndex((line) => line.startsWith('|') && cellsOf(line).join() === cellsOf(head).join())
  if (at < 0) throw new Error(`No table begins with ${head}`)
  const rows = lines.slice(at + 2)
  const end = rows.findIndex((line) => !line.startsWith('|'))
  return rows.slice(0, end < 0 ? rows.length : end).map(cellsOf)
}

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
}

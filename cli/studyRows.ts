import { readBlocks } from '../reader/blocks.ts'
import { fail } from '../reader/faults.ts'
import type { FileSource } from '../reader/source.ts'
import type { Design } from '../study/design.ts'
import { prepare } from './prepare.ts'

/** A file as the whole numbers of a design: the reader of `blindscore score`, to the last check. */
export interface StudyRows {
  /** In the order of the design's inputs. */
  readonly columns: readonly Float64Array<ArrayBuffer>[]
  /** Empty where the outcome is not read. */
  readonly outcomes: Float64Array<ArrayBuffer>
  /** Each record's row in the file, from 1. */
  readonly rows: Uint32Array<ArrayBuffer>
  readonly leftOut: number
}

const asked = {
  columns: new Map(),
  marks: new Map(),
  near: 'refuse',
  totals: false,
  hiddenRows: false,
  format: {},
} as const
const blockRecords = 4096

export async function readStudyRows(
  input: FileSource,
  { card, inputs, outcome }: Design,
  say: (line: string) => void,
): Promise<StudyRows> {
  const { file, plan, report } = await prepare(input, card, asked, say, 'fitted')
  const records = report.scorable
  if (records === 0) fail('run/nothing-to-score', 'nothingToScore')
  const places = [...inputs.map(({ at }) => at), ...(outcome < 0 ? [] : [outcome])]
  const columns = places.map(() => new Float64Array(records))
  const rows = new Uint32Array(records)
  for await (const block of readBlocks(file, plan, blockRecords)) {
    for (const [c, place] of places.entries()) {
      const from = place * block.capacity
      columns[c]?.set(block.integers.subarray(from, from + block.records), block.at)
    }
    rows.set(block.rows.subarray(0, block.records), block.at)
  }
  const outcomes = (outcome < 0 ? undefined : columns.pop()) ?? new Float64Array(0)
  return { columns, outcomes, rows, leftOut: report.leftOut }
}

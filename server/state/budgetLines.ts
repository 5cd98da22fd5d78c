import { randomBytes } from 'node:crypto'
import { type FileHandle, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { toHex } from '../../core/number/bytes.ts'
import { readDigested, writeDigested } from '../digested.ts'
import { errorOf } from '../faults.ts'
import type { Entry } from './budgetBook.ts'
import type { Used } from './state.ts'

/** How budgets lie in their folder: lines of charges, and the totals of those that are over. */

const count = z.int().check(z.gte(0))
/** Longer than the names of what is sealed: of a certificate's subject of 2,000 characters, of a token's longest name. */
const text = z.string().check(z.maxLength(20_000))

const line = z.strictObject({
  id: text,
  at: count,
  start: count,
  budget: z.enum(['records', 'keys', 'keyBytes']),
  client: text,
  points: z.int(),
  most: count,
  once: z.optional(text),
  use: z.optional(z.strictObject({ principal: text, model: text, card: text, records: count })),
})

export interface Line {
  /** Names the line among those of all processes. */
  readonly id: string
  readonly entry: Entry
}

export function lineOf(id: string, entry: Entry): string {
  const { at, start, budget, client, points, most, once, use } = entry
  const text = writeDigested({ id, at, start, budget, client, points, most, once, use } satisfies z.infer<typeof line>)
  // In ASCII, so that no character is cut where pieces of a file meet.
  return text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const pieceBytes = 64 * 1024

/** What is read of a file, and where. */
export interface Reading {
  readonly handle: FileHandle
  read: number
  rest: string
}

/**
 * Every whole line that was written since. What is none was never answered, since the write of it failed, or it was altered. Returns how
 * many are none.
 */
export async function readLines(reading: Reading, told: (line: Line) => void): Promise<number> {
  let none = 0
  const buffer = Buffer.allocUnsafe(pieceBytes)
  for (;;) {
    const { bytesRead } = await reading.handle.read(buffer, 0, pieceBytes, reading.read)
    if (bytesRead === 0) return none
    reading.read += bytesRead
    const lines = (reading.rest + buffer.toString('latin1', 0, bytesRead)).split('\n')
    reading.rest = lines.pop() ?? ''
    for (const each of lines) {
      const found = z.safeParse(line, readDigested(each))
      if (found.success) {
        const { id, ...entry } = found.data
        told({ id, entry })
      } else if (each !== '') none++
    }
    // Less than was asked for: that was the end.
    if (bytesRead < pieceBytes) return none
  }
}

const format = 'blindscore-usage/1'
const totals = z.strictObject({
  format: z.literal(format),
  /** The last hour that is in it, in hours since 1970. */
  folded: count,
  used: z.array(
    z.strictObject({ principal: text, model: text, card: text, answers: count, records: count, slots: count }),
  ),
})

export interface Totals {
  readonly folded: number
  readonly used: readonly Used[]
}

export const noTotals: Totals = { folded: 0, used: [] }

/** Null where there are none. Throws `server/store-gone` for a file that holds something else: it must not be taken for none. */
export async function readTotals(folder: string): Promise<Totals | null> {
  const file = join(folder, 'totals.json')
  const text = await readFile(file, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return null
    throw errorOf('server/store-gone', 'budgetsUnreadable', { file })
  })
  if (text === null) return null
  const found = z.safeParse(totals, readDigested(text))
  if (!found.success) throw errorOf('server/store-gone', 'budgetsShape', { file })
  return found.data
}

export async function writeTotals(folder: string, { folded, used }: Totals): Promise<void> {
  const draft = join(folder, `totals.${toHex(randomBytes(8))}`)
  try {
    await writeFile(draft, `${writeDigested({ format, folded, used }, 2)}\n`, { mode: 0o600, flush: true })
    await rename(draft, join(folder, 'totals.json'))
  } finally {
    await rm(draft, { force: true })
  }
}

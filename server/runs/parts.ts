import * as z from 'zod/mini'
import { idPattern } from '../sealed/ports.ts'
import type { RunPart } from './ports.ts'

/** How a run is divided for several processes. */

/** Milliseconds after which who works on a run lets others have their turn. */
export const turnMs = 60_000

/** A run has about so many parts, so that many processes find some; a part has so many chunks, so that a queue has little to do. */
const parts = 64
const [least, most] = [4, 64]

/** The parts of a run of so many chunks in which some are not among those that are done. */
export function partsOf(run: string, chunks: number, done: ReadonlySet<number>): readonly RunPart[] {
  const size = Math.min(most, Math.max(least, Math.ceil(chunks / parts)))
  const found: RunPart[] = []
  for (let first = 0; first < chunks; first += size) {
    const end = Math.min(chunks, first + size)
    if (range(first, end).some((chunk) => !done.has(chunk))) found.push({ run, first, end })
  }
  return found
}

const range = (first: number, end: number): number[] => Array.from({ length: end - first }, (_, i) => first + i)

const number = z.int().check(z.gte(0), z.lte(2 ** 32))
const part = z.strictObject({ run: z.string().check(z.regex(idPattern)), first: number, end: number })

/** A part as a queue has it, which others can write to: null for what is none. */
export function readPart(value: unknown): RunPart | null {
  const read = z.safeParse(part, value)
  return read.success ? read.data : null
}

import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256Hex } from '../digest.ts'
import { errorOf } from '../faults.ts'
import { type Line, looksWhole, readLine, type Torn } from './line.ts'

/** Where a log ends. */
export interface Tail {
  /** The file that it goes on in, and its length. */
  readonly file: string
  readonly size: number
  readonly last: Line
  /** What stands before the next line: the end of a line that a process was ended in the middle of. */
  readonly joint: '' | '\n'
  readonly torn: Torn | null
}

/** Longer than most lines, and any two of those. */
const windowBytes = 64 * 1024

const newline = 10

const form = /^audit-(\d{12})\.jsonl$/

/** The files of a log in their order: each is named by the number of its first line. */
export async function filesOfLog(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => form.test(name)).sort()
}

/** The number of the first line of a file, as its name says it; null for a file of another name. */
export function firstOfFile(name: string): number | null {
  const digits = form.exec(name)?.[1]
  return digits === undefined ? null : Number(digits)
}

export function fileOfLog(firstSeq: number): string {
  return `audit-${String(firstSeq).padStart(12, '0')}.jsonl`
}

/** Null for a folder without a log. Throws `audit/log` for one whose last whole line is not as it was written. */
export async function tailOf(folder: string): Promise<Tail | null> {
  const files = [...(await filesOfLog(folder))].reverse()
  const [file] = files
  if (file === undefined) return null
  const { bytes, size, last, at } = await endOf(join(folder, file), folder)
  const tornBytes = bytes.subarray(at)
  const torn = tornBytes.length === 0 ? null : { bytes: tornBytes.length, sha256: sha256Hex(tornBytes) }
  const joint = bytes.length === 0 || bytes.at(-1) === newline ? '' : '\n'
  if (last !== null) return { file, size, last, joint, torn }
  // A process was ended as soon as it had begun this file: it goes on from the end of the one before.
  const before = files[1] === undefined ? null : await endOf(join(folder, files[1]), folder)
  if (!before?.last || before.at !== before.bytes.length) throw damaged(folder)
  return { file, size, last: before.last, joint, torn }
}

interface End {
  /** The last bytes of a file, and its length. */
  readonly bytes: Buffer
  readonly size: number
  /** The last line among them, and where it ends: what comes behind is the beginning of another. */
  readonly last: Line | null
  readonly at: number
}

/** Reads as much of a file's end as has a whole line in it: one that names every model that is served may be long. */
async function endOf(path: string, folder: string): Promise<End> {
  const handle: FileHandle = await open(path, 'r')
  try {
    const { size } = await handle.stat()
    for (let most = windowBytes; ; most *= 8) {
      const length = Math.min(size, most)
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length)
      const bytes = buffer.subarray(0, bytesRead)
      const found = lastLine(bytes, length === size, folder)
      if (found !== null) return { bytes, size, ...found }
    }
  } finally {
    await handle.close()
  }
}

/**
 * The last line in the bytes that a file ends with, and where it ends; null where that would begin before them. A line that looks
 * whole and is not as it was written is no accident of ending a process.
 */
function lastLine(bytes: Buffer, isAll: boolean, folder: string): Pick<End, 'last' | 'at'> | null {
  let end = bytes.length
  while (end > 0) {
    const from = end < 2 ? 0 : bytes.lastIndexOf(newline, end - 2) + 1
    if (from === 0 && !isAll) return null
    const text = bytes.toString('utf8', from, bytes[end - 1] === newline ? end - 1 : end)
    const last = readLine(text)
    if (last !== null) return { last, at: end }
    if (looksWhole(text)) throw damaged(folder)
    end = from
  }
  return { last: null, at: 0 }
}

const damaged = (folder: string) => errorOf('audit/log', 'auditDamaged', { folder })

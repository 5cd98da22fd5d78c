import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type Checkpoint, readCheckpoint } from '../../files/checkpoint.ts'
import { sha256Hex } from '../digest.ts'
import { errorOf } from '../faults.ts'
import { type Line, looksWhole, noHash, readLine } from './line.ts'
import { filesOfLog, firstOfFile } from './tail.ts'

/** What is wrong with a log, each with the number of the entry that it is about. */
export type AuditFault =
  /** It is not as it was written; in the `line`th line of a file, from 1. */
  | { readonly kind: 'altered'; readonly seq: number; readonly file: string; readonly line: number }
  | { readonly kind: 'missing'; readonly seq: number; readonly to: number }
  | { readonly kind: 'outOfOrder'; readonly seq: number; readonly file: string; readonly line: number }
  /** It, or the one before, was put in the place of another. */
  | { readonly kind: 'replaced'; readonly seq: number }
  /** It signs the one before it, and the signature is not that of the log’s key. */
  | { readonly kind: 'signature'; readonly seq: number }
  | { readonly kind: 'otherChain'; readonly seq: number }
  /** A checkpoint from elsewhere tells of it, and the log ends before. */
  | { readonly kind: 'cut'; readonly seq: number; readonly last: number }
  /** A checkpoint from elsewhere tells of another one of that number: this, or one before, was written anew. */
  | { readonly kind: 'rewritten'; readonly seq: number }
  | { readonly kind: 'foreignCheckpoint'; readonly seq: number }

/** What is no fault. */
interface Tear {
  /** The entry that was not written to its end. */
  readonly seq: number
  readonly bytes: number
}

export interface AuditFindings {
  readonly entries: number
  readonly first: number
  readonly last: number
  readonly head: string
  readonly signers: readonly string[]
  readonly faults: readonly AuditFault[]
  readonly tears: readonly Tear[]
  /** The entries that are of an earlier time than the one before them: the clock was put back. */
  readonly back: readonly number[]
  /** The entries of checkpoints from elsewhere that are not here any more: nothing can be held against those. */
  readonly before: readonly number[]
  /** The last entry that a signature of the log's own, or a checkpoint, is of: what follows can still be cut. */
  readonly signedTo: number
}

/** The text of a line without its end; `ended` says whether it has one. */
export interface RawLine {
  readonly file: string
  readonly line: number
  readonly bytes: Buffer
  readonly ended: boolean
}

/** The lines of a log, or of one file of it. Throws `audit/log` where there is none. */
export async function* linesOf(path: string): AsyncGenerator<RawLine> {
  for (const file of await filesAt(path)) {
    let line = 0
    let left: Buffer = Buffer.alloc(0)
    for await (const piece of createReadStream(file)) {
      left = Buffer.concat([left, piece as Buffer])
      for (let end = left.indexOf(10); end >= 0; end = left.indexOf(10)) {
        yield { file: basename(file), line: ++line, bytes: left.subarray(0, end), ended: true }
        left = left.subarray(end + 1)
      }
    }
    if (left.length > 0) yield { file: basename(file), line: ++line, bytes: left, ended: false }
  }
}

async function filesAt(path: string): Promise<readonly string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path]
    const names = await filesOfLog(path)
    if (names.length > 0) return names.map((name) => join(path, name))
  } catch {}
  throw errorOf('audit/log', 'auditUnreadable', { folder: path })
}

/**
 * Holds a log against itself, line by line, and against checkpoints that left the machine. Against who has the server's key and
 * wrote all of it anew only those help, and they say nothing of what came after them.
 */
export async function verifyLog(
  lines: AsyncIterable<RawLine>,
  checkpoints: readonly Checkpoint[],
  signer: string | null = null,
): Promise<AuditFindings> {
  const verifier = new Verifier(checkpoints, signer)
  for await (const line of lines) verifier.take(line)
  return verifier.end()
}

/** Milliseconds by which clocks are put right now and then. */
const skewMs = 1000

class Verifier {
  readonly #checkpoints: readonly Checkpoint[]
  readonly #pinned: string | null
  readonly #faults: AuditFault[] = []
  readonly #tears: Tear[] = []
  readonly #before: number[] = []
  readonly #back: number[] = []
  readonly #signers = new Set<string>()
  readonly #hashes = new Map<number, string>()
  #entries = 0
  #first = 0
  #chain: string | null = null
  #last: Line | null = null
  #signedTo = 0
  /** Bytes since the last line that may be the beginnings of lines, and whether some of those look whole. */
  #odd: RawLine[] = []
  /** Lines that were altered since the last sound one. */
  #altered = 0
  /** The number that the first line has by its file's name; null for a file of another name. */
  #named: number | null | undefined

  constructor(checkpoints: readonly Checkpoint[], signer: string | null) {
    this.#checkpoints = checkpoints
    this.#pinned = signer
    for (const { seq } of checkpoints) this.#hashes.set(seq, '')
  }

  take(raw: RawLine): void {
    if (this.#named === undefined) this.#named = firstOfFile(raw.file)
    const text = raw.bytes.toString('utf8')
    const line = readLine(text)
    if (line === null) {
      if (looksWhole(text)) this.#alter(raw)
      else this.#odd.push(raw)
      return
    }
    this.#takeOdd(line)
    this.#entries += 1
    if (!this.#follows(line, raw)) return
    if (this.#first === 0) this.#begin(line)
    if (this.#hashes.has(line.seq)) this.#hashes.set(line.seq, line.hash)
    if (this.#last && Date.parse(line.at) + skewMs < Date.parse(this.#last.at)) this.#back.push(line.seq)
    this.#last = line
    this.#altered = 0
  }

  end(): AuditFindings {
    const last = this.#last
    if (this.#odd.length > 0) {
      // What stands at the very end without an end of its own is what a process was writing.
      const [only] = this.#odd
      const isTail = this.#odd.length === 1 && only?.ended === false
      if (isTail) this.#tears.push({ seq: this.#expected, bytes: only.bytes.length })
      else for (const raw of this.#odd) this.#alter(raw)
    }
    for (const checkpoint of this.#checkpoints) this.#hold(checkpoint)
    return {
      entries: this.#entries,
      first: this.#first,
      last: last?.seq ?? 0,
      head: last?.hash ?? noHash,
      signers: [...this.#signers],
      faults: this.#faults,
      tears: this.#tears,
      back: this.#back,
      before: this.#before,
      signedTo: this.#signedTo,
    }
  }

  /** The number that the next line has. */
  get #expected(): number {
    return (this.#last ? this.#last.seq + 1 : (this.#named ?? 1)) + this.#altered
  }

  #alter({ file, line }: RawLine): void {
    this.#faults.push({ kind: 'altered', seq: this.#expected, file, line })
    this.#altered += 1
  }

  /** What was left before this line: torn where the line itself says so, since the process that went on saw it. */
  #takeOdd(line: Line): void {
    if (this.#odd.length === 0) return
    const bytes = Buffer.concat(this.#odd.flatMap(({ bytes }, i) => (i === 0 ? [bytes] : [Buffer.from('\n'), bytes])))
    const torn = line.kind === 'resumed' ? line.torn : undefined
    const isSaid =
      torn !== undefined &&
      [bytes, Buffer.concat([bytes, Buffer.from('\n')])].some((each) => sha256Hex(each) === torn.sha256)
    if (isSaid) this.#tears.push({ seq: this.#expected, bytes: bytes.length })
    else for (const raw of this.#odd) this.#alter(raw)
    this.#odd = []
  }

  /** The first entry says what the one before it was, which may have been put aside with its file. */
  #begin({ seq, prev }: Line): void {
    this.#first = seq
    if (this.#hashes.has(seq - 1)) this.#hashes.set(seq - 1, prev)
  }

  /** False for a line that comes too late: those behind it are held against the ones before it. */
  #follows(line: Line, { file, line: at }: RawLine): boolean {
    const { seq, prev, chain } = line
    const last = this.#last
    this.#chain ??= chain
    if (chain !== this.#chain) this.#faults.push({ kind: 'otherChain', seq })
    const isFirst = last === null && this.#altered === 0 && this.#named === null
    if (!isFirst && seq < this.#expected) {
      this.#faults.push({ kind: 'outOfOrder', seq, file, line: at })
      return false
    }
    if (!isFirst && seq > this.#expected) this.#faults.push({ kind: 'missing', seq: this.#expected, to: seq - 1 })
    else if (last !== null && this.#altered === 0 && prev !== last.hash) this.#faults.push({ kind: 'replaced', seq })
    else if (last === null && seq === 1 && prev !== noHash) this.#faults.push({ kind: 'replaced', seq })
    if ('signer' in line) this.#signers.add(line.signer)
    if (line.kind === 'checkpoint') this.#sign(line)
    return true
  }

  #sign({ chain, seq, prev: head, at, signer, signature }: Line & { kind: 'checkpoint' }): void {
    const format = 'blindscore-checkpoint/1'
    const sound = readCheckpoint({ format, signer, chain, seq: seq - 1, head, at, signature }) !== null
    if (sound && (this.#pinned === null || this.#pinned === signer)) this.#signedTo = Math.max(this.#signedTo, seq - 1)
    else this.#faults.push({ kind: 'signature', seq })
  }

  #hold({ chain, seq, head, signer }: Checkpoint): void {
    const last = this.#last?.seq ?? 0
    const ours = this.#signers.size === 0 || this.#signers.has(signer)
    if (chain !== this.#chain || !ours) this.#faults.push({ kind: 'foreignCheckpoint', seq })
    else if (seq > last) this.#faults.push({ kind: 'cut', seq, last })
    else if (this.#hashes.get(seq) === head) this.#signedTo = Math.max(this.#signedTo, seq)
    else if (seq >= this.#first - 1) this.#faults.push({ kind: 'rewritten', seq })
    // Whole files of it were put aside.
    else this.#before.push(seq)
  }
}

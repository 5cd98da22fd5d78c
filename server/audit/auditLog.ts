import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { toHex } from '../../core/number/bytes.ts'
import type { Checkpoint } from '../../files/checkpoint.ts'
import { errorOf } from '../faults.ts'
import { RetryLater } from '../http/problem.ts'
import { type Log, originOf } from '../log.ts'
import type { Secret } from '../secret.ts'
import type { Audit, AuditedEvent } from './audit.ts'
import { type LineBody, noHash, writeLine } from './line.ts'
import { lockLog } from './lock.ts'
import { fileOfLog, tailOf } from './tail.ts'

export interface AuditOptions {
  readonly folder: string
  readonly secret: Secret
  readonly log: Log
  readonly now?: () => Date
  /** A file that is longer is followed by another. */
  readonly fileBytes?: number
  /** Between two lines that sign those before. */
  readonly checkpointMs?: number
}

const usual = { now: () => new Date(), fileBytes: 64 * 2 ** 20, checkpointMs: 60_000 }

/** So much a power failure may lose; a process that is killed loses nothing that was answered. */
const syncMs = 1000
const retrySeconds = 5

interface Waiting {
  readonly seq: number
  readonly text: string
  /** Whether a line stands before it that was not finished. */
  readonly joined: boolean
  readonly resolve: () => void
  readonly reject: (thrown: unknown) => void
}

/**
 * The log of answers, in files of one process. A line is with the operating system before its answer leaves, and on disk within a
 * second, or before a checkpoint tells of it. Where a line cannot be written nothing is answered, until one can.
 */
export class AuditLog implements Audit {
  readonly signer: string
  readonly #options: Required<AuditOptions>
  readonly #unlock: () => Promise<void>
  #chain = ''
  #seq = 0
  #head = noHash
  /** The last line that a line signs. */
  #signed = 0
  #handle: FileHandle | null = null
  #size = 0
  /** The last line that was written: a log that ends before it was cut under this process. */
  #written = 0
  #sizeOnDisk = 0
  /** Finds out where the log ends. */
  #beginning: Promise<void> | null = null
  #begins = 0
  #waiting: Waiting[] = []
  #writing: Promise<void> | null = null
  #syncing: Promise<void> = Promise.resolve()
  /** The last one that was given to a client. */
  #given: Checkpoint | null = null
  readonly #timers: ReturnType<typeof setInterval>[] = []

  private constructor(options: Required<AuditOptions>, unlock: () => Promise<void>) {
    this.#options = options
    this.#unlock = unlock
    this.signer = toHex(options.secret.signer.publicKey)
  }

  /** Goes on with the log of a folder, which is made where it is not there. Throws `audit/log`. */
  static async open(options: AuditOptions): Promise<AuditLog> {
    const { folder, secret } = options
    if (!secret.kept) throw errorOf('audit/log', 'auditSecretNotKept')
    await mkdir(folder, { recursive: true, mode: 0o700 }).catch(() => {
      throw errorOf('audit/log', 'auditUnwritable', { folder })
    })
    const audit = new AuditLog({ ...usual, ...options }, await lockLog(folder))
    try {
      await audit.#ready()
    } catch (thrown) {
      await audit.#unlock()
      throw thrown
    }
    audit.#every(syncMs, () => audit.#sync())
    audit.#every(audit.#options.checkpointMs, async () => {
      if (audit.#seq > audit.#signed + 1) await audit.#sign()
    })
    return audit
  }

  async append(event: AuditedEvent): Promise<void> {
    try {
      await this.#ready()
      await this.#write(event)
    } catch (thrown) {
      throw this.#gone(thrown)
    }
  }

  async checkpoint(): Promise<Checkpoint> {
    try {
      await this.#ready()
      const [chain, seq, head, begins] = [this.#chain, this.#seq, this.#head, this.#begins]
      if (this.#given?.seq === seq && this.#given.head === head) return this.#given
      while (this.#writing !== null) await this.#writing
      await this.#sync()
      // A line that could not be written is none, and what comes in its place has its number.
      if (this.#handle === null || this.#begins !== begins) throw new Error('the log ended before its line was written')
      const at = this.#options.now().toISOString()
      this.#given = this.#options.secret.signCheckpoint({ chain, seq, head, at })
      return this.#given
    } catch (thrown) {
      throw this.#gone(thrown)
    }
  }

  /** Signs what there is, and lets go of the folder. */
  async close(): Promise<void> {
    for (const timer of this.#timers.splice(0)) clearInterval(timer)
    try {
      await this.#ready()
      await this.#write({ kind: 'closed' })
      await this.#sign()
      await this.#sync()
    } finally {
      await this.#handle?.close().catch(() => {})
      this.#handle = null
      await this.#unlock()
    }
  }

  #gone(thrown: unknown): RetryLater {
    this.#options.log.error({ origin: originOf(thrown) }, 'the audit log cannot be written, so nothing is answered')
    return new RetryLater(errorOf('request/busy', 'auditGone'), retrySeconds)
  }

  /** Resolves once it is known where the log goes on: at the start, and again after a line could not be written. */
  async #ready(): Promise<void> {
    if (this.#handle !== null && this.#beginning === null) return
    this.#beginning ??= this.#begin().finally(() => {
      this.#beginning = null
    })
    await this.#beginning
  }

  async #begin(): Promise<void> {
    const { folder } = this.#options
    this.#begins += 1
    const tail = await tailOf(folder)
    if ((tail?.last.seq ?? 0) < this.#written) throw errorOf('audit/log', 'auditDamaged', { folder })
    this.#chain = tail?.last.chain ?? toHex(randomBytes(16))
    this.#seq = tail?.last.seq ?? 0
    this.#head = tail?.last.hash ?? noHash
    await this.#openFile(tail?.file ?? fileOfLog(1), tail?.size ?? 0)
    const { signer } = this
    if (tail === null) await this.#write({ kind: 'opened', format: 'blindscore-audit/1', signer })
    else await this.#write({ kind: 'resumed', signer, ...(tail.torn && { torn: tail.torn }) }, tail.joint)
    await this.#sign()
    await this.#sync()
  }

  async #openFile(file: string, size: number): Promise<void> {
    const { folder } = this.#options
    await this.#handle?.close()
    this.#handle = null
    this.#handle = await open(join(folder, file), 'a', 0o600).catch(() => {
      throw errorOf('audit/log', 'auditUnwritable', { folder })
    })
    this.#size = size
    this.#sizeOnDisk = 0
    const names = await open(folder, 'r')
    await names.sync().finally(() => names.close())
  }

  /** Signs the line before, for readers of the log, and for whoever collects what the server says of itself elsewhere. */
  #sign(): Promise<void> {
    const { secret, now, log } = this.#options
    const at = now().toISOString()
    const checkpoint = secret.signCheckpoint({ chain: this.#chain, seq: this.#seq, head: this.#head, at })
    this.#signed = this.#seq
    log.info({ checkpoint }, 'audit checkpoint')
    const { signer, signature } = checkpoint
    return this.#write({ kind: 'checkpoint', signer, signature }, '', at)
  }

  /** Numbers a line and has it written behind those that wait: as many as wait go in one write. */
  #write(body: LineBody, joint = '', at = this.#options.now().toISOString()): Promise<void> {
    const seq = this.#seq + 1
    const { text, hash } = writeLine({ seq, chain: this.#chain, prev: this.#head, at }, body)
    this.#seq = seq
    this.#head = hash
    const written = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ seq, text: joint + text, joined: joint !== '', resolve, reject })
    })
    this.#flushSoon()
    return written
  }

  /** Lines that come while others are written are written after those, whoever wakes first. */
  #flushSoon(): void {
    this.#writing ??= this.#flush().finally(() => {
      this.#writing = null
      if (this.#waiting.length > 0) this.#flushSoon()
    })
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0)
      try {
        await this.#put(batch)
        for (const { resolve } of batch) resolve()
      } catch (thrown) {
        // Where the log ends now is found out before the next line.
        await this.#handle?.close().catch(() => {})
        this.#handle = null
        for (const { reject } of [...batch, ...this.#waiting.splice(0)]) reject(thrown)
      }
    }
  }

  async #put(batch: readonly Waiting[]): Promise<void> {
    const [first] = batch
    // What goes on behind a torn line says so in the file that this is in.
    if (first && !first.joined && this.#size > this.#options.fileBytes) {
      await this.#sync()
      await this.#openFile(fileOfLog(first.seq), 0)
      // So that the files before can be taken away: their end is signed here.
      void this.#sign().catch(() => {})
    }
    const bytes = Buffer.from(batch.map(({ text }) => text).join(''))
    const handle = this.#handle
    // Somebody else who wrote to it, or cut it, would have lines follow from what is not there.
    if (handle === null || (await handle.stat()).size !== this.#size) throw new Error('the log is not as it was left')
    await handle.appendFile(bytes)
    this.#size += bytes.length
    this.#written = batch.at(-1)?.seq ?? this.#written
  }

  /** One after the other: each says of all that was written before it that it is on disk. */
  #sync(): Promise<void> {
    this.#syncing = this.#syncing
      .catch(() => {})
      .then(async () => {
        const size = this.#size
        if (this.#handle === null || size === this.#sizeOnDisk) return
        await this.#handle.datasync()
        this.#sizeOnDisk = size
      })
    return this.#syncing
  }

  #every(ms: number, work: () => Promise<void>): void {
    const timer = setInterval(() => {
      if (this.#handle === null || this.#beginning !== null) return
      work().catch((thrown: unknown) =>
        this.#options.log.error({ origin: originOf(thrown) }, 'the audit log cannot be written'),
      )
    }, ms)
    this.#timers.push(timer.unref())
  }
}

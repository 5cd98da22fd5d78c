/** A key's table of masks (`useMaskMemory` of core), while it is made and used. */
export interface MaskTable {
  readonly memory: SharedArrayBuffer
  /** Whether masks can be drawn from it. */
  ready: boolean
  /** Steps that have been made of it. */
  steps: number
  /** Tasks that work with it now. */
  users: number
}

/**
 * The memory of tables: at most `limit` pieces of `bytes` each. A piece is handed to the next key when its key is gone,
 * never given back, since nothing tells when a thread has let go of memory that it shared. All threads use it in
 * place, so a key has one table however many threads there are.
 */
export class TableMemory {
  readonly #limit: number
  readonly #bytes: number
  readonly #free: SharedArrayBuffer[] = []
  readonly #ended = new Set<MaskTable>()
  #pieces = 0

  constructor(limit: number, bytes: number) {
    this.#limit = limit
    this.#bytes = bytes
  }

  /** Whether `begin` has memory for one more. */
  get hasRoom(): boolean {
    return this.#free.length > 0 || this.#pieces < this.#limit
  }

  /** Whether a table has ended whose memory is still used. */
  get isEnding(): boolean {
    return this.#ended.size > 0
  }

  get bytes(): number {
    return this.#pieces * this.#bytes
  }

  begin(): MaskTable | null {
    if (!this.hasRoom) return null
    const memory = this.#free.pop() ?? this.#allocate()
    return { memory, ready: false, steps: 0, users: 0 }
  }

  #allocate(): SharedArrayBuffer {
    this.#pieces++
    return new SharedArrayBuffer(this.#bytes)
  }

  /** Runs work with the table, whose memory stays the table's until the work is done. */
  async use<T>(table: MaskTable, work: () => Promise<T>): Promise<T> {
    table.users++
    try {
      return await work()
    } finally {
      table.users--
      this.#freeIfUnused(table)
    }
  }

  /** The table is not used any more, but by the work that is under way. To be called once. */
  end(table: MaskTable): void {
    this.#ended.add(table)
    this.#freeIfUnused(table)
  }

  #freeIfUnused(table: MaskTable): void {
    if (table.users === 0 && this.#ended.delete(table)) this.#free.push(table.memory)
  }
}

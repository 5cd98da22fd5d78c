/** What is compared. An operation's time is per item: a ciphertext, a record or a block, as it says. */
export const operations = {
  residue: 'one n-th residue by the owner’s table',
  seal: 'encrypt one ciphertext from nothing',
  sealStocked: 'encrypt one ciphertext, residue in stock',
  open: 'decrypt one ciphertext',
  scoreBlock: 'score one block of one head, masks in stock',
  maskDirect: 'one mask by exponentiation',
  maskTable: 'one mask by table',
  check: 'check one ciphertext',
} as const

export type Operation = keyof typeof operations

/** Preparations are timed once: they happen once per key. */
export const preparations = {
  residueTable: 'make and take the table of residues',
  maskTable: 'make the table of masks',
} as const

export type Preparation = keyof typeof preparations

export interface Participant {
  readonly name: string
  /** Values (of one input) that a ciphertext carries, and records that a block carries. */
  readonly valuesPerCiphertext: number
  /** Bytes of a ciphertext on its way up, and of a block's answer on its way down. */
  readonly bytesUp: number
  readonly bytesDown: number
  /** Scoring has its mask in it. */
  readonly masksInScoring?: boolean
  readonly operations: Partial<Readonly<Record<Operation, Work>>>
  /** Milliseconds. */
  readonly preparations: Partial<Readonly<Record<Preparation, number>>>
  /** Bytes of WebAssembly memory once all is prepared, where that can be read. */
  readonly memory?: number
}

export interface Work {
  readonly items: number
  run(): unknown
  /** Whether what `run` returned is right; asked once, before anything is timed. */
  right(result: unknown): boolean
}

/** What records a day take, from what one record takes: machines, money and bytes. */

/** What a server spends on one record under a scheme, on one core of the machine that was measured. */
export interface UnitCost {
  readonly scheme: string
  /** Processor time of the server, in microseconds a record, masks that it makes ahead included. */
  readonly record: number
  /** Processor time of a new key, in milliseconds: its check, and its table of masks. */
  readonly key: number
  /** What a stored run takes on top, in microseconds a record: sealed, written, read, found again. */
  readonly stored: number
  /** Bytes of requests, answers and of what lies stored until the client comes back, a record. */
  readonly up: number
  readonly down: number
  readonly kept: number
  readonly recordsPerChunk: number
}

/** What a chunk costs the store that processes share, in microseconds: Redis' own time, and a server's for asking. */
export interface StoreCost {
  readonly redis: number
  readonly server: number
}

/** What is taken for so, and not measured. */
export interface Assumptions {
  readonly recordsPerKey: number
  readonly coresPerMachine: number
  /** The part of a day's processor time that a machine spends on this: days have peaks. */
  readonly busy: number
  /** US dollars. */
  readonly coreHour: number
  readonly gigabyteOut: number
  readonly gigabyteMonth: number
  readonly daysStored: number
}

export interface Plan {
  readonly scheme: string
  readonly stored: boolean
  readonly records: number
  readonly cores: number
  readonly machines: number
  /** US dollars a day. */
  readonly compute: number
  readonly network: number
  readonly disk: number
  /** Gigabytes a day. */
  readonly up: number
  readonly down: number
  readonly chunksPerSecond: number
  /** Of one core's time, what Redis takes. */
  readonly redis: number
}

const [daySeconds, giga, leastCores] = [86_400, 1e9, 2]

export function planOf(cost: UnitCost, store: StoreCost, stored: boolean, records: number, given: Assumptions): Plan {
  const chunks = records / cost.recordsPerChunk
  const ofRecords = records * (cost.record + (stored ? cost.stored : 0)) + chunks * store.server
  const seconds = ofRecords / 1e6 + ((records / given.recordsPerKey) * cost.key) / 1e3
  const cores = Math.max(leastCores, Math.ceil(seconds / (daySeconds * given.busy)))
  const [up, down] = [(records * cost.up) / giga, (records * cost.down) / giga]
  const kept = stored ? (records * cost.kept * given.daysStored) / giga : 0
  return {
    scheme: cost.scheme,
    stored,
    records,
    cores,
    machines: Math.ceil(cores / given.coresPerMachine),
    compute: cores * 24 * given.coreHour,
    network: down * given.gigabyteOut,
    disk: (kept * given.gigabyteMonth) / 30,
    up,
    down,
    chunksPerSecond: chunks / daySeconds,
    redis: (chunks * store.redis) / 1e6 / daySeconds,
  }
}

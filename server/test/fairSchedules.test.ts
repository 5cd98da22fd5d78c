import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FairQueue, type Turn } from '../compute/fairQueue.ts'

/**
 * Whole schedules of scores, keys' checks, stored and spare work, drawn at random, with pieces that are cancelled: what holds of each,
 * whatever comes when. `fairQueue.test.ts` says what happens in single cases.
 */

let clock = { ms: 0 }
/** What happens at this moment: one after the other, as everything does, though timers of one moment end at once. */
const due: (() => void)[] = []
const after = (ms: number, happens: () => void) => void setTimeout(() => due.push(happens), ms)
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: 0 })
  clock = { ms: 0 }
})
afterEach(() => void vi.useRealTimers())

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Numbers below `most`, the same for a seed (Park and Miller, 1988). */
function drawsOf(seed: number): (most: number) => number {
  let at = seed
  return (most) => {
    at = (at * 48271) % 2147483647
    return at % most
  }
}

interface Piece {
  readonly turn: Turn
  readonly comes: number
  readonly takes: number
  readonly cancelledAt: number | null
  state: 'to come' | 'waiting' | 'inside' | 'over'
  began: number
  /** The work of each other client's stored pieces that began while this one waited. */
  readonly passedBy: Map<string, number>
}

const mostWork = 5
/** The longest that a place is kept for who scored. */
const mostHoldMs = 500

function drawnPieces(draw: (most: number) => number): Piece[] {
  const kinds = ['score', 'ahead', 'key', 'stored', 'stored', 'spare'] as const
  const without = draw(8)
  return Array.from({ length: 10 + draw(50) }, () => {
    const kind = kinds.filter((_, i) => i !== without)[draw(without < 6 ? 5 : 6)] ?? 'stored'
    const client = `${'abcd'[Math.min(draw(4), draw(4))]}`
    const comes = draw(3) * draw(400)
    return {
      turn: kind === 'spare' ? { kind } : { kind, client, work: 1 + draw(mostWork) },
      comes,
      takes: 1 + draw(60),
      cancelledAt: draw(5) === 0 ? comes + draw(300) : null,
      state: 'to come',
      began: 0,
      passedBy: new Map(),
    }
  })
}

const isScore = ({ turn: { kind } }: Piece) => kind === 'score' || kind === 'ahead'
const isStored = ({ turn: { kind } }: Piece) => kind === 'stored'

/** What goes on in a queue, counted beside it, and what is wrong with it. */
class Watch {
  readonly faults: string[] = []
  readonly #queue: FairQueue
  readonly #width: number
  readonly #pieces: readonly Piece[]
  #scoredLast = Number.NEGATIVE_INFINITY
  #restUntil = Number.NEGATIVE_INFINITY

  constructor(queue: FairQueue, width: number, pieces: readonly Piece[]) {
    this.#queue = queue
    this.#width = width
    this.#pieces = pieces
  }

  #that(state: Piece['state'], is: (piece: Piece) => boolean = () => true): number {
    return this.#pieces.filter((piece) => piece.state === state && is(piece)).length
  }

  async run(piece: Piece): Promise<void> {
    const cancel = new AbortController()
    const abort = () => {
      if (piece.state === 'waiting') piece.state = 'over'
      cancel.abort()
    }
    if (piece.cancelledAt !== null) after(piece.cancelledAt - piece.comes, abort)
    piece.state = 'waiting'
    await this.#queue
      .run(piece.turn, cancel.signal, () => {
        this.#begins(piece)
        return new Promise<void>((resolve) => after(piece.takes, () => this.#ends(piece, resolve)))
      })
      .catch(() => {})
    piece.state = 'over'
  }

  #begins(piece: Piece): void {
    const { turn: own } = piece
    const someScore = this.#that('inside', isScore) + this.#that('waiting', isScore) > 0
    const besides = this.#that('inside', (each) => !isScore(each))
    if (someScore && !isScore(piece) && besides >= Math.max(1, this.#width - 1)) this.faults.push('no place for scores')
    if (someScore && own.kind === 'stored') {
      if (this.#that('inside', isStored) > 0) this.faults.push('several stored pieces beside scores')
      if (this.#restUntil > clock.ms) this.faults.push('a stored piece without its rest')
    }
    if (own.kind === 'key' && this.#that('inside', (each) => each.turn.kind === 'key') > 0) this.faults.push('two keys')
    piece.state = 'inside'
    piece.began = clock.ms
    if (own.kind !== 'stored') return
    for (const other of this.#pieces)
      if (other.state === 'waiting' && other.turn.kind === 'stored' && other.turn.client !== own.client)
        other.passedBy.set(own.client, (other.passedBy.get(own.client) ?? 0) + own.work)
    this.#weigh(piece, own.client)
  }

  /** Of whoever brings one piece, no other client goes ahead with more than a few. */
  #weigh(piece: Piece, client: string): void {
    const ofClient = this.#pieces.filter(
      (each) => isStored(each) && each.turn.kind !== 'spare' && each.turn.client === client,
    )
    if (ofClient.some((each) => each !== piece && each.comes <= piece.began)) return
    for (const work of piece.passedBy.values()) if (work > 2 * mostWork) this.faults.push('a stored run kept out')
  }

  #ends(piece: Piece, resolve: () => void): void {
    clock.ms = Date.now()
    if (isScore(piece)) this.#scoredLast = clock.ms
    if (isStored(piece)) this.#restUntil = clock.ms + 2 * (clock.ms - piece.began)
    piece.state = 'over'
    resolve()
  }

  /** Between two moments. */
  look(): void {
    const { waiting, spareWaiting, inside } = this.#queue
    const isSpare = ({ turn: { kind } }: Piece) => kind === 'spare'
    const counted = [
      this.#that('waiting') - this.#that('waiting', isSpare),
      this.#that('waiting', isSpare),
      this.#that('inside'),
    ]
    if ([waiting, spareWaiting, inside].join() !== counted.join()) this.faults.push('counts')
    if (inside > this.#width) this.faults.push('more inside than places')
    const free = this.#width - inside
    if (free > 0 && this.#that('waiting', isScore) > 0 && inside === 0) this.faults.push('scores wait for nothing')
    const besides = this.#that('inside', (each) => !isScore(each))
    if (free > 0 && besides === 0 && this.#that('waiting', isStored) > 0 && this.#restUntil < clock.ms - 1)
      this.faults.push('a free place, and what has rested waits')
    const nobodyScores =
      this.#that('inside', isScore) + this.#that('waiting', isScore) === 0 &&
      clock.ms > this.#scoredLast + mostHoldMs + 1
    if (nobodyScores && free > 0 && this.#that('waiting', isStored) > 0)
      this.faults.push('a free place, and stored runs wait')
  }
}

test.each([1, 2, 3, 4])(
  'of hundreds of schedules on %i places none has a fault, and each comes to its end',
  async (width) => {
    for (let seed = 1; seed <= 250; seed++) {
      const pieces = drawnPieces(drawsOf(seed * 7919 + width))
      const queue = new FairQueue(width, () => Date.now())
      const watch = new Watch(queue, width, pieces)
      for (const piece of pieces) after(piece.comes, () => void watch.run(piece))
      while (vi.getTimerCount() > 0) {
        vi.advanceTimersToNextTimer()
        clock.ms = Date.now()
        await turn()
        for (const happens of due.splice(0)) {
          happens()
          await turn()
        }
        watch.look()
      }
      // Nothing that waits is forgotten: no timer is left, and nobody will come.
      expect([seed, watch.faults, pieces.filter(({ state }) => state !== 'over').length]).toEqual([seed, [], 0])
      expect([queue.inside, queue.waiting, queue.spareWaiting]).toEqual([0, 0, 0])
    }
  },
)

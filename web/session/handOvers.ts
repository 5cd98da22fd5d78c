import { estimateRun, uplinkTo } from '../../client/estimate.ts'
import { type HandOverReceipt, mostReceiptBytes, readHandOverReceipt } from '../../client/handOverReceipt.ts'
import { passing } from '../../client/passing.ts'
import { makeFetchedReceipt } from '../../client/runReceipt.ts'
import { type RunTicket, StoredRuns } from '../../client/storedRuns.ts'
import { asBlindscoreError, type BlindscoreError } from '../../core/errors.ts'
import { parameterSet } from '../../core/protocol/schemes.ts'
import { errorOf } from './faults.ts'
import { type Fetching, fetchAlone, fetchWithFile } from './fetching.ts'
import { noHandOvers } from './handedBefore.ts'
import { HandHold } from './handHold.ts'
import { addressOf, checkedFile, handOverFile } from './handingOver.ts'
import type { HandedRun, HandOversState, HandOverWork } from './handOverState.ts'
import { HandOverStore } from './handOverStore.ts'
import { toldOf } from './handOverTold.ts'
import type { LaterParts } from './laterParts.ts'
import { ofFile } from './results.ts'
import { isBusy } from './runState.ts'
import type { SessionState } from './state.ts'
import { Latest } from './store.ts'

/** Milliseconds between two looks at what the server says, at first and at most. */
const firstLook = 1000
const lastLook = 15_000

type UnderWay = Extract<HandOverWork, { total: number }>

/** Runs that are handed over to a server and come back for: in this tab, after it, and on another device with their receipts. */
export class HandOvers {
  readonly #parts: LaterParts
  readonly #runs: StoredRuns
  readonly #kept = new HandOverStore()
  readonly #work = new Latest()
  #hold: HandHold | null = null
  #loaded: Promise<void> | null = null

  constructor(parts: LaterParts) {
    this.#parts = parts
    this.#runs = new StoredRuns(parts.server)
    parts.store.subscribe((state) => this.#tellBar(state))
  }

  get #state(): HandOversState {
    return this.#parts.store.getState().handOvers ?? noHandOvers
  }

  #tell(change: Partial<HandOversState>): void {
    this.#parts.store.setState({ handOvers: { ...this.#state, ...change } })
  }

  /** The bar hears of a run from here, since what leads to a first score knows of none. */
  #tellBar(state: SessionState): void {
    const told = toldOf(state, Date.now())
    if (state.handOvers && JSON.stringify(state.handOvers.told ?? null) !== JSON.stringify(told)) this.#tell({ told })
  }

  /** What this device has, once. */
  load(): Promise<void> {
    this.#loaded ??= this.#kept.load(addressOf(this.#parts.server)).then((receipts) => {
      const runs = receipts.map((receipt): HandedRun => ({ receipt, kept: true, said: null }))
      this.#tell({ runs: [...runs, ...this.#state.runs.filter(({ receipt }) => !receipts.some(isOf(receipt)))] })
    })
    return this.#loaded
  }

  /** Asks the server how far each is, again and again while something may change; until the signal aborts. */
  async watch(signal: AbortSignal): Promise<void> {
    await this.load()
    let seen: readonly HandOverReceipt[] = []
    for (let wait = firstLook; !signal.aborted; wait = Math.min(2 * wait, lastLook)) {
      const there = this.#state.runs.map(({ receipt }) => receipt)
      // What was handed over just now may be scored in a moment.
      if (there.some((receipt) => !seen.includes(receipt))) wait = firstLook
      seen = there
      await this.look(signal)
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }

  /** Asks the server once. */
  async look(signal?: AbortSignal): Promise<void> {
    const refusals = await Promise.all(this.#state.runs.filter(mayChange).map((run) => this.#look(run, signal)))
    if (!signal?.aborted) this.#bar(refusals.find((refusal) => refusal !== null) ?? null)
  }

  /** Returns what no time mends of a refusal. */
  async #look({ receipt }: HandedRun, signal?: AbortSignal): Promise<BlindscoreError | null> {
    let barred: BlindscoreError | null = null
    const said = await this.#runs.status(receipt.stored, signal).catch((thrown: unknown) => {
      const error = asBlindscoreError(thrown)
      if (error.code === 'run/unknown') return 'gone' as const
      if (!passing.has(error.code) && error.code !== 'run/cancelled') barred = error
      return null
    })
    // A server that does not answer now said what it said before.
    if (said !== null) this.#change(receipt, { said })
    return barred
  }

  /** The same refusal again is no news: whoever is about to type a key goes on typing. */
  #bar(barred: BlindscoreError | null): void {
    if (this.#state.barred?.code !== barred?.code) this.#tell({ barred })
  }

  /** There is another API key to ask with. */
  async lookAgain(): Promise<void> {
    this.#bar(null)
    await this.look()
  }

  #change({ stored }: Pick<HandOverReceipt, 'stored'>, change: Partial<HandedRun>): void {
    this.#tell({ runs: this.#state.runs.map((run) => (isOf({ stored })(run.receipt) ? { ...run, ...change } : run)) })
  }

  /** Takes the receipt of a run that was handed over here or elsewhere; one that is none is said to be so. */
  async take(file: File): Promise<void> {
    await this.load()
    this.#tell({ refused: null })
    try {
      const receipt = await readHandOverReceipt(file.size > mostReceiptBytes ? '' : await file.text())
      if (receipt.server !== addressOf(this.#parts.server)) {
        throw errorOf('run/foreign', 'runOfOtherServer', { server: receipt.server })
      }
      await this.#put(receipt)
      await this.look()
    } catch (thrown) {
      this.#tell({ refused: asBlindscoreError(thrown) })
    }
  }

  /** Puts a receipt away that could not be taken. */
  putAway(): void {
    this.#tell({ refused: null })
  }

  async #put(receipt: HandOverReceipt): Promise<void> {
    const kept = await this.#kept.save(receipt)
    const { runs } = this.#state
    const run = { receipt, kept, said: runs.find((each) => isOf(receipt)(each.receipt))?.said ?? null }
    this.#tell({ runs: [...runs.filter((each) => !isOf(receipt)(each.receipt)), run] })
  }

  /** Seconds that scoring the checked file here would take; null where none is checked. */
  seconds(): number | null {
    const { scheme, workers, server, store } = this.#parts
    const next = scheme.nextRun()
    if (!next) return null
    const { offer } = store.getState()
    const set = parameterSet(next.set)
    if (offer) return set.id === offer.set.id ? offer.seconds.ofRun : offer.seconds.lasting
    const uplink = uplinkTo(new URL(server.url, location.href))
    return estimateRun(set, next.shape, { sealers: workers.sealers.size, pace: {}, uplink })
  }

  /** Hands the checked file over. */
  handOver(): void {
    this.#parts.withOffered(() => void this.goOn(null))
  }

  /** Goes on with a run that is there in part, or begins with one. */
  async goOn(begun: HandOverReceipt | null): Promise<void> {
    const { store } = this.#parts
    await this.#under(begun, { what: 'handing', file: null }, async (hold, tell, signal) => {
      const from = checkedFile(store)
      tell({ file: from.name, total: from.records })
      const onBegun = async (receipt: HandOverReceipt): Promise<void> => {
        await this.#put(receipt)
        tell({ run: receipt.stored.id })
      }
      const handing = { hold, onBegun, onStored: (done: number) => tell({ done }) }
      const receipt = await handOverFile(this.#parts, from, begun, handing, signal)
      await this.#put(receipt)
      await this.#look({ receipt, kept: true, said: null })
    })
  }

  /** Fetches the scores, with the checked file's rows or by the records' numbers; they are on show then. */
  async fetch(receipt: HandOverReceipt, withFile: boolean): Promise<void> {
    const about = { what: 'fetching', file: receipt.file.name, total: receipt.records.count } as const
    await this.#under(receipt, about, async (hold, tell, signal) => {
      const fetching = { hold, onOpened: (done: number) => tell({ done }) }
      await (withFile ? this.#fetchJoined(receipt, fetching, signal) : this.#fetchAlone(receipt, fetching, signal))
    })
    // One that could not be fetched may be gone.
    await this.#look({ receipt, kept: true, said: null })
  }

  async #fetchJoined(receipt: HandOverReceipt, fetching: Fetching, signal: AbortSignal): Promise<void> {
    const { store, results } = this.#parts
    const before = store.getState()
    const { scores, audit } = await fetchWithFile(this.#parts, receipt, checkedFile(store), fetching, signal)
    const kept = makeFetchedReceipt(receipt, { report: before.report, progress: scores.progress, audit })
    const result = results.addFetched({ card: receipt.card, scores, of: ofFile(before) }, kept)
    const now = store.getState()
    if (now.report === before.report && !isBusy(now)) results.show(result)
  }

  async #fetchAlone(receipt: HandOverReceipt, fetching: Fetching, signal: AbortSignal): Promise<void> {
    const opened = await fetchAlone(this.#parts, receipt, fetching, signal)
    this.#parts.store.setState({ sealed: { status: 'done', name: receipt.file.name ?? receipt.card.id, opened } })
  }

  /** Does one piece of work at a time, and says how far it is and how it ended. */
  async #under(
    receipt: HandOverReceipt | null,
    about: Pick<UnderWay, 'what' | 'file'> & { readonly total?: number },
    work: (hold: HandHold, tell: (change: Partial<UnderWay>) => void, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const { store, server } = this.#parts
    const signal = this.#work.begin()
    const run = receipt?.stored.id ?? null
    this.#tell({ work: { run, done: 0, total: 0, stuck: null, again: null, ...about } })
    const tell = (change: Partial<UnderWay>): void => {
      const { work: now } = this.#state
      if (!signal.aborted && 'total' in now) this.#tell({ work: { ...now, ...change } })
    }
    const hold = new HandHold(store, server, tell)
    this.#hold = hold
    try {
      await work(hold, tell, signal)
      if (!signal.aborted) this.#tell({ work: { what: 'none' } })
    } catch (thrown) {
      const error = asBlindscoreError(thrown)
      const { work: now } = this.#state
      if (!signal.aborted) this.#tell({ work: { what: 'failed', run: 'run' in now ? now.run : run, error } })
    } finally {
      hold.end()
    }
  }

  resume(): void {
    this.#hold?.resume()
  }

  /** Ends what is under way; what the server has stays there. */
  stop(): void {
    this.#work.stop()
    this.#hold?.end()
    this.#tell({ work: { what: 'none' } })
    void this.look()
  }

  /** Deletes what the server stores of a run, and then its receipt here. Throws what keeps the server from it. */
  async discard({ receipt, said }: HandedRun): Promise<void> {
    if (said !== 'gone') await this.#discardThere(receipt.stored)
    await this.#kept.remove(receipt)
    this.#tell({ runs: this.#state.runs.filter((run) => !isOf(receipt)(run.receipt)) })
  }

  async #discardThere(ticket: RunTicket): Promise<void> {
    await this.#runs.discard(ticket).catch((thrown: unknown) => {
      // A server that stores none any more has none to delete: the receipt goes alone.
      const { code } = asBlindscoreError(thrown)
      if (code !== 'run/unknown' && code !== 'run/not-stored') throw thrown
    })
  }
}

const isOf =
  ({ stored }: Pick<HandOverReceipt, 'stored'>) =>
  (other: Pick<HandOverReceipt, 'stored'>): boolean =>
    other.stored.id === stored.id

function mayChange({ said }: HandedRun): boolean {
  return said === null || (said !== 'gone' && (said.state === 'open' || said.state === 'started'))
}

/** The receipt as a file to take to another device. It holds the run's token, and no key. */
export function receiptFile(receipt: HandOverReceipt): File {
  const name = `blindscore-run-${receipt.stored.id.slice(0, 8)}.json`
  return new File([`${JSON.stringify(receipt, null, 2)}\n`], name, { type: 'application/json' })
}

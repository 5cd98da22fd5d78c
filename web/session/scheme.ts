import { type Choice, choiceFor, chosenSet, uplinkTo, usualPace } from '../../client/estimate.ts'
import { type RunShape, type SchemeChoice, schemeChoices } from '../../client/schemeChoice.ts'
import { lanesFor } from '../../client/score.ts'
import type { ScoringServer } from '../../client/server.ts'
import { type ParameterSet, shapeOf } from '../../core/protocol/scheme.ts'
import { parameterSet } from '../../core/protocol/schemes.ts'
import type { SessionStore } from './store.ts'
import type { Workers } from './workers.ts'

/** Where the choice is remembered on this device; it says nothing of records. */
const place = 'blindscore scheme'

/** An exchange with fewer bytes up says more of the way there and back than of the uplink. */
const leastMeasured = 256 * 1024

export interface SchemeListeners {
  /** It is known, or known better, which key the next run takes. */
  readonly onReckoned: () => void
}

/** Under which scheme a run is sealed: what there is to choose for the present file, and what the person chose. */
export class SchemeSlice {
  readonly #store: SessionStore
  readonly #workers: Workers
  readonly #server: ScoringServer
  readonly #listeners: SchemeListeners
  /** By parameter set, milliseconds of a sealer for a unit of work, measured once each. */
  readonly #paces = new Map<string, number>()

  constructor(store: SessionStore, workers: Workers, server: ScoringServer, listeners: SchemeListeners) {
    this.#store = store
    this.#listeners = listeners
    this.#server = server
    this.#workers = workers
    store.setState({ scheme: remembered() })
  }

  /** Remembers the choice on this device. */
  choose(scheme: SchemeChoice): void {
    this.#store.setState({ scheme })
    try {
      localStorage.setItem(place, scheme)
    } catch {
      // A browser that keeps nothing asks again.
    }
    this.#listeners.onReckoned()
  }

  /** Reckons how long a run over the checked file takes, from what the work costs on this device and this uplink. */
  async reckon(): Promise<void> {
    const { report, card } = this.#store.getState()
    const shape = this.#shape()
    if (!shape || !card) return this.#offer(null)
    const { keySet, served } = this.#store.getState()
    const of = (paces: Readonly<Record<string, number>>): Choice | null =>
      choiceFor(parameterSet(keySet), served, shape, {
        sealers: this.#workers.sealers.size,
        pace: paces,
        uplink: this.#uplink(),
      })
    const first = of({})
    this.#offer(first)
    if (first === null) return
    const lasting = parameterSet(keySet)
    const paces = {
      [lasting.scheme]: await this.#pace(lasting, shape),
      [first.set.scheme]: await this.#pace(first.set, shape),
    }
    if (this.#store.getState().report === report) this.#offer(of(paces))
  }

  #offer(offer: Choice | null): void {
    this.#store.setState({ offer })
    this.#listeners.onReckoned()
  }

  /** Whether the next run takes the key that outlives runs, as far as that is known before the file is checked. */
  takesLasting(): boolean {
    const { scheme, served, report } = this.#store.getState()
    if (report) return this.setOfRun() === null
    return scheme === 'paillier' || !served.includes('lattice')
  }

  /** The set of the key to make for a run that begins now; null for the key that outlives runs. */
  setOfRun(): ParameterSet | null {
    const { scheme, offer, served, keySet } = this.#store.getState()
    const shape = this.#shape()
    return shape && chosenSet({ choice: scheme, served, lasting: parameterSet(keySet), shape }, offer)
  }

  /** The run that begins next. */
  nextRun(): { readonly set: string; readonly shape: RunShape } | null {
    const shape = this.#shape()
    return shape && { set: this.setOfRun()?.id ?? this.#store.getState().keySet, shape }
  }

  #shape(): RunShape | null {
    const { card, limits, report } = this.#store.getState()
    if (!card || !report || report.scorable === 0) return null
    return { card, limits, lanes: lanesFor(this.#workers.sealers), records: report.scorable }
  }

  async #pace(set: ParameterSet, { card }: RunShape): Promise<number> {
    const known = this.#paces.get(set.id)
    if (known !== undefined) return known
    const none = new AbortController().signal
    const pace = await this.#workers.sealers.run((sealer) => sealer.pace(set.id, shapeOf(card)), none).catch(() => null)
    if (pace !== null) this.#paces.set(set.id, pace)
    return pace ?? usualPace
  }

  /** Bytes a millisecond, by the fastest exchange that carried enough to tell. */
  #uplink(): number {
    const { exchanges } = this.#store.getState()
    const measured = exchanges.filter(({ bytesUp, status }) => bytesUp >= leastMeasured && status === 200)
    const best = Math.max(0, ...measured.map(({ bytesUp, milliseconds }) => bytesUp / milliseconds))
    return best > 0 ? best : uplinkTo(new URL(this.#server.url, location.href))
  }
}

function remembered(): SchemeChoice {
  try {
    return schemeChoices.find((each) => each === localStorage.getItem(place)) ?? 'paillier'
  } catch {
    return 'paillier'
  }
}

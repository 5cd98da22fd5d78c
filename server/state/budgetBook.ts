import { LruMap } from './lru.ts'
import type { Budget, Charge, Left, Use, Used } from './state.ts'

export const hourMs = 3_600_000

/** One thing that is written down: a charge, or with negative points one that is given back. */
export interface Entry extends Charge {
  /** Milliseconds since 1970: when it was charged; of what is given back, when that was charged. */
  readonly at: number
  /** When the hour began that who wrote this took it to fall into. */
  readonly start: number
}

interface Hour {
  start: number
  spent: number
}

/**
 * What clients spent of their hours and what was used for ever, as it follows from entries in their order: whoever reads the same
 * entries comes to the same. A client's hour begins with what is first charged to it. What has a name is charged once, however many
 * hold it, and given back only when the last of them does.
 */
export class BudgetBook {
  readonly #hours = new Map<string, Hour>()
  /** By client and name: how many hold what was charged. */
  readonly #held: LruMap<string, number>
  readonly #used = new Map<string, Used>()
  #sweepAt = 1024

  constructor(namesRemembered: number, used: readonly Used[] = []) {
    this.#held = new LruMap(namesRemembered)
    for (const each of used) this.#used.set(nameOf(each), each)
  }

  /** Null for what was charged, or had been; else the milliseconds until the client's hour is over, and nothing is changed. */
  enter(entry: Entry): number | null {
    if (entry.points < 0) {
      this.#giveBack(entry)
      return null
    }
    const refused = this.wait(entry)
    if (refused !== null) return refused
    const holders = this.#holders(entry)
    if (entry.once) this.#held.set(heldName(entry), holders + 1)
    if (holders > 0) return null
    this.#hour(entry).spent += entry.points
    this.#use(entry, entry.points)
    return null
  }

  /** What {@link enter} would return. */
  wait(entry: Omit<Entry, 'start'>): number | null {
    if (this.#holders(entry) > 0) return null
    const hour = this.#running(entry.budget, entry.client, entry.at)
    if ((hour?.spent ?? 0) + entry.points <= entry.most) return null
    return hour === undefined ? hourMs : hour.start + hourMs - entry.at
  }

  left(budget: Budget, client: string, most: number, at: number): Left {
    const hour = this.#running(budget, client, at)
    if (hour === undefined || hour.spent === 0) return { left: most, fullIn: 0 }
    return { left: Math.max(0, most - hour.spent), fullIn: hour.start + hourMs - at }
  }

  /** When the client's hour began, or begins now. */
  startOf(budget: Budget, client: string, at: number): number {
    return this.#running(budget, client, at)?.start ?? at
  }

  used(): readonly Used[] {
    return [...this.#used.values()]
  }

  #holders(entry: Pick<Entry, 'client' | 'once'>): number {
    return entry.once ? (this.#held.get(heldName(entry)) ?? 0) : 0
  }

  #giveBack(entry: Entry): void {
    const holders = this.#holders(entry)
    if (entry.once && holders > 1) {
      this.#held.set(heldName(entry), holders - 1)
      return
    }
    if (entry.once) this.#held.delete(heldName(entry))
    const hour = this.#hours.get(hourName(entry.budget, entry.client))
    // The hour that was charged may be over, and another begun.
    if (hour && entry.at >= hour.start) hour.spent = Math.max(0, hour.spent + entry.points)
    this.#use(entry, entry.points)
  }

  #use({ use }: Entry, points: number): void {
    if (use === undefined) return
    const name = nameOf(use)
    const before = this.#used.get(name) ?? { ...use, answers: 0, records: 0, slots: 0 }
    const sign = points < 0 ? -1 : 1
    this.#used.set(name, {
      ...before,
      answers: Math.max(0, before.answers + sign),
      records: Math.max(0, before.records + sign * use.records),
      slots: Math.max(0, before.slots + points),
    })
  }

  #hour({ budget, client, at, start }: Entry): Hour {
    const running = this.#running(budget, client, at)
    if (running) return running
    const name = hourName(budget, client)
    const before = this.#hours.has(name)
    // Of a client that nothing is known of, who wrote this knew when its hour began.
    const hour = { start: before || Math.abs(at - start) >= hourMs ? at : start, spent: 0 }
    this.#hours.set(name, hour)
    this.#sweep(at)
    return hour
  }

  /** A client's hour, unless it is over: also by a clock that was put back. */
  #running(budget: Budget, client: string, at: number): Hour | undefined {
    const hour = this.#hours.get(hourName(budget, client))
    return hour && Math.abs(at - hour.start) < hourMs ? hour : undefined
  }

  #sweep(at: number): void {
    if (this.#hours.size < this.#sweepAt) return
    for (const [name, { start }] of this.#hours) if (Math.abs(at - start) >= hourMs) this.#hours.delete(name)
    this.#sweepAt = Math.max(1024, 2 * this.#hours.size)
  }
}

function hourName(budget: Budget, client: string): string {
  return `${budget} ${client}`
}

function heldName({ client, once }: Pick<Entry, 'client' | 'once'>): string {
  return `${once} ${client}`
}

function nameOf({ principal, model, card }: Omit<Use, 'records'>): string {
  return `${principal}\0${model}\0${card}`
}

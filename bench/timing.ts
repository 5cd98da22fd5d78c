/** How everything here is timed: the same way in a browser's worker and in Node. */

/** One thing to time. `run` does the same work at every call, for `items` items. */
export interface Task {
  readonly participant: string
  readonly items: number
  run(): unknown
}

/** Microseconds per item, over rounds. */
export interface Timing {
  readonly participant: string
  readonly median: number
  readonly least: number
  readonly most: number
  readonly rounds: number
  /** Items that one round worked on. */
  readonly itemsPerRound: number
}

export interface Pace {
  readonly rounds: number
  /** How long one participant's share of a round lasts at least, in milliseconds. */
  readonly sampleMs: number
}

/**
 * Times tasks in turns, A B C A B C, so that whatever else the machine does hits all of them alike. Each is warmed up
 * first, for as long as a round takes, which also says how often it fits a round.
 */
export function interleave(tasks: readonly Task[], { rounds, sampleMs }: Pace): Timing[] {
  const repeats = tasks.map((task) => {
    const started = performance.now()
    let runs = 0
    do {
      task.run()
      runs += 1
    } while (performance.now() - started < sampleMs)
    return Math.max(1, Math.round((runs * sampleMs) / (performance.now() - started)))
  })
  const samples = tasks.map(() => [] as number[])
  for (let round = 0; round < rounds; round++) {
    tasks.forEach((task, i) => {
      const times = repeats[i] as number
      const started = performance.now()
      for (let run = 0; run < times; run++) task.run()
      samples[i]?.push((1000 * (performance.now() - started)) / (times * task.items))
    })
  }
  return tasks.map((task, i) => ({
    participant: task.participant,
    ...spread(samples[i] as number[]),
    rounds,
    itemsPerRound: (repeats[i] as number) * task.items,
  }))
}

/** Median, least and most of at least one number. */
export function spread(values: readonly number[]): { median: number; least: number; most: number } {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  const median = ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2
  return { median, least: sorted[0] as number, most: sorted.at(-1) as number }
}

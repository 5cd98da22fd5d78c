import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'

/** Where the figures come from. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly node: string
  readonly chromium: string
  readonly system: string
  /** Running tasks, over the last minute, before the benchmark began: above 0.3 or so, others were at work. */
  readonly load: number
  readonly date: string
}

export function describeMachine(chromium: string): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    chromium,
    system: `${process.platform} ${process.arch}`,
    load: loadavg()[0] ?? Number.NaN,
    date: new Date().toISOString(),
  }
}

export function machineLine({ cpu, cores, memoryGiB, node, chromium, system, load }: Machine): string {
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system} · Node ${node} · Chromium ${chromium} · load before: ${load.toFixed(2)}`
}

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { type Spent, works } from './compute/tasks.ts'
import type { Levels, Metrics } from './metrics.ts'

/**
 * Prometheus metrics: counts, times and levels. Labels come from closed sets: routes, statuses, codes, model ids.
 * `process`: the process's own figures as well.
 */
export function prometheusMetrics(levels: Levels, { process = false } = {}): Metrics {
  const registry = new Registry()
  if (process) collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  }
  gauge('blindscore_keys', 'Public keys held', levels.keys)
  gauge('blindscore_masks_stock', 'Masks made ahead and not used yet', levels.masks)
  gauge('blindscore_mask_tables', 'Keys whose masks are drawn from a table', levels.tables)
  gauge('blindscore_mask_table_bytes', 'Memory taken for tables of masks', levels.tableBytes)
  gauge('blindscore_scorings', 'Score requests that wait or are computed', levels.scoring)
  gauge('blindscore_compute_waiting', 'Tasks that wait for a compute thread', levels.waiting)
  const masksMade = new Counter({
    name: 'blindscore_masks_made_total',
    help: 'Masks made, by exponentiation or drawn from a table',
    labelNames: ['how'],
    registers,
  })
  const computeSeconds = new Counter({
    name: 'blindscore_compute_seconds_total',
    help: 'Processor time of the compute threads',
    labelNames: ['work'],
    registers,
  })
  const count = ({ ms, direct, byTable }: Spent): void => {
    for (const work of works) computeSeconds.inc({ work }, (ms[work] ?? 0) / 1000)
    masksMade.inc({ how: 'direct' }, direct)
    masksMade.inc({ how: 'table' }, byTable)
  }
  // So that all of them are there from the start.
  count({ ms: {}, direct: 0, byTable: 0 })
  return {
    count,
    requests: new Counter({
      name: 'blindscore_requests_total',
      help: 'Answers',
      labelNames: ['method', 'route', 'status'],
      registers,
    }),
    seconds: new Histogram({
      name: 'blindscore_request_seconds',
      help: 'Time from a request’s headers to its answer',
      labelNames: ['route'],
      buckets: [0.005, 0.02, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60],
      registers,
    }),
    problems: new Counter({
      name: 'blindscore_problems_total',
      help: 'Answers that were problems',
      labelNames: ['code'],
      registers,
    }),
    records: new Counter({
      name: 'blindscore_records_total',
      help: 'Records scored, as their chunks declare them',
      labelNames: ['model'],
      registers,
    }),
    slots: new Counter({
      name: 'blindscore_slots_total',
      help: 'Slots of the blocks scored, with a declared record or without: what budgets count',
      labelNames: ['model'],
      registers,
    }),
    masksUsed: new Counter({
      name: 'blindscore_masks_used_total',
      help: 'Masks used, made ahead or made within a request',
      labelNames: ['from'],
      registers,
    }),
    text: async () => ({ text: await registry.metrics(), type: registry.contentType }),
  }
}

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { type Spent, works } from './compute/tasks.ts'
import { answeredCodes } from './http/problem.ts'
import { type Levels, type Metrics, runEvents } from './metrics.ts'

/**
 * Prometheus metrics: counts, times and levels. Labels come from closed sets: routes, statuses, codes, model ids.
 * `process`: the process's own figures as well.
 */
export function prometheusMetrics(levels: Levels, { process = false } = {}): Metrics {
  const registry = new Registry()
  if (process) collectDefaultMetrics({ register: registry })
  const registers = [registry]
  gauges(levels, registers)
  readUse(registers, levels.used)
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter<Label>({ name, help, labelNames, registers })
  /** The same, with all that may be counted at 0: what was not there before cannot be seen to have become more. */
  const begun = <Label extends string>(name: string, help: string, label: Label, values: readonly string[]) => {
    const all = counter(name, help, label)
    for (const value of values) all.inc({ [label]: value } as Record<Label, string>, 0)
    return all
  }
  const masksMade = counter('blindscore_masks_made_total', 'Masks made, by exponentiation or drawn from a table', 'how')
  const computeSeconds = counter('blindscore_compute_seconds_total', 'Processor time of the compute threads', 'work')
  const count = ({ ms, direct, byTable }: Spent): void => {
    for (const work of works) computeSeconds.inc({ work }, (ms[work] ?? 0) / 1000)
    masksMade.inc({ how: 'direct' }, direct)
    masksMade.inc({ how: 'table' }, byTable)
  }
  // So that all of them are there from the start.
  count({ ms: {}, direct: 0, byTable: 0 })
  return {
    count,
    requests: counter('blindscore_requests_total', 'Answers', 'method', 'route', 'status'),
    seconds: new Histogram({
      name: 'blindscore_request_seconds',
      help: 'Time from a request’s headers to its answer',
      labelNames: ['route'],
      buckets: [0.005, 0.02, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60],
      registers,
    }),
    problems: begun('blindscore_problems_total', 'Answers that were problems', 'code', answeredCodes),
    records: counter('blindscore_records_total', 'Records scored, as their chunks declare them', 'model'),
    slots: counter(
      'blindscore_slots_total',
      'Slots of the blocks scored, with a declared record or without: what budgets count',
      'model',
    ),
    masksUsed: counter('blindscore_masks_used_total', 'Masks used, made ahead or made within a request', 'from'),
    keyChecks: counter('blindscore_key_checks_total', 'Checks of keys that this process began'),
    runs: begun('blindscore_runs_total', 'What became of stored runs, and of their chunks', 'event', runEvents),
    audit: begun(
      'blindscore_audit_entries_total',
      'Entries of the log of answers, written or failed to be: then nothing is answered',
      'result',
      ['written', 'failed'],
    ),
    reloads: counter(
      'blindscore_model_reloads_total',
      'Looks at the models folder after the first, by what came of them',
      'result',
    ),
    text: async () => ({ text: await registry.metrics(), type: registry.contentType }),
  }
}

/** What is read when it is scraped. */
function gauges(levels: Levels, registers: Registry[]): void {
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
  gauge('blindscore_models', 'Models served', levels.models)
  gauge('blindscore_model_versions_old', 'Versions that runs end on which began before a change', levels.oldVersions)
  gauge('blindscore_model_files_refused', 'Model files that are not served', levels.refusedFiles)
}

/** What was used for ever, by whom and of which model, whatever its card was: as long as it can be read. */
function readUse(registers: Registry[], used: Levels['used']): void {
  for (const [what, help] of [
    ['answers', 'Answers that were charged, for ever'],
    ['records', 'Records of charged answers, as their chunks declare them, for ever'],
    ['slots', 'Slots of charged answers, for ever'],
  ] as const) {
    new Counter({
      name: `blindscore_used_${what}_total`,
      help,
      labelNames: ['principal', 'model'],
      registers,
      async collect() {
        const all = await used().catch(() => null)
        if (all === null) return
        this.reset()
        for (const each of all) this.inc({ principal: each.principal, model: each.model }, each[what])
      },
    })
  }
}

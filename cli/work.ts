import { AuditLog } from '../server/audit/auditLog.ts'
import { startWorker } from '../server/listen.ts'
import type { Log } from '../server/log.ts'
import { readSecret, type Secret } from '../server/secret.ts'
import { FileLedger } from '../server/state/fileLedger.ts'
import { type Command, fromThere, UsageError } from './command.ts'
import { optionLines, parseOptions } from './options.ts'
import { keyOfRuns, optionsOfRuns } from './runsOptions.ts'
import { logHere, placesOf, sharedState, untilTold } from './serve.ts'
import { parseServeOptions, type ServeOptions, options as serving } from './serveOptions.ts'

/** What a worker has of a server's options: all but what is about its address, and about who may ask there. */
const options = {
  models: serving.models,
  'no-watch': serving['no-watch'],
  'keep-versions': serving['keep-versions'],
  'secret-file': serving['secret-file'],
  'ledger-file': serving['ledger-file'],
  state: serving.state,
  'state-file': serving['state-file'],
  runs: serving.runs,
  'runs-keys': serving['runs-keys'],
  'runs-key': serving['runs-key'],
  'runs-key-command': serving['runs-key-command'],
  queue: serving.queue,
  'queue-file': serving['queue-file'],
  'metrics-port': serving['metrics-port'],
  audit: serving.audit,
  threads: serving.threads,
  log: serving.log,
}

const usage = `Usage: blindscore work --queue URL (--state URL | --ledger-file FILE) [options]

Works on the runs that servers store, beside them and other workers, on this machine or others. All of them need the same models, secret,
stores and queue. How often models were answered with under the lattice scheme is counted together by --state; a ledger is of one process, and
so is a log of answers.
${optionLines(options)}`

/** `blindscore work`: runs until it is told to stop. What is under way then is done by others. */
export const work: Command = {
  usage,
  async run(argv) {
    parseOptions(argv, options)
    const parsed = parseServeOptions(argv, {})
    if (parsed.runsPlace.queue === undefined) throw new UsageError('It needs the queue that the servers have: --queue.')
    const { logLevel, models, runsPlace, watchModelsMs, keeping, metricsAt, threads, auditFolder } = parsed
    const log = logHere(logLevel)
    const secret = await readSecret(parsed.secretFile && fromThere(parsed.secretFile), process.env)
    if (!secret.kept) throw new UsageError('It needs the secret that the servers have: --secret-file.')
    const state = await openState(parsed, secret, log)
    const audit = auditFolder ? await AuditLog.open({ folder: fromThere(auditFolder), secret, log }) : null
    const key = await keyOfRuns(runsPlace)
    if (key === null) throw new UsageError('It needs the key that the runs are stored under: --runs-key.')
    const runs = await optionsOfRuns(runsPlace, key, placesOf(parsed), log)
    const running = await startWorker({
      ...{ secret, runs, log, processMetrics: true },
      ...state,
      ...(models !== undefined && { models: fromThere(models) }),
      ...(watchModelsMs !== undefined && { watchModelsMs }),
      ...(keeping && { keeping }),
      ...(metricsAt && { metricsAt }),
      ...(threads !== undefined && { threads }),
      ...(audit && { audit }),
    })
    if (!process.stdin.isTTY) process.on('SIGHUP', () => void running.reload())
    for (const sentence of running.refused) process.stderr.write(`${sentence}\n`)
    if (running.metricsUrl) process.stderr.write(`Metrics are at ${running.metricsUrl}\n`)
    process.stdout.write('Blindscore works on stored runs.\n')
    return untilTold(log, () => running.close().finally(() => audit?.close()))
  },
}

/** Where it is counted how often models were answered with: not in the file of another process. */
async function openState({ statePlace, ledgerFile }: ServeOptions, secret: Secret, log: Log) {
  if (statePlace) return sharedState(statePlace, secret, log)
  if (ledgerFile === undefined) throw new UsageError('It needs --state, or a ledger of its own: --ledger-file.')
  return { ledger: await FileLedger.open(fromThere(ledgerFile), log) }
}

import { pino } from 'pino'
import { jsonLog } from '../server/jsonLog.ts'
import { startServer } from '../server/listen.ts'
import { originOf } from '../server/log.ts'
import { readSecret } from '../server/secret.ts'
import { openLedger } from '../server/state/fileLedger.ts'
import { type Command, fromThere } from './command.ts'
import { parseServeOptions, usage } from './serveOptions.ts'

/** `blindscore serve`: runs until it is told to stop, and then finishes what is under way. */
export const serve: Command = {
  usage,
  async run(argv) {
    const { logLevel, models, secretFile, ledgerFile, ...server } = parseServeOptions(argv, process.env)
    const log = jsonLog(logLevel, pino.destination({ dest: 2, sync: true }))
    // Node would print the error with its message, which may hold a value.
    for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
      process.once(event, (thrown: unknown) => {
        log.fatal({ origin: originOf(thrown) }, event)
        process.exit(1)
      })
    }
    const secret = await readSecret(secretFile && fromThere(secretFile), process.env)
    if (!secret.kept) log.warn('the secret is not kept: after a restart every card has another hash')
    const ledger = await openLedger(ledgerFile && fromThere(ledgerFile), process.env)
    if (!ledger.kept) log.warn('it is not kept how often models were answered with: a restart begins to count anew')
    const running = await startServer({
      ...server,
      secret,
      ledger: ledger.ledger,
      ...(models !== undefined && { models: fromThere(models) }),
      log,
      processMetrics: true,
    })
    for (const sentence of running.refused) process.stderr.write(`${sentence}\n`)
    process.stdout.write(`Blindscore is at ${running.url}\n`)
    const signal = await new Promise<NodeJS.Signals>((resolve) => {
      for (const each of ['SIGTERM', 'SIGINT'] as const) process.once(each, () => resolve(each))
    })
    log.info({ signal }, 'draining')
    // A connection that does not end must not keep the process.
    running.close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
    return new Promise(() => {})
  },
}

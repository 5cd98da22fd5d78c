import { pino } from 'pino'
import { BlindscoreError } from '../core/errors.ts'
import { startServer } from './listen.ts'
import { makeLog, originOf } from './log.ts'
import { parseCommandLine, UsageError, usage } from './options.ts'

/** The command: the one file that touches the process. */
async function main(): Promise<void> {
  const options = parseCommandLine(process.argv.slice(2), process.env)
  if (options === null) {
    process.stdout.write(`${usage}\n`)
    return
  }
  const { logLevel, ...server } = options
  const log = makeLog(logLevel, pino.destination({ dest: 2, sync: true }))
  // Node would print the error with its message, which may hold a value.
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.once(event, (thrown: unknown) => {
      log.fatal({ origin: originOf(thrown) }, event)
      process.exit(1)
    })
  }
  const running = await startServer({ ...server, log, processMetrics: true })
  process.stdout.write(`Blindscore is at ${running.url}\n`)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'draining')
      running.close().then(
        () => process.exit(0),
        () => process.exit(1),
      )
    })
  }
}

main().catch((thrown: unknown) => {
  if (thrown instanceof UsageError) process.stderr.write(`${thrown.message}\n${usage}\n`)
  else if (thrown instanceof BlindscoreError) process.stderr.write(`${thrown.message}\n`)
  else process.stderr.write(`The server did not start: ${(thrown as Error).message}\n`)
  process.exit(thrown instanceof UsageError ? 2 : 1)
})

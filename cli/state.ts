import { defaultLimits } from '../server/limits.ts'
import { silentLog } from '../server/log.ts'
import { readSecret } from '../server/secret.ts'
import { countsOfLedger, defaultLedgerFile } from '../server/state/fileLedger.ts'
import { beginOwnState } from '../server/state/ownState.ts'
import { beginStore, openStore } from '../server/state/shared/open.ts'
import { type Command, fromThere, UsageError } from './command.ts'
import { type Options, optionLines, parseWords } from './options.ts'
import { stateOptions, statePlace, urlOfState } from './stateOptions.ts'

const options = {
  ...stateOptions,
  'secret-file': {
    type: 'string',
    value: 'FILE',
    about: 'the secret of the servers that it is for, as serve has it',
  },
  'ledger-file': {
    type: 'string',
    value: 'FILE',
    about: 'how often a server of one process answered with its models, as serve has it; the count goes on from there',
  },
  'budgets-dir': {
    type: 'string',
    value: 'DIR',
    about: 'without --state: where it is kept what clients use, as serve has it',
  },
} as const satisfies Options

/** `blindscore state`: what several processes share. */
export const state: Command = {
  usage: `Usage: blindscore state begin [--state URL] [options]

Makes an empty Redis or PostgreSQL one that servers may share (serve --state), once. It is asked for, and not done by the servers, so
that a store that lost what was in it is never taken for a new one, in which nobody has spent anything. One that has begun stays as it is.

Without --state: makes what a server of its own counts in, its ledger of answers and its folder of budgets, where one of them is gone. Such a
server makes both at its first start, and does not start where one of them is not there later.
${optionLines(options)}`,
  async run(argv) {
    const { values, words } = parseWords(argv, options)
    const [verb, ...more] = words
    if (verb !== 'begin' || more.length > 0) throw new UsageError('blindscore state takes "begin".')
    const place = statePlace(values)
    const { 'secret-file': secretFile, 'ledger-file': ledger, 'budgets-dir': budgets } = values
    const [ledgerFile, budgetsFolder] = [ledger && fromThere(ledger), budgets && fromThere(budgets)]
    if (place && budgets) throw new UsageError('--budgets-dir is for a server of its own, without --state.')
    const secret = await readSecret(secretFile && fromThere(secretFile), process.env)
    if (!place) {
      const places = { ledgerFile, budgetsFolder, env: process.env }
      const begun = await beginOwnState(places, { secret, limits: defaultLimits })
      process.stderr.write(begun ? 'What was not there is begun.\n' : 'Both are there, and stay as they are.\n')
      return 0
    }
    const store = { url: await urlOfState(place), secretName: secret.nameOfStore, log: silentLog }
    const counts = await countsOfLedger(ledgerFile || defaultLedgerFile(process.env), Boolean(ledgerFile))
    const begun = await beginStore(store)
    const opened = await openStore(store)
    for (const [name, slots] of counts) await opened.call('lift', name, slots)
    await opened.close()
    process.stderr.write(begun ? 'The shared state is begun.\n' : 'The shared state had begun.\n')
    return 0
  },
}

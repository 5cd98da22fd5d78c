import { availableParallelism } from 'node:os'
import { pino } from 'pino'
import { Bearers } from '../server/access/bearers.ts'
import { certificatesIn } from '../server/access/certificate.ts'
import { FilePrincipals } from '../server/access/filePrincipals.ts'
import { TokenPrincipals } from '../server/access/tokens.ts'
import { AuditLog } from '../server/audit/auditLog.ts'
import { jsonLog } from '../server/jsonLog.ts'
import { defaultLimits } from '../server/limits.ts'
import { type ServerOptions, startServer } from '../server/listen.ts'
import { type Log, originOf } from '../server/log.ts'
import { defaultAccessFile, readSecret, type Secret } from '../server/secret.ts'
import { openOwnState } from '../server/state/ownState.ts'
import { openStore } from '../server/state/shared/open.ts'
import { stateInStore } from '../server/state/shared/sharedState.ts'
import { VersionsFolder } from '../server/versionsFolder.ts'
import { readBrand } from './brandFile.ts'
import { type Command, fromThere } from './command.ts'
import { keyOfRuns, optionsOfRuns, optionsOfStudies } from './runsOptions.ts'
import { parseServeOptions, type ServeOptions, usage } from './serveOptions.ts'
import type { ServicePlace } from './serviceAddress.ts'
import { urlOfState } from './stateOptions.ts'

/** `blindscore serve`: runs until it is told to stop, and then finishes what is under way. */
export const serve: Command = {
  usage,
  async run(argv) {
    const options = parseServeOptions(argv, process.env)
    const { logLevel, models, brandFile, runsPlace: place, worksOnRuns, ...more } = options
    const log = logHere(logLevel)
    const { secret, entered, audit, state, versions } = await openKept(options, log)
    const key = await keyOfRuns(place)
    const runs = key && (await optionsOfRuns(place, key, worksOnRuns ? placesOf(options) : 0, log))
    const { studiesFolder, studyLimits = {} } = options
    const studies = studiesFolder === undefined ? null : await optionsOfStudies(place, key, studiesFolder, studyLimits)
    const vendor = brandFile && (await readBrand(brandFile))
    const running = await startServer({
      ...more,
      ...principalsOf(options, entered),
      secret,
      ...state,
      ...(audit && { audit }),
      ...(versions && { versions }),
      ...(runs && { runs }),
      ...(studies && { studies }),
      ...(vendor && { vendor }),
      ...(models !== undefined && { models: fromThere(models) }),
      log,
      processMetrics: true,
    })
    // Where somebody sits at a terminal, it says that the terminal was closed.
    if (!process.stdin.isTTY) process.on('SIGHUP', () => void running.reload())
    for (const sentence of running.refused) process.stderr.write(`${sentence}\n`)
    process.stderr.write(`${aboutBudget(more.limits?.recordsPerHour ?? defaultLimits.recordsPerHour)}\n`)
    for (const sentence of aboutKey(key, studiesFolder, studies !== null)) process.stderr.write(`${sentence}\n`)
    if (running.metricsUrl) process.stderr.write(`Metrics are at ${running.metricsUrl}\n`)
    process.stdout.write(`Blindscore is at ${running.url}\n`)
    return untilTold(log, () => running.close().finally(() => audit?.close()))
  },
}

/** The log of a process that nobody sits before, on standard error. */
export function logHere(level: string): Log {
  const log = jsonLog(level, pino.destination({ dest: 2, sync: true }))
  // Node would print the error with its message, which may hold a value.
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.once(event, (thrown: unknown) => {
      log.fatal({ origin: originOf(thrown) }, event)
      process.exit(1)
    })
  }
  return log
}

/** Waits until the process is told to stop, and stops. */
export async function untilTold(log: Log, close: () => Promise<void>): Promise<never> {
  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    for (const each of ['SIGTERM', 'SIGINT'] as const) process.once(each, () => resolve(each))
  })
  log.info({ signal }, 'draining')
  // A connection that does not end must not keep the process.
  close().then(
    () => process.exit(0),
    () => process.exit(1),
  )
  return new Promise(() => {})
}

/** Parts of runs that are worked on at once: some are read and written while the threads compute others. */
export const placesOf = ({ threads = availableParallelism() }: ServeOptions): number => 2 * threads

/** What the server keeps, each in the place that was named or the usual one. */
async function openKept(options: ServeOptions, log: Log) {
  const { secretFile, auditFolder, versionsFolder, statePlace } = options
  const secret = await readSecret(secretFile && fromThere(secretFile), process.env)
  if (!secret.kept) log.warn({}, 'the secret is not kept: after a restart every card has another hash')
  const state = statePlace ? await sharedState(statePlace, secret, log) : await ownState(options, secret, log)
  const entered = await openEntered(options, secret, log)
  const audit = auditFolder ? await AuditLog.open({ folder: fromThere(auditFolder), secret, log }) : null
  const versions = versionsFolder ? await VersionsFolder.open(fromThere(versionsFolder), secret.keyOfVersions) : null
  return { secret, entered, audit, state, versions }
}

/** Those who are entered in the file, where anybody is looked for there. */
async function openEntered({ apiKeys, certificate, keysFile }: ServeOptions, secret: Secret, log: Log) {
  if (!apiKeys && certificate === null) return null
  const file = keysFile ? fromThere(keysFile) : defaultAccessFile(process.env)
  return FilePrincipals.open(file, secret, { takesKeys: apiKeys, log })
}

/** Those who may ask, where not everybody may. */
function principalsOf({ apiKeys, issuer, certificate }: ServeOptions, entered: FilePrincipals | null) {
  const tokens = issuer && new TokenPrincipals(issuer)
  return {
    ...((apiKeys || tokens) && { principals: new Bearers(apiKeys ? entered : null, tokens) }),
    ...(certificate && { certificates: certificatesIn(certificate.header, { ...certificate, entered }) }),
  }
}

/** What is counted on this machine's disk. */
function ownState({ ledgerFile, budgetsFolder }: ServeOptions, secret: Secret, log: Log) {
  const places = {
    ledgerFile: ledgerFile && fromThere(ledgerFile),
    budgetsFolder: budgetsFolder && fromThere(budgetsFolder),
    env: process.env,
  }
  return openOwnState(places, { secret, limits: defaultLimits, log })
}

/** What is counted with other processes, once the models are there: a store that is open keeps the process. */
export async function sharedState(
  place: ServicePlace,
  secret: Secret,
  log: Log,
): Promise<Pick<ServerOptions, 'openState'>> {
  const url = await urlOfState(place)
  return {
    openState: (limits) => async (onDropKey) => {
      const store = await openStore({ url, secretName: secret.nameOfStore, log })
      return stateInStore(store, limits, secret)(onDropKey)
    },
  }
}

/** What is not stored where there is no key to seal it by. */
function aboutKey(key: Uint8Array | null, studies: string | undefined, carriesStudies: boolean): string[] {
  if (key !== null) return []
  const runs = 'Runs cannot be stored: there is no key for them (--runs-key).'
  if (studies === undefined || carriesStudies) return [runs]
  return [
    runs,
    'Studies cannot be stored either, and none are carried: with --studies memory they need no key, and end with the server.',
  ]
}

/** What the number of records in an hour is for, and what it is not for. */
function aboutBudget(recordsPerHour: number): string {
  return [
    `Each client may have ${recordsPerHour.toLocaleString('en')} records scored in an hour (--records-per-hour).`,
    'That shares this machine out. It does not keep a model: who scores d + 1 records of a linear model of d inputs can work out its',
    'weights, in however many hours (SECURITY.md).',
  ].join(' ')
}

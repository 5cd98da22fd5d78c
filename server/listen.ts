import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { createAdaptorServer } from '@hono/node-server'
import { schemes } from '../core/protocol/schemes.ts'
import type { Certificates, Principals } from './access/principals.ts'
import { makeApp, type ScoringApp } from './app.ts'
import type { Audit } from './audit/audit.ts'
import { boundBodies, boundPieces } from './bodyTime.ts'
import { startPool } from './compute/pool.ts'
import { boundConnections } from './connections.ts'
import { spoolOnDisk } from './files/diskSpool.ts'
import { keyTokens } from './http/keyToken.ts'
import { readPage } from './http/readPage.ts'
import { clientOfIncoming } from './incoming.ts'
import type { Limits } from './limits.ts'
import { LiveModels, type Reloaded } from './liveModels.ts'
import { type Log, originOf, silentLog } from './log.ts'
import { type MetricsAddress, type MetricsServer, startMetricsServer } from './metricsServer.ts'
import { ModelReader } from './modelReader.ts'
import { type Keeping, weightsOf } from './modelSet.ts'
import { prometheusMetrics } from './prometheus.ts'
import { docsRoutes } from './routes/docs.ts'
import { runRoutes } from './routes/runs.ts'
import { studyRoutes } from './routes/studies.ts'
import { type OpenRuns, openRuns, type RunsOptions } from './runs/openRuns.ts'
import { type Secret, secretOf } from './secret.ts'
import type { Dependencies } from './service.ts'
import { type Kept, stateInMemory } from './state/memory.ts'
import type { AnswerLedger, BudgetStore, OpenState } from './state/state.ts'
import { defaultStudyLimits } from './studies/limits.ts'
import { type OpenStudies, openStudies, type StudiesOptions } from './studies/openStudies.ts'
import { boundUnreadAnswers } from './unreadAnswers.ts'
import { takeUnreadAtPace } from './unreadBodies.ts'
import type { Vendor } from './vendor.ts'
import type { VersionsFolder } from './versionsFolder.ts'

export interface ServerOptions {
  /** Without one: {@link defaultPort} or the next free one. 0: any free one. */
  readonly port?: number
  /** The address to listen on; by default this machine alone can connect. */
  readonly host?: string
  /** The folder of model files. */
  readonly models?: string
  /** Whether a model file that is refused keeps the server from starting, and later from taking any other one. */
  readonly strict?: boolean
  /** Milliseconds between looks at the folder, for models that are added, replaced or withdrawn; null for none but `reload`. */
  readonly watchModelsMs?: number | null
  /** How long versions are kept that were replaced or withdrawn. */
  readonly keeping?: Partial<Keeping>
  /** Where they are kept over restarts as well, of one folder of models; by default nowhere. */
  readonly versions?: VersionsFolder
  /**
   * What hides the weights in the cards' commitments. Without one it is made anew, and every card has another hash after a
   * restart, or in another process: a run that is under way then stops, as if the models had changed.
   */
  readonly secret?: Secret
  /** The folder of the built page; null for an API without a page. */
  readonly page?: string | null
  /** The names of the schemes that keys are taken of; by default all. */
  readonly schemes?: readonly string[]
  /** Counts how often models were answered with; in this process's memory without it. */
  readonly ledger?: AnswerLedger
  /** Counts what clients use; in this process's memory without it. */
  readonly budgets?: BudgetStore
  /** Whether numbers of other programs are scored under keys alone whose proof was checked. */
  readonly provenKeys?: boolean
  /** Those who may ask; without it everybody may. */
  readonly principals?: Principals
  /** Those who may ask by a certificate that a trusted proxy checked; by default nobody. */
  readonly certificates?: Certificates
  readonly corsOrigins?: readonly string[]
  readonly connectOrigins?: readonly string[]
  /** The networks of proxies that are believed about who asks, and whether they alone may. */
  readonly trustedProxies?: readonly string[]
  readonly onlyByProxy?: boolean
  /** Names that the server is asked for under, besides addresses, `localhost` and `host`. */
  readonly hosts?: readonly string[]
  /** Whether /metrics is for every client, and not for this machine alone. */
  readonly openMetrics?: boolean
  /** Where the metrics are instead, when they have a port of their own. */
  readonly metricsAt?: MetricsAddress
  /** Who answers, for people to read. */
  readonly vendor?: Vendor
  /** Where is written down what is answered; its owner closes it after the server. */
  readonly audit?: Audit
  /** Where runs are stored that clients hand over; without it none are. */
  readonly runs?: RunsOptions
  /** Where messages of studies are stored; without it none are carried. */
  readonly studies?: StudiesOptions
  readonly threads?: number
  readonly limits?: Partial<Limits>
  readonly log?: Log
  /** Where the server keeps what it remembers between requests; by default in its memory, but for `ledger` and `budgets`. */
  readonly openState?: (limits: Limits) => OpenState
  /** Adds the process's own figures to the metrics. */
  readonly processMetrics?: boolean
  /** The compiled `compute/worker.ts`, when this file runs uncompiled; `modelThread.ts` is above it. */
  readonly workerFile?: URL
}

export interface RunningServer {
  /** The server's address, with a slash at its end. */
  readonly url: string
  /** The ids of the models served. */
  readonly models: readonly string[]
  /** A sentence for each model file that is not served. */
  readonly refused: readonly string[]
  /** Looks at the models folder now, and resolves once what is there is served. */
  reload(): Promise<Reloaded>
  /** Where the metrics are, when they have a port of their own. */
  readonly metricsUrl: string | null
  /** Stops accepting, finishes the answers under way, ends the threads. */
  close(): Promise<void>
}

const defaultPort = 8787
const portsTried = 20
const usualWatchMs = 1000

/**
 * A scoring server on a socket. Rejects with a BlindscoreError for models that cannot be served, and with the
 * system's error for a port that was asked for and is taken.
 */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const parts = await openParts(options, Boolean(options.principals ?? options.certificates))
  const { app, live, log, end } = parts
  const { limits } = live
  const server = boundedServer(app, limits)
  const drain = async (): Promise<void> => {
    parts.drain()
    await drained(server, limits)
    await end()
    log.info({}, 'closed')
  }
  let closing: Promise<void> | undefined
  const host = options.host ?? '127.0.0.1'
  try {
    await listen(server, host, options.port)
  } catch (thrown) {
    await end()
    throw thrown
  }
  const url = urlOf(server.address() as AddressInfo, host)
  parts.tellBegun('listening')
  return told(parts, {
    url,
    close() {
      closing ??= drain()
      return closing
    },
  })
}

/** What works on stored runs beside servers, and has no address but for its metrics. */
export type RunningWorker = Omit<RunningServer, 'url'>

/** A process that works on the runs of `runs`, by the same models and the same secret as the servers that store them. Rejects as they do. */
export async function startWorker(options: ServerOptions & { readonly runs: RunsOptions }): Promise<RunningWorker> {
  const parts = await openParts({ ...options, page: null }, true)
  let closing: Promise<void> | undefined
  parts.tellBegun('working')
  return told(parts, {
    close() {
      closing ??= parts.end()
      return closing
    },
  })
}

type Parts = Awaited<ReturnType<typeof openParts>>

/** All of a server but its socket. */
async function openParts(options: ServerOptions, asksWho: boolean) {
  const log = options.log ?? silentLog
  const secret = options.secret ?? secretOf(randomBytes(32), false)
  const live = await liveModels(options, asksWho, log, secret)
  const { limits, set: models } = live
  const page = await pageOf(options)
  const compute = await startPool({
    threads: options.threads ?? availableParallelism(),
    models: models.current.map(weightsOf),
    weightsOf: (hash) => models.weightsOf(hash),
    onError: (thrown) => log.error({ origin: originOf(thrown) }, 'a compute thread died'),
    ...(options.workerFile && { workerFile: options.workerFile }),
  })
  let draining = false
  const stored = storedOf(options)
  let app: ScoringApp | undefined
  let metricsServer: MetricsServer | undefined
  const end = async (): Promise<void> => {
    await live.close()
    await metricsServer?.close()
    await stored.close()
    await app?.close()
    await compute.close()
  }
  try {
    app = await makeApp({
      models,
      compute,
      limits,
      log,
      ...onNode(options, secret),
      ...stored.dependencies,
      ...(page && { page }),
      openState: options.openState?.(limits) ?? stateInMemory(limits, keptOf(options)),
      ...asOperated(options),
      draining: () => draining,
      refusedFiles: () => live.refused.length,
    })
    await tellModels(options, live, app)
    metricsServer = options.metricsAt && (await startMetricsServer(options.metricsAt, app.service))
  } catch (thrown) {
    await end()
    throw thrown
  }
  const drain = (): void => {
    draining = true
  }
  const tellBegun = (what: string): void => {
    if (options.watchModelsMs !== null) live.watch(options.watchModelsMs ?? usualWatchMs)
    const { engine, reason } = compute.engine
    log.info({ engine, reason, threads: compute.threads, models: idsOf(live), page: page !== null }, what)
  }
  return { app, live, log, metricsUrl: metricsServer?.url ?? null, drain, tellBegun, end }
}

/** What is told of a server with and without a socket: the models are those that are there when it is asked. */
function told<T extends object>({ live, metricsUrl }: Parts, more: T) {
  const facts = {
    get models() {
      return idsOf(live)
    },
    get refused() {
      return live.refused
    },
    reload: () => live.reload(),
    metricsUrl,
  }
  return Object.assign(facts, more)
}

const idsOf = (live: LiveModels): readonly string[] => live.set.current.map(({ card }) => card.id)

/** The routes that are Node's alone; of stored runs and studies they answer that there are none where nothing stores them. */
function storedOf({ runs, studies }: ServerOptions) {
  let openedRuns: OpenRuns | undefined
  let openedStudies: OpenStudies | undefined
  const moreRoutes: Dependencies['moreRoutes'] = async (app, service) => {
    docsRoutes(app)
    openedRuns = runs && (await openRuns(runs, service))
    runRoutes(app, service, openedRuns?.runs ?? null)
    openedStudies = studies && (await openStudies(studies, service))
    studyRoutes(app, service, openedStudies?.studies ?? null)
  }
  const close = async (): Promise<void> => {
    await openedStudies?.close()
    await openedRuns?.close()
  }
  const { days } = { ...defaultStudyLimits, ...studies?.limits }
  const told = { storesRuns: runs !== undefined, studyDays: studies ? days : null }
  return { dependencies: { moreRoutes, ...told }, close }
}

/** What is kept elsewhere than in memory. */
function keptOf({ ledger, budgets }: ServerOptions): Partial<Kept> {
  return { ...(ledger && { ledger }), ...(budgets && { budgets }) }
}

/** Writes down which versions are served, now and after each change. A log that cannot be written says so when it is asked to answer. */
async function tellModels({ audit }: ServerOptions, live: LiveModels, { service }: ScoringApp): Promise<void> {
  const tell = async (): Promise<void> => {
    const served = live.set.current.map(({ card }) => ({ model: card.id, version: card.version, card: card.hash }))
    await audit?.append({ kind: 'models', served }).catch(() => {})
  }
  live.onReload = async (result) => {
    service.metrics.reloads.inc({ result })
    if (result !== 'unchanged') await tell()
  }
  await tell()
}

function liveModels(options: ServerOptions, asksWho: boolean, log: Log, { openingOf }: Secret): Promise<LiveModels> {
  const { strict = false, limits, keeping, versions, workerFile } = options
  const folder = options.models ?? shippedModels()
  const reader = new ModelReader(openingOf, workerFile && new URL('../modelThread.js', workerFile))
  return LiveModels.open({ folder, reader, asksWho, limits, log, strict, keeping, versions })
}

/** A socket's server that nobody holds up. */
function boundedServer({ fetch, service }: ScoringApp, limits: Limits): Server {
  const server = createAdaptorServer({
    fetch: fetch as (request: Request) => Promise<Response>,
    serverOptions: {
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: Math.min(5000, limits.headersTimeoutMs / 2),
    },
  }) as Server
  // What a request expects that nobody does is answered as any other: Node's own answer has no bounds.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
  const { pace, proxies, owners } = service
  const clientOf = (request: IncomingMessage): string => owners.of(request.socket) ?? clientOfIncoming(request, proxies)
  boundBodies(server, limits)
  takeUnreadAtPace(server, (request) => () => pace.enter(clientOf(request)))
  boundUnreadAnswers(server, limits, clientOf)
  // One more than may be, which may take the place of another.
  server.maxConnections = limits.connections + 1
  const asksWho = service.principals !== null || service.certificates !== null
  boundPieces(server, boundConnections(server, limits, proxies, { owners: asksWho ? owners : null }))
  server.timeout = limits.silenceMs
  return server
}

/** Lets answers under way finish, for as long as that may take. */
async function drained(server: Server, { drainMs }: Limits): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  const deadline = setTimeout(() => server.closeAllConnections(), drainMs)
  await closed
  clearTimeout(deadline)
}

/** Who may ask, and for what, as the operator has it. */
function asOperated(options: ServerOptions) {
  return {
    schemes: schemes.filter(({ name }) => options.schemes?.includes(name) ?? true),
    provenKeys: options.provenKeys ?? false,
    principals: options.principals ?? null,
    certificates: options.certificates ?? null,
    corsOrigins: options.corsOrigins ?? [],
    connectOrigins: options.connectOrigins ?? [],
    trustedProxies: options.trustedProxies ?? [],
    onlyByProxy: options.onlyByProxy ?? false,
    hosts: [...(options.hosts ?? []), ...(options.host === undefined ? [] : [options.host])],
    openMetrics: options.openMetrics ?? false,
    metricsElsewhere: options.metricsAt !== undefined,
    audit: options.audit ?? null,
    vendor: options.vendor ?? null,
  } satisfies Partial<Dependencies>
}

/** What Node has better than any platform has it, or alone. */
function onNode(
  { processMetrics = false }: ServerOptions,
  secret: Secret,
): Pick<Dependencies, 'metrics' | 'turn' | 'openSpool' | 'fileSigner' | 'keyTokens'> {
  return {
    openSpool: spoolOnDisk,
    fileSigner: secret.kept ? secret.signer : null,
    keyTokens: keyTokens(secret.tokenOfKey),
    metrics: (levels) => prometheusMetrics(levels, { process: processMetrics }),
    turn: () => new Promise<void>((resolve) => setImmediate(resolve)),
  }
}

/** The page that is to be served, if one is and its folder is there. */
async function pageOf({ page, connectOrigins }: ServerOptions): ReturnType<typeof readPage> {
  return page === null ? null : readPage(page ?? inPackage('dist/page'), connectOrigins ?? [])
}

/** The folder of the models that ship. */
export function shippedModels(): string {
  return inPackage('server/models')
}

/** A folder of the package, wherever it was started from: this file is `server/listen.ts` or `dist/server/listen.js`. */
function inPackage(folder: string): string {
  const compiled = import.meta.url.endsWith('.js')
  return fileURLToPath(new URL(`${compiled ? '../../' : '../'}${folder}`, import.meta.url))
}

async function listen(server: Server, host: string, port: number | undefined): Promise<void> {
  const ports = port === undefined ? Array.from({ length: portsTried }, (_, i) => defaultPort + i) : [port]
  for (const each of ports) {
    try {
      server.listen(each, host)
      await once(server, 'listening')
      return
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EADDRINUSE' || each === ports.at(-1)) throw thrown
    }
  }
}

function urlOf({ port }: AddressInfo, host: string): string {
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}/`
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}/`
}

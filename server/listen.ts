import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { createAdaptorServer } from '@hono/node-server'
import { toSent } from '../core/errors.ts'
import { shapeOf } from '../core/protocol/scheme.ts'
import { schemes } from '../core/protocol/schemes.ts'
import { sentenceOf } from '../words/en/errors.ts'
import { makeApp } from './app.ts'
import { startPool } from './compute/pool.ts'
import { boundConnections } from './connections.ts'
import { errorOf } from './faults.ts'
import { spoolOnDisk } from './files/diskSpool.ts'
import { readPage } from './http/readPage.ts'
import { type Limits, limitsFor } from './limits.ts'
import { type Log, originOf, silentLog } from './log.ts'
import { requireModels } from './models.ts'
import { prometheusMetrics } from './prometheus.ts'
import { type Secret, secretOf } from './secret.ts'
import type { Dependencies } from './service.ts'
import { stateInMemory } from './state/memory.ts'
import type { AnswerLedger, OpenState } from './state/state.ts'

export interface ServerOptions {
  /** Without one: {@link defaultPort} or the next free one. 0: any free one. */
  readonly port?: number
  /** The address to listen on; by default this machine alone can connect. */
  readonly host?: string
  /** The folder of model files. */
  readonly models?: string
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
  /** Whether numbers of other programs are scored under keys alone whose proof was checked. */
  readonly provenKeys?: boolean
  readonly corsOrigins?: readonly string[]
  readonly connectOrigins?: readonly string[]
  readonly trustProxy?: boolean
  /** Names that the server is asked for under, besides addresses, `localhost` and `host`. */
  readonly hosts?: readonly string[]
  /** Whether /metrics is for every client, and not for this machine alone. */
  readonly openMetrics?: boolean
  readonly threads?: number
  readonly limits?: Partial<Limits>
  readonly log?: Log
  /** Where the server keeps what it remembers between requests; by default in its memory. */
  readonly openState?: OpenState
  /** Adds the process's own figures to the metrics. */
  readonly processMetrics?: boolean
  /** The compiled `worker.ts`, when this file runs uncompiled. */
  readonly workerFile?: URL
}

export interface RunningServer {
  /** The server's address, with a slash at its end. */
  readonly url: string
  /** The ids of the models served. */
  readonly models: readonly string[]
  /** A sentence for each model file that is not served. */
  readonly refused: readonly string[]
  /** Stops accepting, finishes the answers under way, ends the threads. */
  close(): Promise<void>
}

const defaultPort = 8787
const portsTried = 20

/**
 * A scoring server on a socket. Rejects with a BlindscoreError for models that cannot be served, and with the
 * system's error for a port that was asked for and is taken.
 */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const log = options.log ?? silentLog
  const secret = options.secret ?? secretOf(randomBytes(32), false)
  const { models, refusals } = await requireModels(options.models ?? shippedModels(), secret.openingOf)
  for (const { file, error } of refusals)
    log.warn({ file, code: error.code, fault: error.fault }, 'a model file is not served')
  const cards = models.map(({ card }) => card)
  const limits = limitsFor(cards, options.limits)
  const page = await pageOf(options)
  const compute = await startPool({
    threads: options.threads ?? availableParallelism(),
    models: models.map(({ card, heads }) => ({ id: card.id, shape: shapeOf(card), heads })),
    onError: (thrown) => log.error({ origin: originOf(thrown) }, 'a compute thread died'),
    ...(options.workerFile && { workerFile: options.workerFile }),
  })
  let draining = false
  const app = await makeApp({
    models,
    compute,
    limits,
    log,
    ...onNode(options, secret),
    ...(page && { page }),
    openState: options.openState ?? stateInMemory(limits, options.ledger),
    ...asOperated(options),
    draining: () => draining,
  })

  const server = createAdaptorServer({
    fetch: app.fetch as (request: Request) => Promise<Response>,
    serverOptions: {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: Math.min(5000, limits.headersTimeoutMs / 2),
    },
  }) as Server
  server.maxConnections = limits.connections
  if (!options.trustProxy) boundConnections(server, limits.connectionsPerClient)
  server.timeout = limits.silenceMs

  const end = async (): Promise<void> => {
    await app.close()
    await compute.close()
  }
  let closing: Promise<void> | undefined
  const drain = async (): Promise<void> => {
    draining = true
    const closed = once(server, 'close')
    server.close()
    const deadline = setTimeout(() => server.closeAllConnections(), limits.drainMs)
    await closed
    clearTimeout(deadline)
    await end()
    log.info({}, 'closed')
  }
  const host = options.host ?? '127.0.0.1'
  try {
    await listen(server, host, options.port)
  } catch (thrown) {
    await end()
    throw thrown
  }
  const url = urlOf(server.address() as AddressInfo, host)
  const ids = models.map(({ card }) => card.id)
  log.info(
    {
      engine: compute.engine.engine,
      reason: compute.engine.reason,
      threads: compute.threads,
      models: ids,
      page: page !== null,
    },
    'listening',
  )

  return {
    url,
    models: ids,
    refused: refusals.map(({ file, error }) =>
      sentenceOf(errorOf(error.code, 'modelRefused', { file, ...toSent(error) })),
    ),
    close() {
      closing ??= drain()
      return closing
    },
  }
}

/** Who may ask, and for what, as the operator has it. */
function asOperated(options: ServerOptions) {
  return {
    schemes: schemes.filter(({ name }) => options.schemes?.includes(name) ?? true),
    provenKeys: options.provenKeys ?? false,
    corsOrigins: options.corsOrigins ?? [],
    connectOrigins: options.connectOrigins ?? [],
    trustProxy: options.trustProxy ?? false,
    hosts: [...(options.hosts ?? []), ...(options.host === undefined ? [] : [options.host])],
    openMetrics: options.openMetrics ?? false,
  } satisfies Partial<Dependencies>
}

/** What Node has better than any platform has it, or alone. */
function onNode(
  { processMetrics = false }: ServerOptions,
  secret: Secret,
): Pick<Dependencies, 'metrics' | 'turn' | 'openSpool' | 'fileSigner'> {
  return {
    openSpool: spoolOnDisk,
    fileSigner: secret.kept ? secret.signer : null,
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

import type { Context, Hono } from 'hono'
import type { Scheme } from '../core/protocol/scheme.ts'
import { schemes as allSchemes } from '../core/protocol/schemes.ts'
import type { Signer } from '../files/signature.ts'
import type { ServedModel } from '../model/verdict.ts'
import type { Compute } from './compute/compute.ts'
import { MaskPool } from './compute/masks/maskPool.ts'
import { type OpenSpool, spoolInMemory } from './files/spool.ts'
import { BodyMemory } from './http/bodyMemory.ts'
import { Hosts } from './http/hosts.ts'
import { RequestPace } from './http/pace.ts'
import type { PageFiles } from './http/pageFiles.ts'
import type { Limits } from './limits.ts'
import { type Log, originOf } from './log.ts'
import { type MakeMetrics, type Metrics, noMetrics } from './metrics.ts'
import { Answers } from './state/answers.ts'
import { Budgets } from './state/budgets.ts'
import { clientOf } from './state/client.ts'
import { IdempotencyCache } from './state/idempotencyCache.ts'
import { KeyRegistry } from './state/keys.ts'
import { stateInMemory } from './state/memory.ts'
import type { Admission, OpenState } from './state/state.ts'

/** What the app is made of: everything that differs between a test, an embedding and the command line. */
export interface Dependencies {
  readonly models: readonly ServedModel[]
  readonly compute: Compute
  readonly limits: Limits
  readonly log: Log
  /** The built page, when this server serves it. */
  readonly page?: PageFiles
  /** The schemes that keys are taken of; by default all. */
  readonly schemes?: readonly Scheme[]
  /** Whether numbers of other programs are scored under keys alone whose proof was checked. */
  readonly provenKeys?: boolean
  /** Origins whose pages may call the API. */
  readonly corsOrigins?: readonly string[]
  /** Other origins that the page may call. */
  readonly connectOrigins?: readonly string[]
  /** Whether the last address of X-Forwarded-For is the client's. */
  readonly trustProxy?: boolean
  /** Names that the server is asked for under, besides addresses and `localhost`. */
  readonly hosts?: readonly string[]
  /** Whether /metrics is for every client, and not for this machine alone. */
  readonly openMetrics?: boolean
  /** Whether a shutdown has begun. */
  readonly draining?: () => boolean
  /** Milliseconds on a clock that only goes forward. */
  readonly now?: () => number
  /** Resolves when the event loop has done what it had to do, in the platform's best way. */
  readonly turn?: () => Promise<void>
  /** Where the server keeps what it remembers between requests; by default in its memory. */
  readonly openState?: OpenState
  /** Where files lie that are sent whole; by default in memory. */
  readonly openSpool?: OpenSpool
  /** Who signs the scores of files; by default nobody. */
  readonly fileSigner?: Signer | null
  /** Who counts; by default nobody. */
  readonly metrics?: MakeMetrics
}

/** What the routes work with. */
export interface Service
  extends Required<Omit<Dependencies, 'page' | 'models' | 'openState' | 'hosts' | 'turn' | 'metrics'>> {
  readonly page: PageFiles | undefined
  readonly models: ReadonlyMap<string, ServedModel>
  readonly keys: KeyRegistry
  readonly chunks: IdempotencyCache
  readonly maskPool: MaskPool
  readonly budgets: Budgets
  readonly bodyMemory: BodyMemory
  readonly pace: RequestPace
  readonly hosts: Hosts
  readonly admission: Admission
  readonly answers: Answers
  readonly metrics: Metrics
  /** Stops the spare work behind the requests, and lets go of the state. */
  close(): Promise<void>
}

export async function makeService(dependencies: Dependencies): Promise<Service> {
  const { compute, limits, log, now = () => performance.now() } = dependencies
  const maskPool = new MaskPool(compute, {
    limits,
    now,
    onSpent: (spent) => metrics.count(spent),
    onError: (thrown) => log.error({ origin: originOf(thrown) }, 'masks could not be made'),
  })
  const openState = dependencies.openState ?? stateInMemory(limits)
  const state = await openState((fingerprint) => maskPool.drop(fingerprint))
  const keys = new KeyRegistry(state.keys, limits)
  const { admission } = state
  const metrics = (dependencies.metrics ?? noMetrics)({
    keys: () => keys.size,
    masks: () => maskPool.size,
    tables: () => maskPool.tables,
    tableBytes: () => maskPool.tableBytes,
    scoring: () => admission.scoring,
    waiting: () => compute.waiting,
  })
  return {
    compute,
    limits,
    log,
    now,
    maskPool,
    keys,
    admission,
    page: dependencies.page,
    models: new Map(dependencies.models.map((model) => [model.card.id, model])),
    schemes: dependencies.schemes ?? allSchemes,
    answers: new Answers(state.ledger, dependencies.models),
    provenKeys: dependencies.provenKeys ?? false,
    corsOrigins: dependencies.corsOrigins ?? [],
    connectOrigins: dependencies.connectOrigins ?? [],
    trustProxy: dependencies.trustProxy ?? false,
    openMetrics: dependencies.openMetrics ?? false,
    hosts: new Hosts(dependencies.hosts ?? []),
    pace: new RequestPace({ limits, now, ...(dependencies.turn && { turn: dependencies.turn }) }),
    bodyMemory: new BodyMemory(limits),
    openSpool: dependencies.openSpool ?? spoolInMemory,
    fileSigner: dependencies.fileSigner ?? null,
    draining: dependencies.draining ?? (() => false),
    chunks: new IdempotencyCache(state.digests),
    budgets: new Budgets(state.budgets, limits),
    metrics,
    close: async () => {
      maskPool.close()
      await state.close()
    },
  }
}

/** What a request carries through the middleware. */
export interface AppEnv {
  /** Node's own request, when there is a socket. */
  Bindings: { incoming?: { socket: { remoteAddress?: string } } }
  Variables: {
    /** Names this request in the log and in its problem. */
    requestId: string
    /** What is logged of it: counts and names from closed sets. */
    facts: Record<string, string | number | boolean>
  }
}

export type App = Hono<AppEnv>

/** Whether a request comes from this very machine, and not through a proxy. */
export function isLocal(c: Context<AppEnv>): boolean {
  const address = clientOf(c.env?.incoming?.socket.remoteAddress, undefined, false)
  const forwarded = ['forwarded', 'x-forwarded-for'].some((name) => c.req.header(name) !== undefined)
  return !forwarded && (/^127\./.test(address) || c.env?.incoming?.socket.remoteAddress === '::1')
}

export function clientOfRequest(c: Context<AppEnv>, trustProxy: boolean): string {
  return clientOf(c.env?.incoming?.socket.remoteAddress, c.req.header('x-forwarded-for'), trustProxy)
}

import type { Context, Hono } from 'hono'
import type { Scheme } from '../core/protocol/scheme.ts'
import { schemes as allSchemes } from '../core/protocol/schemes.ts'
import type { Signer } from '../files/signature.ts'
import type { ScoredModel, ServedModel } from '../model/verdict.ts'
import type { Certificates, Principal, Principals } from './access/principals.ts'
import type { Audit, AuditedAnswer } from './audit/audit.ts'
import type { Compute } from './compute/compute.ts'
import { MaskPool } from './compute/masks/maskPool.ts'
import { ConnectionOwners } from './connectionOwners.ts'
import { fail } from './faults.ts'
import { type OpenSpool, spoolInMemory } from './files/spool.ts'
import { BodyMemory } from './http/bodyMemory.ts'
import { Hosts } from './http/hosts.ts'
import type { KeyTokens } from './http/keyToken.ts'
import { RequestPace } from './http/pace.ts'
import type { PageFiles } from './http/pageFiles.ts'
import { ProxiedPlaces } from './http/proxiedPlaces.ts'
import { Proxies } from './http/proxies.ts'
import type { Limits } from './limits.ts'
import { type Log, originOf } from './log.ts'
import { type Levels, type MakeMetrics, type Metrics, noMetrics } from './metrics.ts'
import { ModelSet, partsOf } from './modelSet.ts'
import { Answers } from './state/answers.ts'
import { Budgets } from './state/budgets.ts'
import { clientOf } from './state/client.ts'
import { IdempotencyCache } from './state/idempotencyCache.ts'
import { KeyRegistry } from './state/keys.ts'
import { stateInMemory } from './state/memory.ts'
import { type Admission, anonymous, type OpenState, type Use } from './state/state.ts'
import type { Vendor } from './vendor.ts'

/** What the app is made of: everything that differs between a test, an embedding and the command line. */
export interface Dependencies {
  /** A set of them that changes, or those that there are. */
  readonly models: ModelSet | readonly ServedModel[]
  readonly compute: Compute
  readonly limits: Limits
  readonly log: Log
  /** The built page, when this server serves it. */
  readonly page?: PageFiles
  /** The schemes that keys are taken of; by default all. */
  readonly schemes?: readonly Scheme[]
  /** Whether numbers of other programs are scored under keys alone whose proof was checked. */
  readonly provenKeys?: boolean
  /** Those who may ask; without it everybody may. */
  readonly principals?: Principals | null
  /** Those who may ask by a certificate, as a trusted proxy says; by default nobody. */
  readonly certificates?: Certificates | null
  /** Origins whose pages may call the API. */
  readonly corsOrigins?: readonly string[]
  /** Other origins that the page may call. */
  readonly connectOrigins?: readonly string[]
  /** The networks of proxies that are believed about who asks. */
  readonly trustedProxies?: readonly string[]
  /** Whether the API answers what came through one of them alone, and this machine. */
  readonly onlyByProxy?: boolean
  /** Names that the server is asked for under, besides addresses and `localhost`. */
  readonly hosts?: readonly string[]
  /** Whether /metrics is for every client, and not for this machine alone. */
  readonly openMetrics?: boolean
  /** Whether the metrics are on another port, and not at /metrics. */
  readonly metricsElsewhere?: boolean
  /** How many model files are not served, where models come from files. */
  readonly refusedFiles?: () => number
  /** Where is written down what is answered; by default nowhere. */
  readonly audit?: Audit | null
  /** Who answers, for people to read. */
  readonly vendor?: Vendor | null
  /** Whether it stores runs: then what answers their routes is among `moreRoutes`. */
  readonly storesRuns?: boolean
  /** For how many days it carries messages of pooled studies, likewise; null where it carries none. */
  readonly studyDays?: number | null
  /** What else is answered, where that is not for every platform. */
  readonly moreRoutes?: (app: App, service: Service) => void | Promise<void>
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
  /** What a key's requests may be told by, for proxies; null where they are told by nothing. */
  readonly keyTokens?: KeyTokens | null
  /** Who signs the scores of files; by default nobody. */
  readonly fileSigner?: Signer | null
  /** Who counts; by default nobody. */
  readonly metrics?: MakeMetrics
}

/** What the routes work with. */
export interface Service
  extends Required<
    Omit<
      Dependencies,
      'page' | 'models' | 'refusedFiles' | 'moreRoutes' | 'openState' | 'hosts' | 'turn' | 'metrics' | 'trustedProxies'
    >
  > {
  readonly proxies: Proxies
  readonly page: PageFiles | undefined
  readonly models: ModelSet
  readonly keys: KeyRegistry
  readonly chunks: IdempotencyCache
  readonly maskPool: MaskPool
  readonly budgets: Budgets
  readonly bodyMemory: BodyMemory
  readonly pace: RequestPace
  readonly proxied: ProxiedPlaces
  readonly owners: ConnectionOwners
  readonly hosts: Hosts
  readonly admission: Admission
  readonly answers: Answers
  readonly metrics: Metrics
  /** Stops the spare work behind the requests, and lets go of the state. */
  close(): Promise<void>
}

export async function makeService(dependencies: Dependencies): Promise<Service> {
  const { compute, limits, log, now = () => performance.now() } = dependencies
  const models = dependencies.models instanceof ModelSet ? dependencies.models : new ModelSet(dependencies.models)
  const maskPool = new MaskPool(compute, {
    limits,
    now,
    onSpent: (spent) => metrics.count(spent),
    onError: (thrown) => log.error({ origin: originOf(thrown) }, 'masks could not be made'),
  })
  const state = await (dependencies.openState ?? stateInMemory(limits))((fingerprint) => maskPool.drop(fingerprint))
  const keys = new KeyRegistry(state.keys, limits)
  const budgets = budgetsOf(state, dependencies)
  const metrics = (dependencies.metrics ?? noMetrics)({
    ...levelsOf(models, dependencies),
    keys: () => keys.size,
    masks: () => maskPool.size,
    tables: () => maskPool.tables,
    tableBytes: () => maskPool.tableBytes,
    scoring: () => state.admission.scoring,
    used: () => state.budgets.used(),
  })
  return {
    compute,
    limits,
    log,
    now,
    maskPool,
    keys,
    admission: state.admission,
    page: dependencies.page,
    models,
    schemes: dependencies.schemes ?? allSchemes,
    answers: new Answers(state.ledger, budgets, now),
    principals: dependencies.principals ?? null,
    certificates: dependencies.certificates ?? null,
    audit: dependencies.audit ?? null,
    vendor: dependencies.vendor ?? null,
    ...storingOf(dependencies),
    provenKeys: dependencies.provenKeys ?? false,
    corsOrigins: dependencies.corsOrigins ?? [],
    connectOrigins: dependencies.connectOrigins ?? [],
    ...entranceOf(dependencies, now),
    onlyByProxy: dependencies.onlyByProxy ?? false,
    openMetrics: dependencies.openMetrics ?? false,
    metricsElsewhere: dependencies.metricsElsewhere ?? false,
    bodyMemory: new BodyMemory(limits),
    openSpool: dependencies.openSpool ?? spoolInMemory,
    fileSigner: dependencies.fileSigner ?? null,
    keyTokens: dependencies.keyTokens ?? null,
    draining: dependencies.draining ?? (() => false),
    chunks: new IdempotencyCache(state.digests),
    budgets,
    metrics,
    close: async () => {
      maskPool.close()
      await state.close()
    },
  }
}

/** What requests pass before anything else is done with them. */
function entranceOf({ limits, turn, hosts = [], trustedProxies }: Dependencies, now: () => number) {
  const pace = new RequestPace({ limits, now, ...(turn && { turn }) })
  return {
    pace,
    proxies: new Proxies(trustedProxies),
    proxied: new ProxiedPlaces(limits, pace),
    owners: new ConnectionOwners(),
    hosts: new Hosts(hosts),
  }
}

/** What it stores by routes that are among `moreRoutes`. */
const storingOf = ({ storesRuns = false, studyDays = null }: Dependencies) => ({ storesRuns, studyDays })

/** The hour of everybody, and of who may have another. */
function budgetsOf(state: Awaited<ReturnType<OpenState>>, { limits, principals, certificates }: Dependencies): Budgets {
  return new Budgets(state.budgets, limits, (client) => {
    if (!client.startsWith(ofPrincipal)) return null
    const id = client.slice(ofPrincipal.length)
    return principals?.recordsPerHour(id) ?? certificates?.recordsPerHour(id) ?? null
  })
}

function levelsOf(models: ModelSet, { compute, refusedFiles = () => 0 }: Dependencies) {
  return {
    waiting: () => compute.waiting,
    models: () => models.current.length,
    oldVersions: () => models.old.length,
    refusedFiles,
  } satisfies Partial<Levels>
}

/** What a request carries through the middleware. */
export interface AppEnv {
  /** Node's own request, when there is a socket. */
  Bindings: { incoming?: { socket: { remoteAddress?: string }; rawHeaders?: readonly string[] } }
  Variables: {
    /** Names this request in the log and in its problem. */
    requestId: string
    /** What is logged of it: counts and names from closed sets. */
    facts: Record<string, string | number | boolean>
    /** What is written down of it besides. */
    audited: { -readonly [Name in 'model' | 'version' | 'card' | 'run']?: AuditedAnswer[Name] }
    /** Whose key came with it; null where everybody may ask. */
    principal: Principal | null
  }
}

export type App = Hono<AppEnv>

/** Whether a request comes from this very machine, and not through a proxy. */
export function isLocal(c: Context<AppEnv>): boolean {
  const peer = peerOf(c)
  const forwarded = ['forwarded', 'x-forwarded-for'].some((name) => c.req.header(name) !== undefined)
  return !forwarded && (/^127\./.test(clientOf(peer)) || peer === '::1')
}

/** The address at the other end of the connection. */
export function peerOf(c: Context<AppEnv>): string | undefined {
  return c.env?.incoming?.socket.remoteAddress
}

/** What the names of clients begin with that have an API key: no address does. */
const ofPrincipal = 'key '

/** The name under which who asks is counted: that of its key, or where everybody may ask, that of its address. */
export function clientOfRequest(c: Context<AppEnv>, proxies: Proxies): string {
  const principal = c.get('principal')
  return principal ? `${ofPrincipal}${principal.id}` : addressOfRequest(c, proxies)
}

/** The model that a request's address names. Throws `model/unknown`, also for one that who asks may not use. */
export function modelOfRequest(c: Context<AppEnv>, models: ModelSet): ServedModel {
  const model = models.named(addressedModel(c, models))
  c.get('audited').model = model.card.id
  noteVersion(c, model)
  return model
}

function noteVersion(c: Context<AppEnv>, { card }: ServedModel): void {
  Object.assign(c.get('audited'), { version: card.version, card: card.hash })
}

/**
 * The model of a request that says in its body, by a card's hash, which version it is for: see `ModelSet.forCard`. Throws as
 * {@link modelOfRequest} does.
 */
export function versionsOfRequest(c: Context<AppEnv>, models: ModelSet) {
  const address = addressedModel(c, models)
  models.check(address)
  const { id } = partsOf(address)
  c.get('audited').model = id
  return {
    id,
    forCard: (hash: string): ServedModel => {
      const model = models.forCard(address, hash)
      if (model.card.hash === hash) noteVersion(c, model)
      return model
    },
  }
}

function addressedModel(c: Context<AppEnv>, models: ModelSet): string {
  const address = c.req.param('id') ?? ''
  const mine = c.get('principal')?.models ?? null
  if (!models.isFor(mine, partsOf(address).id)) fail('model/unknown', 'modelUnknown')
  return address
}

/** Whose what comes with a request is: the id of its API key, or what stands for everybody. */
export const principalIdOf = (c: Context<AppEnv>): string => c.get('principal')?.id ?? anonymous

/** What is counted for ever of a request that so many records of a model come with. */
export function useOf(c: Context<AppEnv>, { card }: ScoredModel, records: number): Use {
  return { principal: principalIdOf(c), model: card.id, card: card.hash, records }
}

export function addressOfRequest(c: Context<AppEnv>, proxies: Proxies): string {
  return clientOf(proxies.addressOf(peerOf(c), c.req.raw.headers))
}

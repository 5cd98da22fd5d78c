import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { routePath } from 'hono/route'
import { asBlindscoreError } from '../core/errors.ts'
import type { Principal } from './access/principals.ts'
import type { AuditedAnswer } from './audit/audit.ts'
import { tellerOf } from './audit/tell.ts'
import { errorOf, fail } from './faults.ts'
import { announcedBytes } from './http/body.ts'
import { securityHeaders } from './http/headers.ts'
import { keyTokenHeader } from './http/keyToken.ts'
import { pageResponse } from './http/pageFiles.ts'
import { problemResponse, statusOf } from './http/problem.ts'
import { runTokenHeader } from './http/runToken.ts'
import { studyTokenHeader } from './http/studyToken.ts'
import { originOf } from './log.ts'
import { auditRoutes } from './routes/audit.ts'
import { fileRoutes } from './routes/files.ts'
import { keyRoutes } from './routes/keys.ts'
import { modelRoutes } from './routes/models.ts'
import { operationRoutes } from './routes/operations.ts'
import { pheRoutes } from './routes/phe.ts'
import { scoreRoutes } from './routes/scores.ts'
import { usageRoutes } from './routes/usage.ts'
import {
  type App,
  type AppEnv,
  addressOfRequest,
  clientOfRequest,
  type Dependencies,
  isLocal,
  makeService,
  peerOf,
  type Service,
} from './service.ts'

/** The scoring server as Request → Response: no socket, no process. */
export interface ScoringApp {
  readonly fetch: App['fetch']
  readonly service: Service
  /** Stops the spare work behind the requests, and lets go of the state. */
  close(): Promise<void>
}

export async function makeApp(dependencies: Dependencies): Promise<ScoringApp> {
  const service = await makeService(dependencies)
  const app: App = new Hono<AppEnv>()
  app.use(observed(service))
  app.use(secured)
  app.use(admitted(service))
  if (service.corsOrigins.length > 0) app.use('/:version{v[0-9]+}/*', crossOrigin(service.corsOrigins))
  app.use('/v1/*', identified(service))
  for (const [verb, kind] of [
    ['scores', 'scores'],
    ['phe', 'phe'],
    ['files', 'file'],
  ] as const) {
    if (service.audit) app.use(`/v1/models/:id/${verb}`, audited(service, kind))
  }
  modelRoutes(app, service)
  keyRoutes(app, service)
  scoreRoutes(app, service)
  fileRoutes(app, service)
  pheRoutes(app, service)
  usageRoutes(app, service)
  auditRoutes(app, service)
  operationRoutes(app, service)
  await addMore(dependencies, app, service)
  app.notFound((c) => {
    const page = service.page
    const reads = c.req.method === 'GET' || c.req.method === 'HEAD'
    const found = page && reads ? pageResponse(page, c.req.raw, service.connectOrigins) : null
    return found ?? answerProblem(c, errorOf('request/not-found', 'noSuchAddress'))
  })
  app.onError((thrown, c) => answerProblem(c, thrown))
  return { fetch: app.fetch, service, close: () => service.close() }

  function answerProblem(c: Parameters<Parameters<App['onError']>[0]>[1], thrown: unknown): Response {
    const { code } = asBlindscoreError(thrown)
    c.get('facts').code = code
    service.metrics.problems.inc({ code })
    if (statusOf(code) === 500) service.log.error({ id: c.get('requestId'), origin: originOf(thrown) }, 'unforeseen')
    return problemResponse(thrown, `urn:uuid:${c.get('requestId')}`)
  }
}

/** What is open by then does not outlive a failure, which would keep the process. */
async function addMore({ moreRoutes }: Dependencies, app: App, service: Service): Promise<void> {
  try {
    await moreRoutes?.(app, service)
  } catch (thrown) {
    await service.close()
    throw thrown
  }
}

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'OPTIONS'])

/** Names, times, counts and logs every request: by its route's pattern, never by the path that was sent. */
function observed({ log, metrics, now, draining }: Service): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const started = now()
    c.set('requestId', crypto.randomUUID())
    c.set('facts', {})
    c.set('audited', {})
    c.set('principal', null)
    await next()
    // So that a kept connection does not bring more requests to a process that is leaving.
    if (draining()) c.res.headers.set('Connection', 'close')
    const pattern = routePath(c, -1)
    const route = pattern.startsWith('/') && !pattern.includes('*') ? pattern : 'page'
    const method = methods.has(c.req.method) ? c.req.method : 'other'
    const status = c.res.status
    const ms = Math.round(now() - started)
    metrics.requests.inc({ method, route, status })
    metrics.seconds.observe({ route }, ms / 1000)
    log.info({ id: c.get('requestId'), method, route, status, ms, ...c.get('facts') }, 'answered')
  }
}

/** Each client's requests at its pace, and of those those that are meant for this server. */
function admitted(service: Service): MiddlewareHandler<AppEnv> {
  const { hosts, limits, pace, proxies, onlyByProxy } = service
  const check = (c: Context<AppEnv>): void => {
    hosts.check(c.req.raw)
    const past = onlyByProxy && !proxies.trusts(peerOf(c)) && !isLocal(c)
    if (past && c.req.path.startsWith('/v1/')) fail('access/forbidden', 'notByProxy')
  }
  return async (c, next) => {
    const address = await addressAtPace(c, service)
    if (saysWho(c, service) && c.req.method !== 'OPTIONS') {
      await orAtPaceOf(address, c, service, () => check(c))
      return next()
    }
    await inPlaceOf(address, c, service, async () => {
      await pace.enter(address, countOf(c, limits))
      check(c)
      await next()
    })
  }
}

/** What came through a proxy has a place of its client's meanwhile; what did not has a connection. */
function inPlaceOf<T>(client: string, c: Context<AppEnv>, service: Service, work: () => Promise<T>): Promise<T> {
  return service.proxies.trusts(peerOf(c)) ? service.proxied.within(client, work) : work()
}

/**
 * Has a refusal wait at the pace of the address that it is for, and in a place of its, where that did not count the request: so others
 * from there who are known have theirs, however much is refused.
 */
async function orAtPaceOf<T>(
  address: string,
  c: Context<AppEnv>,
  service: Service,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    await inPlaceOf(address, c, service, () => service.pace.enter(address))
    throw thrown
  }
}

/** All whose proxies contradict themselves are one client, which is refused at its pace. */
async function addressAtPace(c: Context<AppEnv>, { pace, proxies }: Service): Promise<string> {
  try {
    return addressOfRequest(c, proxies)
  } catch (thrown) {
    await pace.enter('forwarded twice')
    throw thrown
  }
}

/** Whether a request is for who says who it is: what it brings counts as theirs, once that is known. */
function saysWho(c: Context<AppEnv>, { principals, certificates }: Service): boolean {
  return (principals !== null || certificates !== null) && c.req.path.startsWith('/v1/') && !isOwnUsage(c)
}

/** As how many requests one counts. */
function countOf(c: Context<AppEnv>, { bodyBytes, bytesPerRequest }: Service['limits']): number {
  return 1 + Math.floor(Math.min(announcedBytes(c.req.raw) ?? 0, bodyBytes) / bytesPerRequest)
}

/** Whether a request asks what was used from this very machine, which needs no API key for it. */
function isOwnUsage(c: Context<AppEnv>): boolean {
  return c.req.path === '/v1/usage' && c.req.header('authorization') === undefined && isLocal(c)
}

/**
 * Whose API key came with a request, where this server does not answer everybody: it counts as theirs, and as nothing of the address,
 * from which many may come, those among them that have no key and ask all the time. Throws `access/…`, at the pace of the address.
 */
function identified(service: Service): MiddlewareHandler<AppEnv> {
  const { pace, proxies, limits, owners } = service
  return async (c, next) => {
    if (!saysWho(c, service)) return next()
    const principal = await orAtPaceOf(addressOfRequest(c, proxies), c, service, () => principalOf(c, service))
    c.set('principal', principal)
    c.get('facts').principal = principal.id
    const client = clientOfRequest(c, proxies)
    const connection = c.env?.incoming?.socket
    // Over one of a proxy others ask as well.
    if (connection && !proxies.trusts(peerOf(c))) owners.own(connection, client)
    await inPlaceOf(client, c, service, async () => {
      await pace.enter(client, countOf(c, limits))
      await next()
    })
  }
}

/** By what was sent with the request or, without that, by the certificate that a trusted proxy saw. */
async function principalOf(c: Context<AppEnv>, { principals, certificates, proxies }: Service): Promise<Principal> {
  const sent = /^Bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '')?.[1]
  if (sent !== undefined && principals !== null) return principals.of(sent)
  const { incoming } = c.env ?? {}
  const named = proxies.trusts(peerOf(c)) ? await certificates?.of(c.req.raw.headers, incoming?.rawHeaders) : null
  return named ?? fail('access/required', 'accessRequired')
}

/**
 * Writes down what became of a request before it is answered. A file's answer takes its time, so its route writes that it is begun,
 * and later how it ended.
 */
function audited(service: Service, kind: AuditedAnswer['kind']): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await next()
    const { code } = c.get('facts')
    if (kind === 'file' && code === undefined) return
    try {
      await tellerOf(service, c, kind)(typeof code === 'string' ? code : 'answered')
    } catch (thrown) {
      // Nothing of the answer goes out, its headers included.
      c.res = undefined
      throw thrown
    }
  }
}

/** The API's headers, wherever an answer has none of its own. */
const secured: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next()
  if (c.res.headers.has('Content-Security-Policy')) return
  for (const [name, value] of Object.entries(securityHeaders('api'))) c.res.headers.set(name, value)
}

/**
 * Lets pages of these origins call the API, and see what an answer says of its timing; one of another version, too, to which
 * nothing else could say that it is.
 */
function crossOrigin(origins: readonly string[]): MiddlewareHandler<AppEnv> {
  const allow = cors({
    origin: [...origins],
    allowMethods: ['GET', 'PUT', 'POST', 'DELETE'],
    allowHeaders: [
      ...['Content-Type', 'Accept', 'Authorization', 'If-None-Match'],
      ...[keyTokenHeader, runTokenHeader, studyTokenHeader],
    ],
    exposeHeaders: ['ETag', 'Retry-After', 'Server-Timing'],
    maxAge: 600,
  })
  return (c, next) => {
    const origin = c.req.header('origin')
    if (origin !== undefined && origins.includes(origin)) c.res.headers.set('Timing-Allow-Origin', origin)
    return allow(c, next)
  }
}

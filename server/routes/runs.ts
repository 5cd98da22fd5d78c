import type { Context } from 'hono'
import { describeRoute, resolver } from 'hono-openapi'
import { asBlindscoreError } from '../../core/errors.ts'
import { toHex } from '../../core/number/bytes.ts'
import { decodeChunk } from '../../core/protocol/wire.ts'
import { tellerOf, whoOfRequest } from '../audit/tell.ts'
import { fail } from '../faults.ts'
import { mediaType, parseJson, readBody } from '../http/body.ts'
import { cbor, json } from '../http/chunk.ts'
import { intakeOf } from '../http/intake.ts'
import { problems } from '../http/openapi.ts'
import { runTokenHeader } from '../http/runToken.ts'
import { parseAs } from '../http/schemas.ts'
import { shortFingerprint } from '../log.ts'
import type { OpenRun } from '../runs/manifest.ts'
import { createdRun, runRequest, runState } from '../runs/schemas.ts'
import type { RunAccess, StoredRuns } from '../runs/storedRuns.ts'
import {
  type App,
  type AppEnv,
  clientOfRequest,
  principalIdOf,
  type Service,
  useOf,
  versionsOfRequest,
} from '../service.ts'
import { layoutOfChunk } from './scores.ts'

/**
 * As how many more requests one of a run counts, whose files are read, and one for each so many chunks in the run's list. One that changes
 * what is stored takes the event loop for as long as several that do not, with what is done of it later.
 */
const [ofReading, ofChange] = [2, 7]
const chunksPerRequest = 256

/** Bytes of the request that makes a run. */
const requestBytes = 4096

const header = { name: runTokenHeader, in: 'header', required: true, schema: { type: 'string' } } as const
const chunkContent = { [cbor]: { schema: { type: 'string', format: 'binary' } as const } }
const stateContent = { [json]: { schema: resolver(runState) } }

/** Runs that are handed over, worked on without their client, and come back for. `runs` is null where none are stored. */
export function runRoutes(app: App, service: Service, runs: StoredRuns | null): void {
  createRoute(app, service, runs)
  chunkRoute(app, service, runs)
  stateRoutes(app, service, runs)
  answerRoute(app, service, runs)
}

const noStore = { 'Cache-Control': 'no-store' }

/** Starting, looking at and taking away. */
function stateRoutes(app: App, service: Service, runs: StoredRuns | null): void {
  app.post(
    '/v1/runs/:run/start',
    describeRoute({
      summary: 'Have a stored run worked on',
      description: 'All of its chunks have to be there; from then on they stay as they are. It may be asked for again.',
      parameters: [header],
      responses: { 202: { description: 'The run', content: stateContent }, ...problems(401, 404, 409, 410, 503) },
    }),
    async (c) => {
      const own = storedOr404(runs)
      return c.json(await own.state(await own.start(await opened(c, service, own, ofChange))), 202, noStore)
    },
  )

  app.get(
    '/v1/runs/:run',
    describeRoute({
      summary: 'How far a stored run has come',
      description: 'At most 20 of the chunks that will have no answer are named, each with its code.',
      parameters: [header],
      responses: { 200: { description: 'The run', content: stateContent }, ...problems(401, 404, 410, 503) },
    }),
    async (c) => {
      const own = storedOr404(runs)
      return c.json(await own.state(await opened(c, service, own, ofReading)), 200, noStore)
    },
  )

  app.delete(
    '/v1/runs/:run',
    describeRoute({
      summary: 'Take a stored run away',
      description:
        'Its data key is destroyed first: what is left of its chunks and answers, also in copies, opens no more.',
      parameters: [header],
      responses: { 204: { description: 'The run is gone' }, ...problems(401, 404, 410, 503) },
    }),
    async (c) => {
      const own = storedOr404(runs)
      await own.remove(await opened(c, service, own, ofChange))
      return c.body(null, 204)
    },
  )
}

function answerRoute(app: App, service: Service, runs: StoredRuns | null): void {
  app.get(
    '/v1/runs/:run/answers/:chunk',
    describeRoute({
      summary: 'The answer to a chunk of a stored run',
      description: 'In CBOR, as scoring the chunk would have answered.',
      parameters: [header],
      responses: {
        200: { description: 'The encrypted predictors', content: chunkContent },
        ...problems(401, 404, 410, 503),
      },
    }),
    async (c) => {
      const own = storedOr404(runs)
      const open = await opened(c, service, own, ofReading)
      const chunk = numberOf(c, open)
      c.get('facts').chunk = chunk
      return c.body(await own.answer(open, chunk), 200, { ...noStore, 'Content-Type': cbor })
    },
  )
}

function createRoute(app: App, service: Service, runs: StoredRuns | null): void {
  const { models, keys, proxies } = service
  app.post(
    '/v1/models/:id/runs',
    describeRoute({
      summary: 'Make a run that is stored until it is come back for',
      description: [
        'Its chunks are put one by one, as they would be sent to be scored; then it is started. The answer holds a token, shown this',
        'once, that all other requests of the run carry in a header. A named principal’s run is for it alone, with the token.',
      ].join(' '),
      requestBody: { required: true, content: { [json]: { schema: resolver(runRequest) } } },
      responses: {
        201: { description: 'The run', content: { [json]: { schema: resolver(createdRun) } } },
        ...problems(400, 401, 403, 404, 409, 413, 415, 429, 503),
      },
    }),
    async (c) => {
      const own = storedOr404(runs)
      const tell = tellerOf(service, c, 'run')
      const client = clientOfRequest(c, proxies)
      const versions = versionsOfRequest(c, models)
      c.get('facts').model = versions.id
      try {
        const asked = await runRequestOf(c, service, client)
        c.get('audited').run = asked.run
        const model = versions.forCard(asked.card)
        if (model.card.hash !== asked.card) fail('model/changed', 'modelChanged')
        Object.assign(c.get('facts'), { key: shortFingerprint(asked.key), records: asked.records })
        const key = (await keys.get(asked.key)) ?? fail('key/unknown', 'keyUnknown')
        const { run: clientRun, chunks, records } = asked
        const principal = principalIdOf(c)
        const named = { client, principal, who: whoOfRequest(c, proxies), model: versions.id, card: asked.card }
        await service.pace.enter(client, ofChange)
        await tell('begun')
        const made = await own.create({ ...named, key: { ...key, fingerprint: asked.key }, clientRun, chunks, records })
        return c.json({ ...made, state: 'open' as const }, 201, noStore)
      } catch (thrown) {
        await tell(asBlindscoreError(thrown).code)
        throw thrown
      }
    },
  )
}

function chunkRoute(app: App, service: Service, runs: StoredRuns | null): void {
  const { proxies, admission, limits } = service
  app.put(
    '/v1/runs/:run/chunks/:chunk',
    describeRoute({
      summary: 'Store a chunk of a run',
      description: [
        'As for scoring, in CBOR. It is charged once, when it is stored; sending the same bytes again is safe. Before the run is',
        'started another one of its number takes its place.',
      ].join(' '),
      parameters: [header],
      requestBody: { required: true, content: chunkContent },
      responses: {
        200: { description: 'It was stored before' },
        201: { description: 'It is stored' },
        ...problems(400, 401, 404, 409, 410, 413, 415, 429, 503),
      },
    }),
    (c) => {
      const own = storedOr404(runs)
      const client = clientOfRequest(c, proxies)
      const intake = intakeOf(service, client, c.req.raw)
      const storing = admission.run(client, async () => {
        const open = await opened(c, service, own, ofChange)
        const number = numberOf(c, open)
        if (mediaType(c.req.raw) !== cbor) fail('request/media-type', 'mediaType', { accepted: [cbor] })
        const bytes = await readBody(c.req.raw, limits.bodyBytes, intake)
        const isNew = await own.put(open, await sentOf(c, service, own, { open, number, bytes }))
        return c.body(null, isNew ? 201 : 200, noStore)
      })
      return storing.finally(intake.release)
    },
  )
}

/** A chunk that was put: in which run, and under which number. */
interface Put {
  readonly open: OpenRun
  readonly number: number
  readonly bytes: Uint8Array
}

/** A chunk that is the run's, and what it costs. Throws what scoring it would, but for ciphertexts that are none. */
async function sentOf(c: Context<AppEnv>, service: Service, runs: StoredRuns, { open, number, bytes }: Put) {
  const { limits, proxies } = service
  const { manifest } = open
  const chunk = decodeChunk(bytes)
  const [card, key, run] = [chunk.card, chunk.key, chunk.run].map(toHex)
  const isOfRun = card === manifest.card && key === manifest.key && run === manifest.clientRun
  if (!isOfRun || chunk.chunk !== number) fail('request/shape', 'runChunkForeign')
  const model = await runs.modelOf(open)
  const layout = layoutOfChunk({ ...chunk, pieces: null }, model, manifest, limits)
  const { records } = chunk
  const slots = layout.answeredSlots(records)
  Object.assign(c.get('facts'), { chunk: number, records, slots })
  return { client: clientOfRequest(c, proxies), chunk, model, bytes, slots, use: useOf(c, model, records) }
}

async function runRequestOf(c: Context<AppEnv>, service: Service, client: string) {
  if (mediaType(c.req.raw) !== json) fail('request/media-type', 'mediaType', { accepted: [json] })
  const intake = intakeOf(service, client, c.req.raw)
  try {
    const asked = parseAs(
      runRequest,
      parseJson(await readBody(c.req.raw, requestBytes, intake), service.limits.jsonDepth),
    )
    if (asked.chunks > service.limits.runChunks)
      fail('request/too-large', 'runsTooLarge', { most: service.limits.runBytesPerClient })
    return asked
  } finally {
    intake.release()
  }
}

function storedOr404(runs: StoredRuns | null): StoredRuns {
  return runs ?? fail('run/not-stored', 'runsNotStored')
}

/** The run that is asked for. One with many chunks is dear to read and to change. */
async function opened(
  c: Context<AppEnv>,
  { pace, proxies }: Service,
  runs: StoredRuns,
  more: number,
): Promise<OpenRun> {
  const access: RunAccess = {
    run: c.req.param('run') ?? '',
    token: c.req.header(runTokenHeader),
    principal: principalIdOf(c),
  }
  const open = await runs.open(access)
  const listed = Object.keys(open.manifest.stored).length
  await pace.enter(clientOfRequest(c, proxies), more + Math.floor(listed / chunksPerRequest))
  return open
}

/** Throws `run/unknown` for a number that is not of the run. */
function numberOf(c: Context<AppEnv>, { manifest }: OpenRun): number {
  const text = c.req.param('chunk') ?? ''
  const chunk = /^(?:0|[1-9][0-9]{0,8})$/.test(text) ? Number(text) : Number.NaN
  return chunk < manifest.chunks ? chunk : fail('run/unknown', 'runUnknown')
}

import type { Context } from 'hono'
import { describeRoute, resolver } from 'hono-openapi'
import * as z from 'zod/mini'
import { fail } from '../faults.ts'
import { mediaType, parseJson, readBody } from '../http/body.ts'
import { json } from '../http/chunk.ts'
import { intakeOf } from '../http/intake.ts'
import { problems } from '../http/openapi.ts'
import { base64url, parseAs } from '../http/schemas.ts'
import { studyTokenHeader } from '../http/studyToken.ts'
import { type App, type AppEnv, addressOfRequest, clientOfRequest, principalIdOf, type Service } from '../service.ts'
import type { OpenStudy, Studies } from '../studies/studies.ts'

const bytesType = 'application/octet-stream'
/** Seconds that a request may wait for messages: less than a client waits for an answer. */
const longestWait = 20

const studyId = z.string().check(z.regex(/^[0-9a-f]{32}$/))
const seat = z.int().check(z.gte(0), z.lte(63))

const newStudy = z.strictObject({
  v: z.literal(1),
  /** Of a pooled study three and more; two of records that are sealed for outcomes elsewhere: who seals them, and who answers. */
  owners: z.int().check(z.gte(2), z.lte(64)),
  /** The study's file, as text; or what of two is there instead. */
  study: z.string(),
})

const createdStudy = z.strictObject({
  id: studyId,
  /** Of whoever made it: with it the study is taken away. Shown this once, as the owners' are. */
  token: base64url,
  /** One for each owner. */
  invitations: z.array(base64url),
  expires: z.string(),
})

const studyState = z.strictObject({
  v: z.literal(1),
  id: studyId,
  owners: z.int(),
  /** Whose token came: null for whoever made it. */
  seat: z.nullable(seat),
  study: z.string(),
  created: z.string(),
  expires: z.string(),
  /** Where owners have spoken, and which. */
  slots: z.array(z.strictObject({ slot: z.string(), seats: z.array(seat) })),
})

const spoken = z.strictObject({ owners: z.int(), seats: z.array(seat) })

const header = { name: studyTokenHeader, in: 'header', required: true, schema: { type: 'string' } } as const
const noStore = { 'Cache-Control': 'no-store' }
const content = { [bytesType]: { schema: { type: 'string', format: 'binary' } as const } }

/** Messages that owners of a pooled study leave for each other. `studies` is null where none are kept. */
export function studyRoutes(app: App, service: Service, studies: Studies | null): void {
  createRoute(app, service, studies)
  studyRoute(app, studies)
  postRoute(app, service, studies)
  readRoutes(app, service, studies)
}

function createRoute(app: App, service: Service, studies: Studies | null): void {
  const { limits, proxies } = service
  app.post(
    '/v1/studies',
    describeRoute({
      summary: 'Make a place for a pooled study’s messages',
      description:
        'The answer has a token for each owner, shown this once: who made the study gives each owner one of them, with the address.',
      requestBody: { required: true, content: { [json]: { schema: resolver(newStudy) } } },
      responses: {
        201: { description: 'The study', content: { [json]: { schema: resolver(createdStudy) } } },
        ...problems(400, 401, 403, 404, 413, 415, 429, 503),
      },
    }),
    async (c) => {
      const own = keptOr404(studies)
      const client = clientOfRequest(c, proxies)
      if (mediaType(c.req.raw) !== json) fail('request/media-type', 'mediaType', { accepted: [json] })
      const intake = intakeOf(service, client, c.req.raw)
      try {
        const bytes = await readBody(c.req.raw, own.limits.fileBytes, intake)
        const { owners, study } = parseAs(newStudy, parseJson(bytes, limits.jsonDepth))
        const made = await own.create({ owners, study, client, principal: principalIdOf(c) })
        c.get('facts').owners = owners
        return c.json({ ...made, expires: timeOf(made.expires) }, 201, noStore)
      } finally {
        intake.release()
      }
    },
  )
}

function studyRoute(app: App, studies: Studies | null): void {
  app.get(
    '/v1/studies/:study',
    describeRoute({
      summary: 'A pooled study, and which owners have spoken where',
      parameters: [header],
      responses: {
        200: { description: 'The study', content: { [json]: { schema: resolver(studyState) } } },
        ...problems(401, 404, 410, 503),
      },
    }),
    async (c) => {
      const own = keptOr404(studies)
      const open = await opened(c, own)
      const { id, seat, manifest, entry } = open
      const times = { created: timeOf(manifest.created), expires: timeOf(entry.expires) }
      const more = { study: await own.file(open), ...times, slots: own.slots(open) }
      return c.json({ v: 1 as const, id, owners: manifest.owners, seat, ...more }, 200, noStore)
    },
  )

  app.delete(
    '/v1/studies/:study',
    describeRoute({
      summary: 'Take a pooled study away',
      description: 'With the token of whoever made it, and by nobody else. It is over for everybody.',
      parameters: [header],
      responses: { 204: { description: 'The study is gone' }, ...problems(401, 404, 410, 503) },
    }),
    async (c) => {
      const own = keptOr404(studies)
      await own.remove(await opened(c, own), principalIdOf(c))
      return c.body(null, 204)
    },
  )
}

function postRoute(app: App, service: Service, studies: Studies | null): void {
  const { proxies } = service
  app.put(
    '/v1/studies/:study/messages/:slot',
    describeRoute({
      summary: 'Say something in a pooled study',
      description: 'An owner says one thing in a slot. The same bytes may come again; others are refused for ever.',
      parameters: [header],
      requestBody: { required: true, content },
      responses: {
        200: { description: 'It was said before' },
        201: { description: 'It is said' },
        ...problems(400, 401, 404, 409, 410, 413, 415, 429, 503),
      },
    }),
    async (c) => {
      const own = keptOr404(studies)
      const open = await opened(c, own)
      if (mediaType(c.req.raw) !== bytesType) fail('request/media-type', 'mediaType', { accepted: [bytesType] })
      const intake = intakeOf(service, clientOfRequest(c, proxies), c.req.raw)
      try {
        const bytes = await readBody(c.req.raw, own.limits.messageBytes, intake)
        const isNew = await own.post(open, c.req.param('slot'), bytes)
        return c.body(null, isNew ? 201 : 200, noStore)
      } finally {
        intake.release()
      }
    },
  )
}

function readRoutes(app: App, { limits, pace, proxies }: Service, studies: Studies | null): void {
  app.get(
    '/v1/studies/:study/messages/:slot',
    describeRoute({
      summary: 'Who has spoken in a slot of a pooled study',
      description: `With \`wait\` (seconds, ${longestWait} at most) it answers once all owners have, or after that time.`,
      parameters: [header, { name: 'wait', in: 'query', required: false, schema: { type: 'integer' } }],
      responses: {
        200: { description: 'Their seats', content: { [json]: { schema: resolver(spoken) } } },
        ...problems(401, 404, 410, 503),
      },
    }),
    async (c) => {
      const own = keptOr404(studies)
      const open = await opened(c, own)
      const seconds = Math.min(Number(/^[0-9]{1,3}$/.exec(c.req.query('wait') ?? '') ?? 0), longestWait)
      const seats = await own.spoken(open, c.req.param('slot'), 1000 * seconds, c.req.raw.signal)
      return c.json({ owners: open.manifest.owners, seats }, 200, noStore)
    },
  )

  app.get(
    '/v1/studies/:study/messages/:slot/:seat',
    describeRoute({
      summary: 'What an owner said in a slot of a pooled study',
      parameters: [header],
      responses: { 200: { description: 'The message', content }, ...problems(401, 404, 410, 429, 503) },
    }),
    async (c) => {
      const own = keptOr404(studies)
      const open = await opened(c, own)
      const from = /^(?:0|[1-9][0-9]?)$/.test(c.req.param('seat')) ? Number(c.req.param('seat')) : Number.NaN
      const said = own.message(open, c.req.param('slot'), from)
      // What is asked for counts as what is sent does: by its bytes.
      const pieces = Math.floor(said.bytes / limits.bytesPerRequest)
      if (pieces > 0) await pace.enter(addressOfRequest(c, proxies), pieces)
      return c.body(await said.read(), 200, { ...noStore, 'Content-Type': bytesType })
    },
  )
}

const timeOf = (milliseconds: number): string => new Date(milliseconds).toISOString()

function keptOr404(studies: Studies | null): Studies {
  return studies ?? fail('study/not-kept', 'studiesNotKept')
}

function opened(c: Context<AppEnv>, studies: Studies): Promise<OpenStudy> {
  const id = c.req.param('study') ?? ''
  c.get('facts').study = /^[0-9a-f]{32}$/.test(id) ? id.slice(0, 8) : ''
  return studies.open(id, c.req.header(studyTokenHeader))
}

import { describeRoute, resolver } from 'hono-openapi'
import { fail } from '../faults.ts'
import { problems } from '../http/openapi.ts'
import { checkpoint } from '../http/schemas.ts'
import { type App, clientOfRequest, type Service } from '../service.ts'

/** Requests whose time a signature takes. */
const signingCost = 4

/** How far the log of answers has come. */
export function auditRoutes(app: App, { audit, pace, proxies }: Service): void {
  app.get(
    '/v1/audit/checkpoint',
    describeRoute({
      summary: 'How far the log of answers has come, signed',
      description:
        'For who was answered: asked for after the last answer of a run, it shows later that the log was cut or written anew, if it was. 404 where the server keeps none.',
      responses: {
        200: { description: 'A checkpoint', content: { 'application/json': { schema: resolver(checkpoint) } } },
        ...problems(401, 404, 503),
      },
    }),
    async (c) => {
      if (audit === null) return fail('request/not-found', 'noSuchAddress')
      await pace.enter(clientOfRequest(c, proxies), signingCost)
      return c.json(await audit.checkpoint(), 200, { 'Cache-Control': 'no-store' })
    },
  )
}

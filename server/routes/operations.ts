import { describeRoute, resolver } from 'hono-openapi'
import { fail } from '../faults.ts'
import { securityHeaders } from '../http/headers.ts'
import { describeApi, problems } from '../http/openapi.ts'
import { health } from '../http/schemas.ts'
import { type App, clientOfRequest, isLocal, type Service } from '../service.ts'

/** Requests whose time the metrics take to be written. */
const metricsCost = 10

/** What operators and tools ask for. */
export function operationRoutes(app: App, service: Service): void {
  const { draining, metrics, metricsElsewhere, openMetrics, pace, proxies } = service
  const answer = { content: { 'application/json': { schema: resolver(health) } } }

  app.get(
    '/healthz',
    describeRoute({
      summary: 'Whether the process answers',
      responses: { 200: { description: 'It does', ...answer } },
    }),
    (c) => c.json({ status: 'ok' }, 200, securityHeaders('health')),
  )

  app.get(
    '/readyz',
    describeRoute({
      summary: 'Whether to send requests here',
      responses: { 200: { description: 'Yes', ...answer }, 503: { description: 'It is shutting down', ...answer } },
    }),
    (c) => (draining() ? c.json({ status: 'draining' }, 503) : c.json({ status: 'ok' })),
  )

  app.get(
    '/metrics',
    describeRoute({
      summary: 'Counts and times for Prometheus',
      description: 'For this machine alone, unless the operator opens it; 404 where they have a port of their own.',
      responses: {
        200: { description: 'Metrics', content: { 'text/plain': { schema: { type: 'string' } } } },
        ...problems(404),
      },
    }),
    async (c) => {
      if (metricsElsewhere || (!openMetrics && !isLocal(c))) fail('request/not-found', 'noSuchAddress')
      await pace.enter(clientOfRequest(c, proxies), metricsCost)
      const { text, type } = (await metrics.text()) ?? fail('request/not-found', 'noSuchAddress')
      return c.body(text, 200, { 'Content-Type': type })
    },
  )

  // It takes as long as many requests, and is always the same.
  let description: Promise<string> | undefined
  app.get('/openapi.json', describeRoute({ hide: true }), async (c) => {
    description ??= describeApi(app).then((api) => JSON.stringify(api))
    return c.body(await description, 200, { 'Content-Type': 'application/json' })
  })
}

import { describeRoute, resolver } from 'hono-openapi'
import { describeApi } from '../http/openapi.ts'
import { health } from '../http/schemas.ts'
import type { App, Service } from '../service.ts'

/** What operators and tools ask for. */
export function operationRoutes(app: App, { draining, metrics }: Service): void {
  const answer = { content: { 'application/json': { schema: resolver(health) } } }

  app.get(
    '/healthz',
    describeRoute({
      summary: 'Whether the process answers',
      responses: { 200: { description: 'It does', ...answer } },
    }),
    (c) => c.json({ status: 'ok' }),
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
      responses: { 200: { description: 'Metrics', content: { 'text/plain': { schema: { type: 'string' } } } } },
    }),
    async (c) => c.body(await metrics.registry.metrics(), 200, { 'Content-Type': metrics.registry.contentType }),
  )

  app.get('/openapi.json', describeRoute({ hide: true }), async (c) => c.json(await describeApi(app)))
}

import { describeRoute, resolver } from 'hono-openapi'
import { card } from '../../core/card/card.ts'
import { fail } from '../faults.ts'
import { problems } from '../http/openapi.ts'
import { matchesEtag } from '../http/pageFiles.ts'
import { modelList } from '../http/schemas.ts'
import type { App, Service } from '../service.ts'

/** The public side of the models. */
export function modelRoutes(app: App, { models, limits, schemes }: Service): void {
  const list = {
    models: [...models.values()].map(({ card }) => {
      const { id, version, title, description, outcome, hash } = card
      const served = schemes.filter((scheme) => scheme.setsFor(card).length > 0).map(({ name }) => name)
      return { id, version, title, description, outcome, hash, schemes: served }
    }),
    limits: { recordsPerChunk: limits.recordsPerChunk, bodyBytes: limits.bodyBytes },
  }

  // Written once: a card may have thousands of columns.
  const listed = JSON.stringify(list)
  const cards = new Map(Array.from(models, ([id, { card }]) => [id, JSON.stringify(card)]))

  app.get(
    '/v1/models',
    describeRoute({
      summary: 'The models that this server scores with',
      responses: {
        200: { description: 'Summaries', content: { 'application/json': { schema: resolver(modelList) } } },
      },
    }),
    (c) => c.body(listed, 200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache' }),
  )

  app.get(
    '/v1/models/:id',
    describeRoute({
      summary: 'A model’s card',
      description: 'Everything public of a model. Its entity tag is the card’s hash.',
      responses: {
        200: { description: 'The card', content: { 'application/json': { schema: resolver(card) } } },
        304: { description: 'The card has the hash that If-None-Match names' },
        ...problems(404),
      },
    }),
    (c) => {
      const model = models.get(c.req.param('id')) ?? fail('model/unknown', 'modelUnknown')
      const etag = `"${model.card.hash}"`
      const headers = { ETag: etag, 'Cache-Control': 'no-cache' }
      if (matchesEtag(c.req.raw, etag)) return c.body(null, 304, headers)
      return c.body(cards.get(model.card.id) ?? '', 200, { ...headers, 'Content-Type': 'application/json' })
    },
  )
}

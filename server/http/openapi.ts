import { generateSpecs, resolver } from 'hono-openapi'
import type { App } from '../service.ts'
import { problem, problemType } from './problem.ts'

const reasons = {
  400: 'The request cannot be read or does not fit together',
  401: 'An API key or a token is needed, or the one that came is not taken',
  403: 'Who asks is known, or came another way, and may not do that',
  404: 'There is no such thing',
  409: 'The key is not held, the model has changed, or the chunk or message came before with other bytes',
  410: 'What is stored is damaged',
  413: 'The body is over the limit',
  415: 'A media type or an encoding that is not accepted',
  429: 'The client’s budget is used up; Retry-After says for how long, and /v1/models what is left',
  503: 'Too many requests are under way, or what is used cannot be written down; Retry-After says when to come back',
} as const

/** The problem answers of a route, for its description. */
export function problems(...statuses: (keyof typeof reasons)[]) {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: reasons[status], content: { [problemType]: { schema: resolver(problem) } } },
    ]),
  )
}

/** The OpenAPI 3.1 description of the app's own routes. */
export async function describeApi(app: App) {
  const document = await generateSpecs(app, {
    documentation: {
      openapi: '3.1.0',
      components: {
        securitySchemes: {
          key: {
            type: 'http',
            scheme: 'bearer',
            description: 'An API key or an issuer’s token, where this server asks for one',
          },
        },
      },
      security: [{}, { key: [] }],
      // Where the document is, the API is.
      servers: [{ url: '/' }],
      info: {
        title: 'Blindscore',
        version: '1',
        description:
          'Scores records that are encrypted under the client’s own key. The server sees neither the records nor the scores.',
      },
    },
  })
  // Schemas that refer to themselves do so by where JSON Schema keeps them, which is not where OpenAPI does.
  return JSON.parse(JSON.stringify(document).replaceAll('"#/$defs/', '"#/components/schemas/')) as typeof document
}

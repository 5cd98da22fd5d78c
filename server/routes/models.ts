import { describeRoute, resolver } from 'hono-openapi'
import { card } from '../../core/card/card.ts'
import type { Scheme } from '../../core/protocol/scheme.ts'
import type { ServedModel } from '../../model/verdict.ts'
import { problems } from '../http/openapi.ts'
import { matchesEtag } from '../http/pageFiles.ts'
import { modelList } from '../http/schemas.ts'
import type { ModelSet } from '../modelSet.ts'
import { type App, clientOfRequest, modelOfRequest, type Service } from '../service.ts'

/** The public side of the models. */
export function modelRoutes(app: App, service: Service): void {
  const { models, limits, schemes, budgets, proxies, audit, vendor, pace } = service
  const written = new WrittenModels(models, () => summariesOf(models, schemes))
  const said = { ...(vendor && { vendor }), ...(audit && { audit: { signer: audit.signer } }) }
  const { runDays: days, runBytesPerClient: bytes, runsPerClient: runs } = limits
  const stored = {
    ...(service.storesRuns && { runs: { stored: true, days, bytes, runs } }),
    ...(service.studyDays !== null && { studies: { days: service.studyDays } }),
  }
  // Hundreds of models take as long to be sent as a large body to be read; many who waited for one look at budgets go on in their turns.
  const inTurn = (client: string, text: string) => pace.goOn(client, Math.floor(text.length / limits.bytesPerRequest))
  // What depends on who asks is nobody else's, whatever is on the way.
  const cache = 'private, no-cache'

  app.get(
    '/v1/models',
    describeRoute({
      summary: 'The models that this server scores with',
      responses: {
        200: { description: 'Summaries', content: { 'application/json': { schema: resolver(modelList) } } },
        ...problems(401, 403),
      },
    }),
    async (c) => {
      const client = clientOfRequest(c, proxies)
      const own = { recordsPerChunk: budgets.recordsPerChunk(client), bodyBytes: limits.bodyBytes, ...stored }
      const budget = await budgetOf(budgets, client)
      const mine = written.list(c.get('principal')?.models ?? null)
      await inTurn(client, mine)
      const rest = { limits: own, ...(budget !== null && { budget }), ...said }
      const body = `{"models":${mine},${JSON.stringify(rest).slice(1)}`
      return c.body(body, 200, { 'Content-Type': 'application/json', 'Cache-Control': cache })
    },
  )

  app.get(
    '/v1/models/:id',
    describeRoute({
      summary: 'A model’s card',
      description:
        'Everything public of a model. Its entity tag is the card’s hash. `ID@VERSION` names a version, by the card’s own or by the first 8 or more digits of its hash.',
      responses: {
        200: { description: 'The card', content: { 'application/json': { schema: resolver(card) } } },
        304: { description: 'The card has the hash that If-None-Match names' },
        ...problems(401, 403, 404),
      },
    }),
    async (c) => {
      const model = modelOfRequest(c, models)
      const etag = `"${model.card.hash}"`
      const headers = { ETag: etag, 'Cache-Control': cache }
      if (matchesEtag(c.req.raw, etag)) return c.body(null, 304, headers)
      const text = written.card(model)
      await inTurn(clientOfRequest(c, proxies), text)
      return c.body(text, 200, { ...headers, 'Content-Type': 'application/json' })
    },
  )
}

/** What a client has left of its hour; null while that cannot be read. */
async function budgetOf(budgets: Service['budgets'], client: string) {
  try {
    const { left, fullIn } = await budgets.left(client)
    return { perHour: budgets.recordsPerHour(client), left, fullIn: Math.ceil(fullIn / 1000) }
  } catch {
    return null
  }
}

function summariesOf(models: ModelSet, schemes: readonly Scheme[]) {
  return models.current.map(({ card }) => {
    const { id, version, title, description, outcome, hash } = card
    const served = schemes.filter((scheme) => scheme.setsFor(card).length > 0).map(({ name }) => name)
    return { id, version, title, description, outcome, hash, schemes: served }
  })
}

type List = ReturnType<typeof summariesOf>

/** The answers about models, written once for each change of them: a card may have thousands of columns. */
class WrittenModels {
  readonly #models: ModelSet
  readonly #listNow: () => List
  #revision = -1
  #list: List | null = null
  #text = ''
  readonly #cards = new WeakMap<ServedModel, string>()

  constructor(models: ModelSet, listNow: () => List) {
    this.#models = models
    this.#listNow = listNow
  }

  /** The summaries of the models that are for who may use those with these ids; null for all. */
  list(mine: ReadonlySet<string> | null): string {
    const list = this.#upToDate()
    const own = list.filter(({ id }) => this.#models.isFor(mine, id))
    return own.length === list.length ? this.#text : JSON.stringify(own)
  }

  card(model: ServedModel): string {
    const text = this.#cards.get(model) ?? JSON.stringify(model.card)
    this.#cards.set(model, text)
    return text
  }

  #upToDate(): List {
    if (this.#list !== null && this.#revision === this.#models.revision) return this.#list
    this.#revision = this.#models.revision
    this.#list = this.#listNow()
    this.#text = JSON.stringify(this.#list)
    return this.#list
  }
}

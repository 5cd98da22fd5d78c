import { describeRoute, resolver } from 'hono-openapi'
import { fail } from '../faults.ts'
import { problems } from '../http/openapi.ts'
import { usage } from '../http/schemas.ts'
import { type App, isLocal, type Service } from '../service.ts'
import type { Used } from '../state/state.ts'

const csv = 'text/csv'
const columns = ['principal', 'model', 'card', 'answers', 'records', 'slots'] as const

/** What was used, by whom and of what: for who runs the server. */
export function usageRoutes(app: App, { budgets }: Service): void {
  app.get(
    '/v1/usage',
    describeRoute({
      summary: 'What was used, by principal, model and card',
      description: [
        'For the API key of an operator, and for this machine alone without one. Counts are for ever: answers, the records that were',
        'declared, and slots, which budgets count; what is sent again is not counted again. Whoever came without a name is',
        '"anonymous". As CSV where Accept prefers it.',
      ].join(' '),
      responses: {
        200: {
          description: 'The counts',
          content: { 'application/json': { schema: resolver(usage) }, [csv]: { schema: { type: 'string' } } },
        },
        ...problems(401, 403, 503),
      },
    }),
    async (c) => {
      const principal = c.get('principal')
      if (principal === null ? !isLocal(c) : !principal.operator) fail('access/forbidden', 'operatorsAlone')
      const used = [...(await budgets.used())].sort(byName)
      c.header('Cache-Control', 'private, no-store')
      c.header('Vary', 'Accept')
      if (c.req.header('accept')?.includes(csv))
        return c.body(csvOf(used), 200, { 'Content-Type': `${csv}; charset=utf-8` })
      return c.json({ used: used.map(rowOf) })
    },
  )
}

function rowOf({ principal, model, card, answers, records, slots }: Used) {
  return { principal, model, card, answers, records, slots }
}

function byName(one: Used, other: Used): number {
  const [a, b] = [one, other].map(({ principal, model, card }) => `${principal}\0${model}\0${card}`) as [string, string]
  return a < b ? -1 : 1
}

function csvOf(used: readonly Used[]): string {
  const lines = used.map((each) => columns.map((column) => cellOf(`${each[column]}`)).join(','))
  return `${[columns.join(','), ...lines].join('\r\n')}\r\n`
}

/** RFC 4180; what a spreadsheet would take for a formula begins with an apostrophe. */
function cellOf(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}

import { docs } from '../../words/en/docs.ts'

/** An OpenAPI document as a page of plain HTML: no script, no style but its own, nothing of anybody else. */

interface Described {
  readonly summary?: string
  readonly description?: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content?: Contents }
  readonly responses?: Readonly<Record<string, { readonly description?: string; readonly content?: Contents }>>
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly description?: string
  readonly schema?: unknown
}

type Contents = Readonly<Record<string, { readonly schema?: unknown }>>

/** What is read of the document. */
interface ApiDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string }
  readonly paths?: Readonly<Record<string, unknown>>
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> }
}

export const docsStyle = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; overflow-wrap: anywhere; }
h1, h2, h3 { line-height: 1.2; }
h2 { border-top: 1px solid; margin-top: 2rem; padding-top: 1rem; font-size: 1.1rem; }
h2 b { display: inline-block; min-width: 4rem; }
h3 { font-size: 1rem; margin-bottom: 0; }
dt { font-weight: 600; margin-top: 0.5rem; }
dd { margin: 0 0 0 1rem; }
pre { overflow-x: auto; font-size: 0.8rem; border: 1px solid; border-radius: 0.3rem; padding: 0.5rem; }
code, pre { font-family: ui-monospace, monospace; }
/* It scrolls by itself. */
pre { overflow-wrap: normal; }
a, summary { text-underline-offset: 0.2em; }
`

const methods = ['get', 'put', 'post', 'delete', 'patch'] as const

export function docsPage({ info, paths = {}, components }: ApiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const described = (item as Partial<Record<string, Described>>)[method]
      return described ? [operation(method, path, described)] : []
    }),
  )
  const schemas = Object.entries(components?.schemas ?? {}).map(
    ([name, schema]) => `<h3 id="${escaped(name)}">${escaped(name)}</h3>${schemaText(schema)}`,
  )
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(info.title)} API ${escaped(info.version)}</title>`,
    '<link rel="stylesheet" href="docs.css"></head><body>',
    `<h1>${escaped(info.title)} API ${escaped(info.version)}</h1>`,
    `<p>${prose(info.description ?? '')}</p><p>${prose(docs.about)}</p>`,
    `<main>${operations.join('')}`,
    schemas.length > 0 ? `<h2>${escaped(docs.schemas)}</h2>${schemas.join('')}` : '',
    '</main></body></html>\n',
  ].join('\n')
}

function operation(method: string, path: string, { summary, description, ...of }: Described): string {
  const id = `${method}${path.replace(/[^a-zA-Z0-9]+/g, '-')}`
  return [
    `<section><h2 id="${id}"><b>${method.toUpperCase()}</b> <code>${escaped(path)}</code></h2>`,
    `<p>${prose(summary ?? '')}</p>`,
    description ? `<p>${prose(description)}</p>` : '',
    list(docs.parameters, (of.parameters ?? []).map(parameter)),
    list(docs.body, contents(of.requestBody?.content)),
    list(docs.answers, Object.entries(of.responses ?? {}).map(answer)),
    '</section>',
  ].join('')
}

function parameter({ name, in: where, required, description, schema }: Parameter): string {
  const needed = required ? `, ${docs.required}` : ''
  const about = description ? `<p>${prose(description)}</p>` : ''
  return `<dt><code>${escaped(name)}</code> (${escaped(where)}${escaped(needed)})</dt><dd>${about}${schemaText(schema)}</dd>`
}

function answer([status, { description, content }]: [string, { description?: string; content?: Contents }]): string {
  const bodies = contents(content)
  const of = bodies.length > 0 ? `<dl>${bodies.join('')}</dl>` : ''
  return `<dt>${escaped(status)}</dt><dd>${prose(description ?? '')}${of}</dd>`
}

function contents(content: Contents = {}): string[] {
  return Object.entries(content).map(
    ([type, { schema }]) => `<dt><code>${escaped(type)}</code></dt><dd>${schemaText(schema)}</dd>`,
  )
}

/** One that is named elsewhere is pointed to; a short one stands there; a long one is unfolded by who wants to see it. */
function schemaText(schema: unknown): string {
  if (schema === undefined) return ''
  const named = /^\{"\$ref":"#\/components\/schemas\/([^"]+)"\}$/.exec(JSON.stringify(schema))?.[1]
  if (named !== undefined) return `<a href="#${escaped(named)}">${escaped(named)}</a>`
  const text = JSON.stringify(schema, null, 2)
  if (text.length < 80) return `<code>${escaped(JSON.stringify(schema))}</code>`
  return `<details><summary>JSON Schema</summary><pre>${escaped(text)}</pre></details>`
}

const list = (title: string, items: readonly string[]): string =>
  items.length > 0 ? `<h3>${escaped(title)}</h3><dl>${items.join('')}</dl>` : ''

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '')
}

/** A description: what stands between backticks is code. */
function prose(text: string): string {
  return escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>')
}

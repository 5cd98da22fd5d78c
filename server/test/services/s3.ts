import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * Stands for a store that speaks as Amazon S3 does: PutObject with `If-None-Match`, GetObject, DeleteObject and ListObjectsV2 by pages, of
 * one bucket addressed by path. It serves what carries a right Signature Version 4 alone, over the body as well.
 */

export const account = { id: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }
export const bucket = 'stored-runs'

export interface S3Service {
  /** What a process needs of its environment. */
  readonly env: Readonly<Record<string, string>>
  readonly url: string
  /** What lies there, by name. */
  readonly objects: Map<string, Uint8Array>
  /** What was answered so far, by method and status. */
  readonly answered: string[]
  /** How many requests come to nothing next: they are answered 503 or 409, or their connection is closed without a word. */
  failing: number
  failure: 'busy' | 'conflict' | 'closed'
  /** Whether it knows `If-None-Match`; else it answers 501 to that, as OpenStack Swift does. */
  knowsConditions: boolean
  stop(): Promise<void>
}

/** `pageLength`: the most names of a page. */
export async function startS3(pageLength = 2): Promise<S3Service> {
  const objects = new Map<string, Uint8Array>()
  const answered: string[] = []
  const server = createServer((request, response) => {
    answer(request, { service, pageLength }).then((said) => {
      answered.push(`${request.method} ${said?.status ?? 'closed'}`)
      if (said === null) request.socket.destroy()
      else send(response, said.status, said.body ?? '')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const named = { AWS_ACCESS_KEY_ID: account.id, AWS_SECRET_ACCESS_KEY: account.secret, AWS_ENDPOINT_URL_S3: url }
  const service: S3Service = {
    ...{ env: named, url, objects, answered, failing: 0, failure: 'busy', knowsConditions: true },
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return service
}

interface Answer {
  readonly status: number
  readonly body?: string | Uint8Array
}

const failures = {
  busy: { status: 503, body: '<Error><Code>SlowDown</Code></Error>' },
  conflict: { status: 409, body: '<Error><Code>ConditionalRequestConflict</Code></Error>' },
  closed: null,
} as const satisfies Readonly<Record<S3Service['failure'], Answer | null>>

async function answer(
  request: IncomingMessage,
  { service, pageLength }: { readonly service: S3Service; readonly pageLength: number },
): Promise<Answer | null> {
  const sent: Buffer[] = []
  for await (const bytes of request) sent.push(bytes)
  const body = Buffer.concat(sent)
  if (service.failing > 0) {
    service.failing--
    return failures[service.failure]
  }
  if (!isSigned({ method: request.method ?? '', url: request.url ?? '', headers: request.headers }, body))
    return { status: 403, body: '<Error><Code>SignatureDoesNotMatch</Code></Error>' }
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://bucket')
  const [, named, ...rest] = pathname.split('/')
  if (named !== bucket) return { status: 404, body: '<Error><Code>NoSuchBucket</Code></Error>' }
  const name = decodeURIComponent(rest.join('/'))
  if (name === '') return { status: 200, body: page(service.objects, searchParams, pageLength) }
  if (request.headers['if-none-match'] && !service.knowsConditions)
    return { status: 501, body: '<Error><Code>NotImplemented</Code></Error>' }
  return ofObject(request, service.objects, name, body)
}

function ofObject({ method, headers }: IncomingMessage, objects: S3Service['objects'], name: string, body: Buffer) {
  const there = objects.get(name)
  if (method === 'PUT') {
    if (headers['if-none-match'] === '*' && there) return { status: 412 }
    objects.set(name, new Uint8Array(body))
    return { status: 200 }
  }
  if (method === 'DELETE') {
    objects.delete(name)
    return { status: 204 }
  }
  return there ? { status: 200, body: there } : { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' }
}

function page(objects: S3Service['objects'], asked: URLSearchParams, most: number): string {
  const after = Buffer.from(asked.get('continuation-token') ?? '', 'base64').toString()
  const prefix = asked.get('prefix') ?? ''
  const names = [...objects.keys()].sort().filter((name) => name.startsWith(prefix) && name > after)
  const shown = names.slice(0, most)
  const next = Buffer.from(shown.at(-1) ?? '').toString('base64')
  const more = `<IsTruncated>true</IsTruncated><NextContinuationToken>${next}</NextContinuationToken>`
  const contents = shown.map((name) => `<Contents><Key>${name}</Key><Size>1</Size></Contents>`).join('')
  const isLast = shown.length === names.length
  return `<ListBucketResult>${contents}${isLast ? '<IsTruncated>false</IsTruncated>' : more}</ListBucketResult>`
}

function send(response: ServerResponse, status: number, body: string | Uint8Array): void {
  response.writeHead(status, { 'Content-Length': Buffer.byteLength(body) })
  response.end(body)
}

interface Signed {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** Whether a request carries the account's Signature Version 4 over itself and its body (Amazon S3 API, "Signature calculations"). */
export function isSigned({ method, url, headers }: Signed, body: Uint8Array): boolean {
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)$/
  const [, id, day = '', region = '', names = '', signature] = form.exec(`${headers.authorization}`) ?? []
  const bodyHash = createHash('sha256').update(body).digest('hex')
  const isWhole = ['host', 'x-amz-content-sha256', 'x-amz-date'].every((name) => names.split(';').includes(name))
  if (id !== account.id || !isWhole || headers['x-amz-content-sha256'] !== bodyHash) return false
  const [path = '', query = ''] = url.split('?')
  const pairs = [...new URLSearchParams(query)].map(([name, value]) => `${encoded(name)}=${encoded(value)}`).sort()
  const lines = names.split(';').map((name) => `${name}:${`${headers[name]}`.trim()}\n`)
  const canonical = [method, path, pairs.join('&'), lines.join(''), names, bodyHash].join('\n')
  const hash = createHash('sha256').update(canonical).digest('hex')
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], `${day}/${region}/s3/aws4_request`, hash].join('\n')
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(
    (made, part) => createHmac('sha256', made).update(part).digest(),
    `AWS4${account.secret}`,
  )
  return createHmac('sha256', key).update(text).digest('hex') === signature
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}

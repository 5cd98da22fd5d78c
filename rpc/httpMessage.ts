/** Requests and responses as what can be posted to a worker, and back. */

export interface RequestMessage {
  readonly method: string
  readonly url: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Uint8Array<ArrayBuffer> | null
}

export interface ResponseMessage {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Uint8Array<ArrayBuffer>
}

/** What the client hands to `fetch`: its bodies are bytes. */
export function toRequestMessage(url: string, init: RequestInit): RequestMessage {
  const { method = 'GET', body = null } = init
  // A copy: the page keeps what it sent, to show it.
  const bytes = body instanceof Uint8Array ? new Uint8Array(body) : null
  return { method, url, headers: [...new Headers(init.headers)], body: bytes }
}

export function fromRequestMessage({ method, url, headers, body }: RequestMessage, signal: AbortSignal): Request {
  const length: [string, string][] = body === null ? [] : [['content-length', `${body.length}`]]
  const named = [...headers, ...length].map(([name, value]): [string, string] => [name, value])
  return new Request(url, { method, headers: named, body, signal })
}

export async function toResponseMessage(response: Response): Promise<ResponseMessage> {
  const body = new Uint8Array(await response.arrayBuffer())
  return { status: response.status, headers: [...response.headers], body }
}

const withoutBody: ReadonlySet<number> = new Set([204, 205, 304])

export function fromResponseMessage({ status, headers, body }: ResponseMessage): Response {
  const named = headers.map(([name, value]): [string, string] => [name, value])
  return new Response(withoutBody.has(status) ? null : body, { status, headers: named })
}

import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** What a server of another version than the page's is to it, with the server's own answers. */
export interface OtherVersion {
  readonly url: string
  /** The API is at another version's address. */
  moved: boolean
  /** Cards have a member that this page does not know. */
  richer: boolean
  /** Calls once, as the request to score of that number comes, counted from now. */
  onPost(number: number, call: () => void): void
  /** Leads all that follows to another server. */
  lead(server: string): void
  close(): Promise<void>
}

/** Stands before a server and makes it one of another version, once it is told how. */
export async function otherVersionOf(server: string): Promise<OtherVersion> {
  const now = { moved: false, richer: false }
  let target = server
  let posts = 0
  let call: () => void = () => {}
  const front = createServer((asked, answer) => {
    if (asked.method === 'POST' && --posts === 0) call()
    const path = now.moved ? asked.url?.replace(/^\/v1\//, '/v9/') : asked.url
    const isCard = now.richer && /^\/v1\/models\/[^/]+$/.test(asked.url ?? '')
    const { 'accept-encoding': _, host: __, 'if-none-match': ___, ...headers } = asked.headers
    const passed = request(new URL(path ?? '/', target), { method: asked.method ?? 'GET', headers }, async (got) => {
      const body = await buffer(got)
      const { 'content-length': _, 'transfer-encoding': __, ...kept } = got.headers
      answer.writeHead(got.statusCode ?? 500, kept)
      answer.end(isCard ? JSON.stringify({ ...JSON.parse(body.toString()), ofTomorrow: 1 }) : body)
    })
    passed.on('error', () => answer.destroy())
    asked.pipe(passed)
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  return Object.assign(now, {
    url: `http://127.0.0.1:${(front.address() as AddressInfo).port}/`,
    onPost: (number: number, then: () => void) => {
      posts = number
      call = then
    },
    lead: (next: string) => {
      target = next
    },
    close: async () => {
      front.closeAllConnections()
      front.close()
      await once(front, 'close')
    },
  })
}

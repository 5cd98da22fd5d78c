import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

/** A host that knows nothing of the page: files of a folder below a path, without one header that says more than their type. */
export interface StaticHost {
  /** The page's address, with a slash at its end. */
  readonly url: string
  /** The path of every request that came, whoever sent it. */
  readonly asked: readonly string[]
  close(): Promise<void>
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.csv': 'text/csv',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
}

/** What a host does of its own. */
export interface HostsWays {
  /** The file that it gives in the place of one that is not there. */
  readonly instead?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Types that it gives to files, by their ending. */
  readonly types?: Readonly<Record<string, string>>
}

/** `edit` may change the text of a file on its way. */
export async function staticHost(
  folder: string,
  below = '/',
  edit: (path: string, text: string) => string = (_, text) => text,
  { instead, headers = {}, types: otherTypes = {} }: HostsWays = {},
): Promise<StaticHost> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://host')
    asked.push(pathname)
    const path = pathname.startsWith(below) ? normalize(pathname.slice(below.length)) : '..'
    const file = path === '.' || path === '' ? 'index.html' : path
    const read = async (name: string) => ({ name, bytes: await readFile(join(folder, name)) })
    const found = file.startsWith('..') ? Promise.reject(new Error('outside')) : read(file)
    const given = instead === undefined ? found : found.catch(() => read(instead))
    given.then(
      ({ name, bytes }) => {
        const text = /\.(html|js)$/.test(name) ? edit(name, bytes.toString('utf8')) : bytes
        const type = { ...types, ...otherTypes }[extname(name)] ?? 'application/octet-stream'
        response.writeHead(200, { 'Content-Type': type, ...headers }).end(text)
      },
      () => response.writeHead(404).end(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${below}`,
    asked,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

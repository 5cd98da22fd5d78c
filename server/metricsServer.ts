import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { errorOf } from './faults.ts'
import { securityHeaders } from './http/headers.ts'
import { problemResponse } from './http/problem.ts'
import type { Service } from './service.ts'

/** Where the metrics are on a port of their own. */
export interface MetricsAddress {
  readonly host: string
  readonly port: number
}

export interface MetricsServer {
  readonly url: string
  close(): Promise<void>
}

/** Serves the metrics, and nothing else, to whoever reaches an address: by default this machine alone does. */
export async function startMetricsServer(
  { host, port }: MetricsAddress,
  { metrics, hosts }: Pick<Service, 'metrics' | 'hosts'>,
): Promise<MetricsServer> {
  const answer = async (request: Request): Promise<Response> => {
    try {
      hosts.check(request)
      const isAsked = request.method === 'GET' && new URL(request.url).pathname === '/metrics'
      const written = isAsked ? await metrics.text() : null
      if (written === null) throw errorOf('request/not-found', 'noSuchAddress')
      return new Response(written.text, { headers: { ...securityHeaders('api'), 'Content-Type': written.type } })
    } catch (thrown) {
      return problemResponse(thrown)
    }
  }
  const server = createAdaptorServer({ fetch: answer, serverOptions: { headersTimeout: 5000 } }) as Server
  server.maxConnections = 64
  server.requestTimeout = 5000
  server.listen(port, host)
  await once(server, 'listening')
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}/metrics`,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

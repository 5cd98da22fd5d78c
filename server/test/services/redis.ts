import { answers, programOf, type Service, startService } from './service.ts'

/** Settings of Redis, by name: those that are given take the place of these. */
const usual = { appendonly: 'yes', 'maxmemory-policy': 'noeviction', save: '' }

/** A Redis that keeps what it was told of, as a server of several processes asks for; with `requirepass` it asks who is there for it. */
export function startRedis(settings: Readonly<Record<string, string>> = {}): Promise<Service> {
  const { requirepass } = settings
  const given = Object.entries({ ...usual, ...settings }).flatMap(([name, value]) => [`--${name}`, value])
  return startService({
    file: programOf('redis'),
    url: (port) => `redis://${requirepass ? `:${requirepass}@` : ''}127.0.0.1:${port}/0`,
    args: (folder, port) => ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder, ...given],
    isReady: (port) => answers(port, 'PING\r\n', (text) => /^(?:\+PONG|-NOAUTH)/.test(text)),
  })
}

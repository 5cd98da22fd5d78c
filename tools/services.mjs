import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isExecutable } from './chromium.mjs'

/** Where Debian puts what several processes of the server share or stand behind, and the package that brings it. */
const services = {
  redis: { package: 'redis-server', places: () => ['/usr/bin/redis-server'] },
  postgres: { package: 'postgresql', places: () => postgresPlaces() },
  nginx: { package: 'nginx-light', places: () => ['/usr/sbin/nginx', '/usr/bin/nginx'] },
}

/** @typedef {keyof typeof services} ServiceName */

/** The program of a service, or null where it is not installed. @param {ServiceName} name @returns {string | null} */
export function findService(name) {
  return services[name].places().find(isExecutable) ?? null
}

/** The packages of Debian that are missing here. */
export function missingServices() {
  const names = /** @type {ServiceName[]} */ (Object.keys(services))
  return names.filter((name) => findService(name) === null).map((name) => services[name].package)
}

/** The newest version first. */
function postgresPlaces() {
  const root = '/usr/lib/postgresql'
  try {
    const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a))
    return versions.map((version) => join(root, version, 'bin/postgres'))
  } catch {
    return []
  }
}

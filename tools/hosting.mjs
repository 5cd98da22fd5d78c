import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { securityHeaders } from '../server/http/headers.ts'

/** @typedef {Readonly<Record<string, string>>} Headers */

/** What every file of the page gets, and what its page and its workers get besides: as the scoring server sends it. */
function headersOf(/** @type {readonly string[]} */ connect) {
  const asset = Object.entries(securityHeaders('asset'))
  const page = Object.entries(securityHeaders('page', connect))
  const worker = Object.entries(securityHeaders('worker'))
  const keeper = Object.entries(securityHeaders('keeper'))
  const every = asset.filter(([name, value]) =>
    [page, worker, keeper].every((kind) => kind.some((h) => h[0] === name && h[1] === value)),
  )
  const besides = (/** @type {[string, string][]} */ kind) =>
    Object.fromEntries(kind.filter(([name]) => !every.some((header) => header[0] === name)))
  return { every: Object.fromEntries(every), page: besides(page), worker: besides(worker), keeper: besides(keeper) }
}

/**
 * The configuration of hosts for the built page, by file name, from the server's own table of headers. The page carries its
 * policy itself; what only a header can say, as who may frame it and that it may share memory, stands here.
 *
 * @param {readonly string[]} connect
 * @returns {Readonly<Record<string, string>>}
 */
export function hostingFiles(connect) {
  const { every, page, worker, keeper } = headersOf(connect)
  const lines = (/** @type {Headers} */ headers, /** @type {(name: string, value: string) => string} */ line) =>
    Object.entries(headers).map(([name, value]) => line(name, value))
  const netlify = (/** @type {string} */ path, /** @type {Headers} */ headers) =>
    [path, ...lines(headers, (name, value) => `  ${name}: ${value}`)].join('\n')
  const nginx = (/** @type {string} */ location, /** @type {Headers} */ headers) =>
    [
      `location ${location} {`,
      ...lines({ ...every, ...headers }, (name, value) => `  add_header ${name} "${value}" always;`),
      '}',
    ].join('\n')
  const caddy = (/** @type {string} */ matcher, /** @type {Headers} */ headers) =>
    [`header ${matcher} {`, ...lines(headers, (name, value) => `  ${name} "${value}"`), '}'].join('\n')
  const underscoreHeaders = `${[
    netlify('/*', every),
    netlify('/', page),
    netlify('/index.html', page),
    netlify('/assets/worker-*', worker),
    netlify('/sw.js', keeper),
  ].join('\n\n')}\n`
  return {
    'nginx.conf': `${['# Within "server", whose root is the page’s folder.', nginx('/', {}), nginx('= /', page), nginx('= /index.html', page), nginx('~ ^/assets/worker-', worker), nginx('= /sw.js', keeper)].join('\n\n')}\n`,
    Caddyfile: `${['# Within the site, whose root is the page’s folder.', caddy('', every).replace('  ', ' '), '@page path / /index.html', caddy('@page', page), '@worker path /assets/worker-*', caddy('@worker', worker), '@keeper path /sw.js', caddy('@keeper', keeper)].join('\n\n')}\n`,
    'netlify/_headers': underscoreHeaders,
    'cloudflare/_headers': underscoreHeaders,
  }
}

/**
 * Writes them into a folder beside the page.
 *
 * @param {string} folder @param {readonly string[]} connect
 * @returns {import('vite').Plugin}
 */
export function hosting(folder, connect) {
  return {
    name: 'hosting',
    apply: 'build',
    closeBundle() {
      for (const [name, text] of Object.entries(hostingFiles(connect))) {
        const path = join(folder, name)
        mkdirSync(join(path, '..'), { recursive: true })
        writeFileSync(path, text)
      }
    },
  }
}

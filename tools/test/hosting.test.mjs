import { expect, test } from 'vitest'
import { securityHeaders } from '../../server/http/headers.ts'
import { hostingFiles } from '../hosting.mjs'

/** Header files for other hosts say what the scoring server says, of every kind of file. */

const connect = ['https://scores.example']
const files = hostingFiles(connect)

/** What a file in the form of Netlify and Cloudflare gives a path: every rule that matches adds its headers. */
function headersFor(text, path) {
  const found = {}
  for (const rule of text.trim().split('\n\n')) {
    const [pattern = '', ...lines] = rule.split('\n')
    const matches = pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern
    if (!matches) continue
    for (const line of lines) {
      const [, name = '', value = ''] = /^ {2}([^:]+): (.*)$/.exec(line) ?? []
      expect(found).not.toHaveProperty(name)
      found[name] = value
    }
  }
  return found
}

test.each(['netlify/_headers', 'cloudflare/_headers'])('%s', (name) => {
  expect(headersFor(files[name], '/')).toEqual(securityHeaders('page', connect))
  expect(headersFor(files[name], '/index.html')).toEqual(securityHeaders('page', connect))
  expect(headersFor(files[name], '/assets/worker-vault-1a2b3c4d.js')).toEqual(securityHeaders('worker'))
  expect(headersFor(files[name], '/sw.js')).toEqual(securityHeaders('keeper'))
  const { 'Content-Security-Policy': _, ...asset } = securityHeaders('asset')
  expect(headersFor(files[name], '/assets/index-1a2b3c4d.js')).toEqual(asset)
})

test.each(['nginx.conf', 'Caddyfile'])('%s has every header of a page, of a worker and of what keeps them', (name) => {
  for (const headers of [securityHeaders('page', connect), securityHeaders('worker'), securityHeaders('keeper')]) {
    for (const [header, value] of Object.entries(headers)) {
      expect(files[name]).toMatch(new RegExp(`${header} "${value.replace(/[.*+?^$()|[\]{}\\]/g, '\\$&')}"`))
    }
  }
})

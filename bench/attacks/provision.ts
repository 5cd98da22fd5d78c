import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inRoot } from '../root.ts'
import type { Need } from './load.ts'

/** What a server is started with for a load. */
export interface Provisions {
  /** Options of the command. */
  readonly options: readonly string[]
  /** The API keys of the honest client and of the load; null where none is asked for. */
  readonly honest: string | null
  readonly other: string | null
  end(): void
}

export async function provide(needs: readonly Need[]): Promise<Provisions> {
  const folder = mkdtempSync(join(tmpdir(), 'blindscore-attacks-'))
  const at = (name: string) => join(folder, name)
  const options = ['--secret-file', at('secret'), '--ledger-file', at('ledger')]
  const stores = (['runs', 'studies'] as const).filter((each) => needs.includes(each))
  if (stores.length > 0) {
    writeFileSync(at('runs-key'), randomBytes(32).toString('hex'), { mode: 0o600 })
    options.push('--runs-key', at('runs-key'), '--runs-keys', at('runs-keys'))
  }
  for (const each of stores) options.push(`--${each}`, at(each))
  const keys = needs.includes('apiKeys')
  if (keys) options.push('--api-keys', '--keys-file', at('access.json'))
  const issuer = needs.includes('issuer') ? await startIssuer() : null
  if (issuer) options.push('--oidc-issuer', issuer.url, '--oidc-audience', 'bench')
  const addKey = (name: string): string | null => {
    if (!keys) return null
    const args = ['keys', 'add', name, '--keys-file', at('access.json'), '--secret-file', at('secret')]
    const hour = ['--records-per-hour', '1000000000']
    const words = [inRoot('dist/cli/blindscore.js'), ...args, ...hour]
    return execFileSync(process.execPath, words, { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim()
  }
  return {
    options,
    honest: addKey('honest'),
    other: addKey('other'),
    end() {
      issuer?.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** An OpenID Connect issuer of this machine, with one key, that signs nothing. */
async function startIssuer(): Promise<{ readonly url: string; close(): void }> {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'bench', alg: 'RS256', use: 'sig' }
  const server = createServer((request, response) => {
    const described = { issuer: url, jwks_uri: `${url}/keys` }
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify(request.url === '/keys' ? { keys: [jwk] } : described))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, close: () => server.close() }
}

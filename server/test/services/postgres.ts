import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { asNobody, programOf, type Service, startService } from './service.ts'

const url = (port: number) => `postgres://postgres@127.0.0.1:${port}/postgres`

/** A PostgreSQL of a cluster of its own. It may lose what it wrote when the machine loses its power, and not when it is killed. */
export function startPostgres(): Promise<Service> {
  const file = programOf('postgres')
  return startService({
    file,
    url,
    prepare: (folder) => {
      const args = [
        '-D',
        join(folder, 'data'),
        '-U',
        'postgres',
        '-A',
        'trust',
        '-E',
        'UTF8',
        '--locale=C',
        '--no-sync',
      ]
      execFileSync(file.replace(/postgres$/, 'initdb'), args, { cwd: folder, stdio: 'ignore', ...asNobody })
    },
    args: (folder, port) => [
      ...['-D', join(folder, 'data'), '-p', `${port}`, '-k', folder],
      ...['-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off', '-c', 'shared_buffers=16MB'],
    ],
    isReady,
  })
}

async function isReady(port: number): Promise<boolean> {
  const client = new Client({ connectionString: url(port) })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

/** Has a PostgreSQL ask this one, who may do all there, for a password. Returns the address with it. */
export async function withPassword(service: Service, user: string, password: string): Promise<string> {
  const rules = join(service.folder, 'data/pg_hba.conf')
  const client = new Client({ connectionString: service.url })
  await client.connect()
  await client.query(`CREATE ROLE ${user} LOGIN SUPERUSER PASSWORD '${password}'`)
  writeFileSync(rules, `host all ${user} 127.0.0.1/32 scram-sha-256\n${readFileSync(rules, 'utf8')}`)
  await client.query('SELECT pg_reload_conf()')
  await client.end()
  return service.url.replace('postgres@', `${user}:${password}@`)
}

/** All that lies in a PostgreSQL, as its own program writes it for a backup. */
export function dumped(url: string): Buffer {
  return execFileSync(programOf('postgres').replace(/postgres$/, 'pg_dump'), ['--dbname', url], { maxBuffer: 2 ** 28 })
}

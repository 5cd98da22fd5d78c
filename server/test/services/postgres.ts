import { execFileSync } from 'node:child_process'
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

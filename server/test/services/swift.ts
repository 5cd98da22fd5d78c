import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { answers, type Service, startService } from './service.ts'

const python = '/usr/bin/python3'
const program = fileURLToPath(new URL('openStackSwift.py', import.meta.url))

export const account = { id: 'tests:blindscore', secret: 'of-tests-alone' }

/** Whether OpenStack Swift is installed (Debian: python3-swift). */
export const hasSwift = (): boolean => spawnSync(python, ['-c', 'import swift'], { stdio: 'ignore' }).status === 0

/** OpenStack Swift with its S3 interface: a store that somebody else wrote. */
export function startSwift(): Promise<Service> {
  return startService({
    file: python,
    url: (port) => `http://127.0.0.1:${port}`,
    args: (folder, port) => [program, folder, `${port}`, account.id, account.secret],
    isReady: (port) => answers(port),
  })
}

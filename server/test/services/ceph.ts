import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { answers, type Service, startService } from './service.ts'

const script = fileURLToPath(new URL('ceph.sh', import.meta.url))
const programs = ['ceph', 'ceph-mon', 'ceph-osd', 'radosgw']

/** Whether Ceph is installed (Debian: ceph-mon, ceph-osd and radosgw). */
export const hasCeph = (): boolean =>
  programs.every((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0)

/** Ceph with its S3 interface, which keeps what it stores in memory. */
export function startCeph({ id, secret }: { readonly id: string; readonly secret: string }): Promise<Service> {
  return startService({
    file: '/bin/bash',
    url: (port) => `http://127.0.0.1:${port}`,
    args: (folder, port) => [script, folder, `${port}`, id, secret],
    isReady: (port) => answers(port),
  })
}

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { modules, packed } from '../kernel/built/module.ts'
import { unpacked } from '../kernel/unpack.ts'
import { inRoot } from './root.ts'

export interface Size {
  readonly what: string
  readonly bytes: number
  readonly gzip: number
  /** The most it may have, and of which of the two sizes. */
  readonly limit: number
  readonly limited: 'bytes' | 'gzip'
}

const KiB = 1024

/** The kernel's module, the workers' scripts and what the page loads first, of the built page. */
export async function measureSizes(): Promise<Size[]> {
  const page = inRoot('dist/page')
  const size = (what: string, content: Uint8Array, limit: number, limited: Size['limited']): Size => ({
    what,
    bytes: content.length,
    gzip: gzipSync(content, { level: 9 }).length,
    limit,
    limited,
  })
  const html = await readFile(join(page, 'index.html'), 'utf8')
  const initial = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, path]) => path as string)
  if (initial.length === 0) throw new Error('The built page names no script.')
  const scripts = await Promise.all(initial.map((path) => readFile(join(page, path))))
  const workers = (await readdir(join(page, 'assets'))).filter((name) => /^worker-.*\.js$/.test(name)).sort()
  return [
    size('kernel module', unpacked(packed, modules.fused), 24 * KiB, 'bytes'),
    size('kernel module, plain', unpacked(packed, modules.plain), 28 * KiB, 'bytes'),
    ...(await Promise.all(
      workers.map(async (name) => {
        const what = name.replace(/-.{8}\.js$/, '').replace('worker-', '')
        return size(`${what} worker`, await readFile(join(page, 'assets', name)), 60 * KiB, 'gzip')
      }),
    )),
    size('initial script', Buffer.concat(scripts), 220 * KiB, 'gzip'),
  ]
}

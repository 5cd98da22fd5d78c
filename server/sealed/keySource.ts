import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { errorOf } from '../faults.ts'
import type { Environment } from '../secret.ts'
import { keyBytes } from './seal.ts'

/** Where the key comes from that the data keys of runs are wrapped by. */
export interface KeySource {
  readonly file?: string
  /** A command of a shell, such as one that asks a key service; the key is what it prints. */
  readonly command?: string
}

/** A command has its time. */
const commandMs = 30_000

/** What systemd calls the key among a service's credentials (`LoadCredential=runs-key:…`). */
const credential = 'runs-key'

/**
 * The key of {@link keyBytes} bytes, also written as hexadecimal digits; null where no source was named and systemd has none. Throws
 * `server/store-gone` for a source that gives none.
 */
export async function readRunsKey({ file, command }: KeySource, env: Environment): Promise<Uint8Array | null> {
  if (command !== undefined) return keyOf(await printed(command), '--runs-key-command')
  if (file !== undefined) return keyOf(await bytesOf(file), file)
  if (!env.CREDENTIALS_DIRECTORY) return null
  const held = join(env.CREDENTIALS_DIRECTORY, credential)
  const found = await readFile(held).catch(() => null)
  return found && keyOf(found, held)
}

function keyOf(bytes: Uint8Array, from: string): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1').trim()
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex')
  if (bytes.length !== keyBytes) throw errorOf('server/store-gone', 'runsKeyShape', { from })
  return bytes
}

async function bytesOf(file: string): Promise<Uint8Array> {
  return readFile(file).catch(() => {
    throw errorOf('server/store-gone', 'runsKeyUnreadable', { from: file })
  })
}

async function printed(command: string): Promise<Uint8Array> {
  try {
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command], {
      encoding: 'buffer',
      timeout: commandMs,
      maxBuffer: 4096,
    })
    return stdout
  } catch {
    throw errorOf('server/store-gone', 'runsKeyUnreadable', { from: '--runs-key-command' })
  }
}

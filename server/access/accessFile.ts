import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as z from 'zod/mini'
import { readDigested, writeDigested } from '../digested.ts'
import { errorOf } from '../faults.ts'
import { giveToOwnerOf } from '../ownedAs.ts'

/** What is kept of an API key, in a file that `blindscore keys` writes and the server reads. */
export interface KeptKey {
  readonly id: string
  /** What its holder is called, for the operator alone. */
  readonly name: string
  /** See `Secret.digestOfAccess`, in hexadecimal. */
  readonly digest: string
  /** The ids of the models that it may use; null for all. */
  readonly models: readonly string[] | null
  readonly recordsPerHour: number | null
  /** Whether its holder runs the server: it may see what all use. */
  readonly operator?: boolean | undefined
  /** Moments as ISO 8601 in UTC has them. `revoked` is null for a key that was not taken back. */
  readonly made: string
  readonly expires: string
  readonly revoked: string | null
}

const format = 'blindscore-access/1'
const moment = z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/))
const accessFile = z.strictObject({
  format: z.literal(format),
  changes: z.optional(z.int().check(z.gte(0))),
  keys: z.array(
    z.strictObject({
      id: z.string().check(z.regex(/^[0-9a-f]{8}$/)),
      name: z.string(),
      digest: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
      models: z.nullable(z.array(z.string())),
      recordsPerHour: z.nullable(z.int().check(z.positive())),
      operator: z.optional(z.boolean()),
      made: moment,
      expires: moment,
      revoked: z.nullable(moment),
    }),
  ),
})

/** What is in the file, and how often it was changed: an earlier state of it has a lower number. */
export interface AccessFile {
  readonly changes: number
  readonly keys: readonly KeptKey[]
}

/** Nothing where there is no file. Throws `access/keys` for one that cannot be read or holds something else. */
export async function readAccessFile(file: string): Promise<AccessFile> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return { changes: 0, keys: [] }
    throw errorOf('access/keys', 'accessFileUnreadable', { file })
  }
  const found = z.safeParse(accessFile, readDigested(text))
  if (!found.success) throw errorOf('access/keys', 'accessFileShape', { file })
  const { changes = 0, keys } = found.data
  return { changes, keys }
}

/**
 * Replaces what a file holds by what `change` makes of it, at once, and on disk before it resolves. One change at a time: a second one
 * is refused, so that neither is lost. Throws `access/keys`.
 */
export async function changeAccessFile(
  file: string,
  change: (keys: readonly KeptKey[]) => readonly KeptKey[],
): Promise<void> {
  const draft = `${file}.new`
  await mkdir(dirname(file), { recursive: true, mode: 0o700 }).catch(() => {})
  const handle = await open(draft, 'wx', 0o600).catch((thrown: NodeJS.ErrnoException) => {
    throw errorOf('access/keys', thrown.code === 'EEXIST' ? 'accessFileInUse' : 'accessFileUnwritable', { file })
  })
  try {
    const before = await readAccessFile(file)
    const after: AccessFile = { changes: before.changes + 1, keys: change(before.keys) }
    await handle.writeFile(`${writeDigested({ format, ...after }, 2)}\n`)
    await giveToOwnerOf(dirname(file), draft)
    await handle.sync()
    await handle.close()
    await rename(draft, file)
  } catch (thrown) {
    await handle.close().catch(() => {})
    await rm(draft, { force: true })
    throw thrown
  }
}

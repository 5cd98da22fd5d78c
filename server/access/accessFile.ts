import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as z from 'zod/mini'
import { readDigested, writeDigested } from '../digested.ts'
import { errorOf } from '../faults.ts'
import { giveToOwnerOf } from '../ownedAs.ts'
import { readJson, writeJson } from '../sealed/json.ts'
import { seal, sealedBy, sealingKey, unseal } from '../sealed/seal.ts'
import type { Secret } from '../secret.ts'
import { readDistinguishedName } from './distinguishedName.ts'

/** Who may ask, in a file that `blindscore keys` writes and the server reads, sealed under the server's secret: by an API key or by a certificate. */
interface Entry {
  readonly id: string
  /** What its holder is called, for the operator alone. */
  readonly name: string
  /** The ids of the models that it may use; null for all. */
  readonly models: readonly string[] | null
  readonly recordsPerHour: number | null
  /** Whether its holder runs the server: it may see what all use. */
  readonly operator?: boolean | undefined
  /** Moments as ISO 8601 in UTC has them. `revoked` is null for what was not taken back. */
  readonly made: string
  readonly expires: string
  readonly revoked: string | null
}

export interface KeptKey extends Entry {
  /** See `Secret.digestOfAccess`, in hexadecimal. */
  readonly digest: string
}

export interface KeptCertificate extends Entry {
  /** Its subject, a name that `readDistinguishedName` takes. */
  readonly certificate: string
}

export type Kept = KeptKey | KeptCertificate

export const isCertificate = (kept: Kept): kept is KeptCertificate => 'certificate' in kept

/** What earlier versions wrote is in the clear: of keys alone, and with certificates among them. */
const formats = {
  keys: 'blindscore-access/1',
  certificates: 'blindscore-access/2',
  sealed: 'blindscore-access/3',
} as const
const moment = z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/))
const entry = {
  id: z.string().check(z.regex(/^[0-9a-f]{8}$/)),
  name: z.string(),
  models: z.nullable(z.array(z.string())),
  recordsPerHour: z.nullable(z.int().check(z.positive())),
  operator: z.optional(z.boolean()),
  made: moment,
  expires: moment,
  revoked: z.nullable(moment),
}
const keptKey = z.strictObject({ ...entry, digest: z.string().check(z.regex(/^[0-9a-f]{64}$/)) })
const certificate = z.string().check(z.refine((text) => readDistinguishedName(text) !== null))
const keptCertificate = z.strictObject({ ...entry, certificate })
const changes = z.optional(z.int().check(z.gte(0)))
const sealedFile = z.strictObject({ format: z.literal(formats.sealed), sealed: z.string() })
const contents = z.strictObject({
  changes: z.int().check(z.gte(0)),
  keys: z.array(z.union([keptKey, keptCertificate])),
})
const clearFile = z.union([
  z.strictObject({ format: z.literal(formats.keys), changes, keys: z.array(keptKey) }),
  z.strictObject({
    format: z.literal(formats.certificates),
    changes,
    keys: z.array(z.union([keptKey, keptCertificate])),
  }),
])

/** What is in the file, and how often it was changed: an earlier state of it has a lower number. */
export interface AccessFile {
  readonly changes: number
  readonly keys: readonly Kept[]
}

/** What the file holds is sealed about. */
const about = ['access file']

/**
 * Nothing where there is no file. `isClear`: whether an earlier version wrote it, which sealed nothing. Throws `access/keys` for one that
 * cannot be read, holds something else or is sealed under another secret.
 */
export async function readAccessFile(
  file: string,
  { keyOfAccess }: Pick<Secret, 'keyOfAccess'>,
): Promise<AccessFile & { readonly isClear: boolean }> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return { changes: 0, keys: [], isClear: false }
    throw errorOf('access/keys', 'accessFileUnreadable', { file })
  }
  const held = readDigested(text)
  const sealed = z.safeParse(sealedFile, held)
  if (sealed.success) {
    const bytes = Buffer.from(sealed.data.sealed, 'base64url')
    const key = sealingKey(keyOfAccess)
    if (sealedBy(bytes) !== key.id) throw errorOf('access/keys', 'accessFileOtherSecret', { file })
    const opened = await unseal([key], about, bytes)
    const found = readJson(contents, opened)
    if (found === null) throw errorOf('access/keys', 'accessFileShape', { file })
    return { ...found, isClear: false }
  }
  const clear = z.safeParse(clearFile, held)
  if (!clear.success) throw errorOf('access/keys', 'accessFileShape', { file })
  const { changes = 0, keys } = clear.data
  return { changes, keys, isClear: true }
}

/**
 * Replaces what a file holds by what `change` makes of it, at once, and on disk before it resolves. One change at a time: a second one
 * is refused, so that neither is lost. What is in the clear is sealed where that is what is wanted (`sealClear`), and else refused: it may be
 * of somebody who has not the secret. Throws `access/keys`, also for a secret that the next start will not have.
 */
export async function changeAccessFile(
  file: string,
  secret: Pick<Secret, 'keyOfAccess' | 'kept'>,
  change: (keys: readonly Kept[]) => readonly Kept[],
  { sealClear = false } = {},
): Promise<void> {
  if (!secret.kept) throw errorOf('access/keys', 'accessSecretNotKept')
  const draft = `${file}.new`
  await mkdir(dirname(file), { recursive: true, mode: 0o700 }).catch(() => {})
  const handle = await open(draft, 'wx', 0o600).catch((thrown: NodeJS.ErrnoException) => {
    throw errorOf('access/keys', thrown.code === 'EEXIST' ? 'accessFileInUse' : 'accessFileUnwritable', { file })
  })
  try {
    const before = await readAccessFile(file, secret)
    if (before.isClear && !sealClear) throw errorOf('access/keys', 'accessFileClear', { file })
    const after: AccessFile = { changes: before.changes + 1, keys: change(before.keys) }
    const sealed = await seal(sealingKey(secret.keyOfAccess), about, writeJson(after))
    const text = writeDigested({ format: formats.sealed, sealed: Buffer.from(sealed).toString('base64url') }, 2)
    await handle.writeFile(`${text}\n`)
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

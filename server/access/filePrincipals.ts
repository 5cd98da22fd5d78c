import { stat } from 'node:fs/promises'
import { asBlindscoreError } from '../../core/errors.ts'
import { errorOf, fail } from '../faults.ts'
import { type Log, silentLog } from '../log.ts'
import type { Secret } from '../secret.ts'
import { type KeptKey, readAccessFile } from './accessFile.ts'
import { type AccessKey, isKeyOf, readAccessKey } from './accessKey.ts'
import type { Principal, Principals } from './principals.ts'

/** So many milliseconds after a change of the file it is known here: keys that are taken back are refused from then on. */
const lookEvery = 1000

interface Parts {
  readonly log?: Log
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** What tells one version of the file from the next. */
  readonly versionOf?: (file: string) => Promise<string>
}

/** Those whose keys are in a file, read again when it changes. */
export class FilePrincipals implements Principals {
  readonly #file: string
  readonly #secret: Secret
  readonly #now: () => number
  readonly #log: Log
  readonly #versionOf: (file: string) => Promise<string>
  #keys: ReadonlyMap<string, KeptKey> = new Map()
  /** How often the file had been changed when it was read last. */
  #changes = 0
  #version = ''
  #looked = 0
  /** The version that could not be read, which is said once. */
  #unread = ''
  /** The look that is under way or was last, and the one that begins after it, where somebody waits for that. */
  #look: Promise<void> = Promise.resolve()
  #nextLook: Promise<void> | null = null

  private constructor(
    file: string,
    secret: Secret,
    { log = silentLog, now = Date.now, versionOf = fileVersion }: Parts,
  ) {
    this.#file = file
    this.#secret = secret
    this.#log = log
    this.#now = now
    this.#versionOf = versionOf
  }

  /** Throws `access/keys` for a file that cannot be used, and for a secret that the next start will not have. */
  static async open(file: string, secret: Secret, parts: Parts = {}): Promise<FilePrincipals> {
    if (!secret.kept) throw errorOf('access/keys', 'accessSecretNotKept')
    const principals = new FilePrincipals(file, secret, parts)
    await principals.#read()
    return principals
  }

  async of(text: string): Promise<Principal> {
    const key = readAccessKey(text)
    if (Math.abs(this.#now() - this.#looked) >= lookEvery) await this.#lookNow()
    let kept = this.#kept(key)
    if (kept === null) {
      // It may have been made since: whichever process it comes to, a new key is taken at once.
      await this.#lookNow()
      kept = this.#kept(key)
    }
    if (kept === null || kept.revoked !== null) fail('access/refused', 'accessRefused')
    if (this.#now() >= Date.parse(kept.expires))
      fail('access/expired', 'accessExpired', { on: kept.expires.slice(0, 10) })
    return {
      id: kept.id,
      models: kept.models && new Set(kept.models),
      ...(kept.operator && { operator: true }),
    }
  }

  recordsPerHour(id: string): number | null {
    return this.#keys.get(id)?.recordsPerHour ?? null
  }

  /** Null for a key that is none of these. Whether there is such an id is told by no time: without one the same digest is compared. */
  #kept(key: AccessKey): KeptKey | null {
    const kept = this.#keys.get(key.id)
    return isKeyOf(key, kept?.digest ?? '00'.repeat(32), this.#secret) && kept ? kept : null
  }

  /** A look that begins after it was asked for. All who ask during one share the next, so that however many do, one is under way. */
  #lookNow(): Promise<void> {
    this.#nextLook ??= this.#look.then(() => {
      this.#nextLook = null
      this.#look = this.#read()
      return this.#look
    })
    return this.#nextLook
  }

  /**
   * A file that is being mended by hand takes nobody's access, nor does it give any: what was known stays until it can be read, and the
   * log says so, for a key that was taken back there is still taken here. So does it where the file is one of before: a key that was
   * taken back since is none again.
   */
  async #read(): Promise<void> {
    this.#looked = this.#now()
    const version = await this.#versionOf(this.#file)
    if (version === this.#version) return
    const found = await readAccessFile(this.#file).catch((thrown: unknown) => {
      if (this.#version === '') throw thrown
      const { code, fault } = asBlindscoreError(thrown)
      return this.#leave(version, { code, fault }, 'cannot be read')
    })
    if (found === null) return
    const { changes, keys } = found
    // Without the file nobody has a key: that gives none back.
    if (changes < this.#changes && keys.length > 0) {
      this.#leave(version, { code: 'access/keys', changes, known: this.#changes }, 'is an earlier one')
      return
    }
    this.#changes = Math.max(changes, this.#changes)
    this.#keys = new Map(keys.map((key) => [key.id, key]))
    this.#version = version
  }

  /** Says once of a version of the file that it is not taken. */
  #leave(version: string, facts: object, what: string): null {
    if (this.#unread !== version)
      this.#log.error(facts, `the file of API keys ${what}: those that were known stay as they were`)
    this.#unread = version
    return null
  }
}

/** Another one after each change of a file. */
async function fileVersion(file: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(file)
    return `${ino} ${size} ${mtimeMs}`
  } catch {
    return 'none'
  }
}

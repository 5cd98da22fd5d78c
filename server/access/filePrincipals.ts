import { stat } from 'node:fs/promises'
import { asBlindscoreError } from '../../core/errors.ts'
import { errorOf, fail } from '../faults.ts'
import { type Log, silentLog } from '../log.ts'
import type { Secret } from '../secret.ts'
import { isCertificate, type Kept, type KeptCertificate, type KeptKey, readAccessFile } from './accessFile.ts'
import { type AccessKey, isKeyOf, readAccessKey } from './accessKey.ts'
import { idOfCertificate } from './certificate.ts'
import { readDistinguishedName } from './distinguishedName.ts'
import type { EnteredCertificates, Principal, Principals } from './principals.ts'

/** So many milliseconds after a change of the file it is known here: who is taken back is refused from then on. */
const lookEvery = 1000

interface Parts {
  /** Whether API keys are taken, besides certificates. */
  readonly takesKeys?: boolean
  readonly log?: Log
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** What tells one version of the file from the next. */
  readonly versionOf?: (file: string) => Promise<string>
}

/** Those whose keys and certificates are in a file, read again when it changes. */
export class FilePrincipals implements Principals, EnteredCertificates {
  readonly #file: string
  readonly #secret: Secret
  readonly #takesKeys: boolean
  readonly #now: () => number
  readonly #log: Log
  readonly #versionOf: (file: string) => Promise<string>
  #keys: ReadonlyMap<string, KeptKey> = new Map()
  /** By what their subjects say: of several entries the last one counts. */
  #certificates: ReadonlyMap<string | null, KeptCertificate> = new Map()
  #recordsPerHour: ReadonlyMap<string, number | null> = new Map()
  /** How often the file had been changed when it was read last. */
  #changes = 0
  /** Whether what was read at the start was in the clear, and everything since: who has not the secret can write that as well. */
  #takesClear = false
  /** All that was ever read, by id, in its order: what was taken back is none again. */
  readonly #known = new Map<string, Kept>()
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
    { takesKeys = true, log = silentLog, now = Date.now, versionOf = fileVersion }: Parts,
  ) {
    this.#file = file
    this.#secret = secret
    this.#takesKeys = takesKeys
    this.#log = log
    this.#now = now
    this.#versionOf = versionOf
  }

  /**
   * Throws `access/keys` for a file that cannot be used, and, where API keys are taken, for a secret that the next start will not have.
   */
  static async open(file: string, secret: Secret, parts: Parts = {}): Promise<FilePrincipals> {
    if (!secret.kept && parts.takesKeys !== false) throw errorOf('access/keys', 'accessSecretNotKept')
    const principals = new FilePrincipals(file, secret, parts)
    await principals.#read()
    return principals
  }

  async of(text: string): Promise<Principal> {
    const key = readAccessKey(text)
    const kept = await this.#current(() => this.#kept(key))
    if (kept === null || kept.revoked !== null) fail('access/refused', 'accessRefused')
    if (this.#hasEnded(kept)) fail('access/expired', 'accessExpired', { on: dayOf(kept) })
    return principalOf(kept)
  }

  async certified(subject: string): Promise<Principal | null> {
    const name = readDistinguishedName(subject)
    if (name === null) return null
    const kept = await this.#current(() => this.#certificates.get(name) ?? null)
    if (kept === null) return null
    if (kept.revoked !== null) fail('access/refused', 'certificateRefused')
    if (this.#hasEnded(kept)) fail('access/expired', 'certificateExpired', { on: dayOf(kept) })
    return principalOf(kept)
  }

  recordsPerHour(id: string): number | null {
    return this.#recordsPerHour.get(id) ?? null
  }

  /** What is found in the file as it was within the last second or, where that is nothing, as it is now. */
  async #current<Found>(find: () => Found | null): Promise<Found | null> {
    if (Math.abs(this.#now() - this.#looked) >= lookEvery) await this.#lookNow()
    const found = find()
    if (found !== null) return found
    // It may have been entered since: whichever process it comes to, that is known at once.
    await this.#lookNow()
    return find()
  }

  #hasEnded({ expires }: Kept): boolean {
    return this.#now() >= Date.parse(expires)
  }

  /** Null for a key that is none of these. Whether there is such an id is told by no time: without one the same digest is compared. */
  #kept(key: AccessKey): KeptKey | null {
    if (!this.#takesKeys) return null
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
   * A file that cannot be read takes nobody's access, nor does it give any: what was known stays until it can be, and the log says so, for a key that was taken back there is still taken here. So does it where the file is one of before: a key that was
   * taken back since is none again.
   */
  async #read(): Promise<void> {
    this.#looked = this.#now()
    const version = await this.#versionOf(this.#file)
    if (version === this.#version) return
    const found = await readAccessFile(this.#file, this.#secret).catch((thrown: unknown) => {
      if (this.#version === '') throw thrown
      const { code, fault } = asBlindscoreError(thrown)
      return this.#leave(version, { code, fault }, 'cannot be read')
    })
    if (found === null) return
    const { changes, keys, isClear } = found
    if (isClear && this.#version === '') {
      this.#takesClear = true
      this.#log.warn(
        {},
        'the file of API keys is not sealed, as of an earlier version: `blindscore keys seal` seals it',
      )
    }
    if (isClear && !this.#takesClear) return void this.#leave(version, { code: 'access/keys' }, 'is not sealed')
    // Without the file nobody has a key: that gives none back. But whose certificate was taken back, or is for some models, would have all.
    if (changes < this.#changes && (keys.length > 0 || this.#certificates.size > 0)) {
      this.#leave(version, { code: 'access/keys', changes, known: this.#changes }, 'is an earlier one')
      if (keys.length > 0) return
      this.#take([...this.#known.values()].filter(isCertificate))
      this.#version = version
      return
    }
    this.#changes = Math.max(changes, this.#changes)
    if (!isClear && changes > 0) this.#takesClear = false
    this.#take(this.#withKnown(version, keys))
    this.#version = version
  }

  /**
   * What is in a file that may have been an earlier one, changed since: who was taken back stays so, and a certificate that is missing
   * stays entered as it was, for one that is not may be answered for all models.
   */
  #withKnown(version: string, keys: readonly Kept[]): readonly Kept[] {
    const ids = new Set(keys.map(({ id }) => id))
    const missing = [...this.#known.values()].filter((kept) => isCertificate(kept) && !ids.has(kept.id))
    const revokedOf = ({ id, revoked }: Kept) => revoked ?? this.#known.get(id)?.revoked ?? null
    if (missing.length > 0 || keys.some((kept) => kept.revoked !== revokedOf(kept)))
      this.#leave(version, { code: 'access/keys' }, 'has not all that it had')
    return [...missing, ...keys.map((kept) => ({ ...kept, revoked: revokedOf(kept) }))]
  }

  #take(all: readonly Kept[]): void {
    for (const kept of all) this.#known.set(kept.id, kept)
    const certificates = all.filter(isCertificate)
    this.#keys = new Map(all.flatMap((kept) => (isCertificate(kept) ? [] : [[kept.id, kept]])))
    this.#certificates = new Map(certificates.map((kept) => [readDistinguishedName(kept.certificate), kept]))
    this.#recordsPerHour = new Map(all.map((kept) => [idOf(kept), kept.recordsPerHour]))
  }

  /** Says once of a version of the file that it is not taken. */
  #leave(version: string, facts: object, what: string): null {
    if (this.#unread !== version)
      this.#log.error(facts, `the file of API keys ${what}: those that were known stay as they were`)
    this.#unread = version
    return null
  }
}

/** A certificate's is its subject as it was entered, however it is written where it is shown: so its holder has one hour. */
function idOf(kept: Kept): string {
  return isCertificate(kept) ? idOfCertificate(kept.certificate) : kept.id
}

function principalOf(kept: Kept): Principal {
  return {
    id: idOf(kept),
    models: kept.models && new Set(kept.models),
    ...(kept.operator && { operator: true }),
  }
}

function dayOf({ expires }: Kept): string {
  return expires.slice(0, 10)
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

import { createHmac, randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { aessiv } from '@noble/ciphers/aes.js'
import { ed25519 } from '@noble/curves/ed25519.js'
import { type Checkpoint, signCheckpoint, type UnsignedCheckpoint } from '../files/checkpoint.ts'
import { type Signer, signedOf } from '../files/signature.ts'
import { errorOf } from './faults.ts'
import type { SealedNames } from './state/sealedUses.ts'

/** The vendor's secret that hides the weights in the cards' commitments (`model/commitment.ts`). */
export interface Secret {
  /** The opening of a model's commitment: the same as long as the secret is, and random to who does not know that. */
  openingOf(model: string): Uint8Array
  /** A keyed digest of an API key's secret half, which tells it from every other and by which nobody finds it. */
  digestOfAccess(id: string, secret: string): Uint8Array
  /** What a client is called where its address shall not stand: the same as long as the secret is. */
  nameOfClient(client: string): string
  /** What a proxy may tell a key's requests by (`routes/keys.ts`): it says nothing to who does not have the key. */
  tokenOfKey(fingerprint: string): string
  /** A keyed digest of what was said of a key that passed its check: whoever has not the secret makes none. */
  markOfKey(said: string): Uint8Array
  /** What a store calls by whom and of which model something was used. */
  readonly namesOfUses: SealedNames
  /** Seals the file of API keys. */
  readonly keyOfAccess: Uint8Array
  /** Seals the versions that are kept over restarts. */
  readonly keyOfVersions: Uint8Array
  /** Tells a store of servers with this secret from one of others. */
  readonly nameOfStore: string
  /** What signs the scores of files: the same as long as the secret is. */
  readonly signer: Signer
  /** Signs how far the log of answers has come, with the same key. */
  signCheckpoint(unsigned: UnsignedCheckpoint): Checkpoint
  /** Whether the secret will be the same after a restart. */
  readonly kept: boolean
}

const bytesOfSecret = 32

export type Environment = Readonly<Record<string, string | undefined>>

/** Where a server keeps what must outlive it: it is this machine's, and not among the models, which may be read-only. */
export function stateFolder(env: Environment): string {
  return join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'blindscore')
}

/** Where API keys are kept when no other file is named. */
export function defaultAccessFile(env: Environment): string {
  return join(stateFolder(env), 'access.json')
}

/** Where it is kept what clients use when no other folder is named. */
export function defaultBudgetsFolder(env: Environment): string {
  return join(stateFolder(env), 'budgets')
}

/** Where the secret is kept when no other file is named. */
export function defaultSecretFile(env: Environment): string {
  return join(stateFolder(env), 'secret')
}

/**
 * The secret of a file, which is made when it is not there. Rejects with `model/invalid` when what is there is no secret, or when
 * a file was named and cannot be made. Where none was named and none can be kept, the secret is this process's alone.
 */
export async function readSecret(named: string | undefined, env: Environment): Promise<Secret> {
  const file = named ?? defaultSecretFile(env)
  const bytes = (await held(file, named !== undefined)) ?? (await made(file))
  if (bytes === null && named !== undefined) throw errorOf('model/invalid', 'secretUnwritable', { file })
  return secretOf(bytes ?? randomBytes(bytesOfSecret), bytes !== null)
}

/** The secret of a file that is there. Throws `access/keys` where there is none, and `model/invalid` for what is no secret. */
export async function readSecretThere(named: string | undefined, env: Environment): Promise<Secret> {
  const file = named ?? defaultSecretFile(env)
  const bytes = await held(file, true)
  if (bytes === null) throw errorOf('access/keys', 'secretMissing', { file })
  return secretOf(bytes, true)
}

export function secretOf(bytes: Uint8Array, kept: boolean): Secret {
  const seed = createHmac('sha256', bytes).update('blindscore file signer 1').digest()
  return {
    kept,
    signer: { publicKey: ed25519.getPublicKey(seed), sign: (chain) => ed25519.sign(signedOf(chain), seed) },
    digestOfAccess: (id, text) => createHmac('sha256', bytes).update(`blindscore API key 1\0${id}\0${text}`).digest(),
    nameOfClient: (client) =>
      createHmac('sha256', bytes).update(`blindscore client 1\0${client}`).digest('hex').slice(0, 32),
    tokenOfKey: (fingerprint) =>
      createHmac('sha256', bytes)
        .update(`blindscore key token 1\0${fingerprint}`)
        .digest()
        .subarray(0, 18)
        .toString('base64url'),
    markOfKey: (said) => createHmac('sha256', bytes).update(`blindscore checked key 1\0${said}`).digest(),
    namesOfUses: namesUnder(createHmac('sha512', bytes).update('blindscore uses 1').digest()),
    keyOfAccess: createHmac('sha256', bytes).update('blindscore access file 1').digest(),
    keyOfVersions: createHmac('sha256', bytes).update('blindscore versions 1').digest(),
    nameOfStore: createHmac('sha256', bytes).update('blindscore store 1').digest('hex').slice(0, 16),
    signCheckpoint: (unsigned) => signCheckpoint(unsigned, seed),
    openingOf: (model) => createHmac('sha256', bytes).update(`blindscore opening 1\0${model}`).digest(),
  }
}

/** By AES-256-SIV (RFC 5297), under a key of 64 bytes: of equal texts it gives equal names, and of others nothing but their lengths. */
function namesUnder(key: Uint8Array): SealedNames {
  return {
    seal: (text) => Buffer.from(aessiv(key).encrypt(Buffer.from(text))).toString('base64url'),
    open(name) {
      try {
        return Buffer.from(aessiv(key).decrypt(Buffer.from(name, 'base64url'))).toString()
      } catch {
        return null
      }
    },
  }
}

/** Null when there is none: a place that was not named may also be one that this process may not look at. */
async function held(file: string, named: boolean): Promise<Uint8Array | null> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (thrown) {
    if (!named || ['ENOENT', 'ENOTDIR'].includes((thrown as NodeJS.ErrnoException).code ?? '')) return null
    throw errorOf('model/invalid', 'secretUnreadable', { file })
  }
  const hex = text.trim()
  if (!/^[0-9a-f]{64}$/.test(hex)) throw errorOf('model/invalid', 'secretShape', { file })
  return Buffer.from(hex, 'hex')
}

/** Null when the file cannot be made. Of servers that start at once all get the same: a link is made once, and whole. */
async function made(file: string): Promise<Uint8Array | null> {
  const draft = `${file}.${randomBytes(8).toString('hex')}`
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await writeFile(draft, `${randomBytes(bytesOfSecret).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
    await link(draft, file).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code !== 'EEXIST') throw thrown
    })
  } catch {
    return null
  } finally {
    await rm(draft, { force: true }).catch(() => {})
  }
  return held(file, true)
}

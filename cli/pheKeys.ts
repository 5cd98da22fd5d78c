import { readFile } from 'node:fs/promises'
import { argon2 } from '../client/owner/argon2.ts'
import { Key } from '../client/owner/key.ts'
import { platform } from '../client/owner/platform.ts'
import { wrapKey, wrappedKeyFormat } from '../client/owner/wrappedKey.ts'
import { shortestPassphrase } from '../client/passphrase.ts'
import { unforeseen } from '../core/errors.ts'
import { fromBytes } from '../core/number/bytes.ts'
import type { ParameterSet, ScoringKey } from '../core/protocol/scheme.ts'
import { parameterSet } from '../core/protocol/schemes.ts'
import { readPheKey, secretBytes, writePheKey } from '../interop/phe/private/privateKey.ts'
import { bytesOfModulus, publicJwk, readAnyPublicKey } from '../interop/phe/publicKey.ts'
import { enableRelaxedSimd } from '../kernel/node.ts'
import { ownerEngines, ownerOf } from '../kernel/ownerEngines.ts'
import { scoringEngines } from '../kernel/scoringEngines.ts'
import { fromThere, UsageError } from './command.ts'
import { passphrase } from './keyOfBackup.ts'

/** Keys as `blindscore phe` takes them from files and writes them. */

enableRelaxedSimd()

/** p ‖ q of a Paillier key. */
interface PheSecret {
  readonly set: ParameterSet
  readonly bytes: Uint8Array<ArrayBuffer>
}

const isBackup = (text: string): boolean => text.includes(`"${wrappedKeyFormat}"`)

/** The private key of a file: python-paillier's, or a Blindscore backup with its passphrase. */
export async function privateKeyIn(path: string): Promise<PheSecret> {
  const text = await readFile(fromThere(path), 'utf8')
  if (isBackup(text)) return (await Key.load(text, passphrase())).secret
  const key = readPheKey(text)
  const set = parameterSet(`paillier-${key.bits}`)
  const bytes = secretBytes(key)
  ownerOf(set).checkSecret(set, bytes, platform.random)
  return { set, bytes }
}

/** The public key of any file that says one. */
export async function publicKeyIn(path: string): Promise<bigint> {
  const text = await readFile(fromThere(path), 'utf8')
  if (isBackup(text)) return modulusOf((await Key.load(text, passphrase())).secret)
  return readAnyPublicKey(text)
}

export function modulusOf({ set, bytes }: PheSecret): bigint {
  return fromBytes(ownerOf(set).publicKey(set, bytes))
}

export function ownerKeyOf({ set, bytes }: PheSecret) {
  const engine = ownerEngines().engines.find(({ owner }) => owner.scheme.name === set.scheme)
  return (engine ?? unforeseen('a scheme without an engine')).key(set, bytes)
}

/** What scores and seals under a public key, once the key has shown all that it can show without a proof. */
export async function scoringKeyOf(n: bigint): Promise<ScoringKey> {
  const bytes = bytesOfModulus(n)
  const set = parameterSet(`paillier-${8 * bytes.length}`)
  const found = scoringEngines().engines.find(({ scheme }) => scheme.name === set.scheme)
  const engine = found ?? unforeseen('a scheme without an engine')
  for (let step = 0; step < engine.scheme.keyCheckSteps; step++) {
    await engine.checkKeyStep(step, set, bytes, null, platform.sha256)
  }
  return engine.key(set, bytes)
}

/** More items than a table of them costs have one made. */
const itemsForTable = 600

export function prepareItems({ ahead }: ScoringKey, count: number): void {
  if (count >= itemsForTable) ahead?.table?.grow(platform.random)
}

export const keyForms = ['private', 'public', 'backup'] as const
export type KeyForm = (typeof keyForms)[number]

/** A key's text: a JSON Web Key of python-paillier, or a backup under the passphrase. */
export async function writeKey(secret: PheSecret, form: KeyForm): Promise<string> {
  const n = modulusOf(secret)
  const kid = `Paillier key of Blindscore, ${secret.set.bits} bits`
  if (form === 'public') return `${JSON.stringify(publicJwk(n, kid))}\n`
  if (form === 'private') {
    const { bytes } = secret
    const half = bytes.length / 2
    return writePheKey({ p: fromBytes(bytes.subarray(0, half)), q: fromBytes(bytes.subarray(half)), n }, kid)
  }
  if (passphrase().length < shortestPassphrase) {
    throw new UsageError(`BLINDSCORE_PASSPHRASE must have at least ${shortestPassphrase} characters.`)
  }
  return wrapKey(secret, passphrase(), argon2, platform)
}

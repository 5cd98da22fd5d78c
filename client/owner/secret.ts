import { toHex } from '../../core/number/bytes.ts'
import type { Platform } from '../../core/private/owner.ts'
import { keyFingerprint, type ParameterSet, type PublicKey } from '../../core/protocol/scheme.ts'
import { ownerOf } from '../../kernel/ownerEngines.ts'

/** A key's secret, in the memory of who owns it. */
export interface Secret {
  readonly set: ParameterSet
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** A fresh secret. Throws what the platform throws. */
export async function generateSecret(set: ParameterSet, platform: Platform): Promise<Secret> {
  return { set, bytes: await ownerOf(set).generate(set, platform) }
}

export async function fingerprintOf({ set, bytes }: Secret, { sha256 }: Pick<Platform, 'sha256'>): Promise<string> {
  return toHex(await keyFingerprint(ownerOf(set).publicKey(set, bytes), sha256))
}

/** What may leave the owner: the public key, with the proof that servers ask for. */
export async function publicKeyOf(secret: Secret, platform: Pick<Platform, 'sha256'>): Promise<PublicKey> {
  const { set, bytes } = secret
  const owner = ownerOf(set)
  const publicKey = owner.publicKey(set, bytes)
  const [fingerprint, proof] = await Promise.all([
    keyFingerprint(publicKey, platform.sha256).then(toHex),
    owner.prove(set, bytes, platform.sha256),
  ])
  return { set: set.id, fingerprint, bytes: publicKey, proof }
}

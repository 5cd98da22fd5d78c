import * as z from 'zod/mini'
import { asBlindscoreError } from '../../core/errors.ts'
import { fail } from '../faults.ts'
import { count, hex, readJson } from '../sealed/json.ts'
import type { Rotated } from '../sealed/rotate.ts'
import type { Bound, Kind, Opened, Vault } from '../sealed/vault.ts'

/** What a run is: sealed in its newest manifest, whose number its entry in the key store says. */

const storedChunk = z.strictObject({
  /** SHA-256 of the chunk in CBOR: what lies there has to have it. */
  digest: hex(64),
  /** Ends the name of its object: each that is put has one of its own, so that none is in another's place. */
  object: hex(16),
  records: count,
  bytes: count,
})
export type StoredChunk = z.infer<typeof storedChunk>

const manifest = z.strictObject({
  v: z.literal(1),
  /** Counts the manifests of the run, from 1. */
  number: count,
  state: z.enum(['open', 'started']),
  model: z.string(),
  /** The hash of the card that all chunks are for. */
  card: hex(64),
  /** The fingerprint and parameter set of the public key, which is an object of its own. */
  key: hex(64),
  set: z.string(),
  /** As it stands in each chunk. */
  clientRun: hex(32),
  /** As the client declared them. */
  chunks: count,
  records: count,
  /** The chunks that are there, by number. */
  stored: z.record(z.string(), storedChunk),
  /** SHA-256 of the token that its requests carry. */
  token: hex(64),
  created: z.string(),
})
export type Manifest = z.infer<typeof manifest>

export type RunVault = Vault<Manifest>
/** A run as it was read. */
export type OpenRun = Opened<Manifest>

export const runKind: Kind<Manifest> = {
  label: 'blindscore stored run 1',
  prefix: '',
  readManifest: (bytes) => readJson(manifest, bytes),
  damaged: () => fail('run/damaged', 'runDamaged'),
}

/** Tells what was altered from what cannot be read at the moment, which is thrown on. */
export function unlessDamaged(thrown: unknown): 'damaged' {
  if (asBlindscoreError(thrown).code === 'run/damaged') return 'damaged'
  throw thrown
}

/** The public key of a run. */
export const keyObject = ({ key }: Pick<Manifest, 'key'>): Bound => ({ name: 'key', bound: [key] })

/** The version of its model, from its first chunk on. */
export const modelObject = ({ model, card }: Pick<Manifest, 'model' | 'card'>): Bound => ({
  name: 'model',
  bound: [`${model}@${card}`],
})

/** A chunk, as it was put. */
export const chunkObject = (chunk: number, { digest, object }: StoredChunk): Bound => ({
  name: `in/${chunk}-${object}`,
  bound: [digest],
})

/** Its answer, with what that depends on: the chunk's bytes, the key, the model's version. */
export const answerObject = ({ manifest }: OpenRun, chunk: number, { digest }: StoredChunk): Bound => ({
  name: `out/${chunk}`,
  bound: [digest, manifest.key, `${manifest.model}@${manifest.card}`],
})

/** Why it will have none. */
export const failureObject = (chunk: number, { digest }: StoredChunk): Bound => ({
  name: `failed/${chunk}`,
  bound: [digest],
})

/** Some of what its table of masks is made of. */
export const basesObject = ({ manifest }: OpenRun, part: number): Bound => ({
  name: `base/${part}`,
  bound: [manifest.key, manifest.set],
})

/** The chunks of a run that were answered, and those that will not be. */
export async function outcomesOf(vault: RunVault, { id, manifest }: OpenRun) {
  const numbers = async (folder: 'out' | 'failed'): Promise<number[]> => {
    const found = (await vault.list(id, folder)).map(Number)
    return found.filter((chunk) => manifest.stored[chunk] !== undefined).sort((a, b) => a - b)
  }
  const answered = await numbers('out')
  const isAnswered = new Set(answered)
  return { answered, failed: (await numbers('failed')).filter((chunk) => !isAnswered.has(chunk)) }
}

/** All that lies there of runs. */
export const rotatedRuns: Rotated<Manifest> = {
  kind: runKind,
  async objectsOf(vault, open) {
    const { stored } = open.manifest
    const { answered, failed } = await outcomesOf(vault, open)
    const of = (chunk: number): StoredChunk => stored[chunk] ?? runKind.damaged()
    return [
      keyObject(open.manifest),
      modelObject(open.manifest),
      ...Object.entries(stored).map(([chunk, each]) => chunkObject(Number(chunk), each)),
      ...answered.map((chunk) => answerObject(open, chunk, of(chunk))),
      ...failed.map((chunk) => failureObject(chunk, of(chunk))),
    ]
  },
  async forget(vault, run) {
    for (const folder of ['base', 'begun'])
      for (const name of await vault.list(run, folder)) await vault.delete(run, `${folder}/${name}`)
  },
}

import * as z from 'zod/mini'
import { fail } from '../faults.ts'
import { count, hex, readJson } from '../sealed/json.ts'
import type { Rotated } from '../sealed/rotate.ts'
import type { Bound, Kind, Opened, Vault } from '../sealed/vault.ts'

/** What a study is: sealed in its newest manifest, whose number its entry in the key store says. */

const message = z.strictObject({
  /** SHA-256 of what was said. */
  digest: hex(64),
  /** The name of its object. */
  object: hex(16),
  bytes: count,
})
export type KeptMessage = z.infer<typeof message>

const manifest = z.strictObject({
  v: z.literal(1),
  /** Counts the manifests of the study, from 1. */
  number: count,
  owners: z.int(),
  /** Milliseconds since 1970. */
  created: z.number(),
  /** SHA-256 of the tokens: of whoever made the study, and of each seat. */
  organiser: hex(64),
  seats: z.array(hex(64)),
  /** SHA-256 of the study's file, as its organiser has it: it is an object of its own. */
  study: hex(64),
  /** What was said, by slot and seat: `SLOT/SEAT`. */
  said: z.record(z.string(), message),
})
export type StudyManifest = z.infer<typeof manifest>

export type StudyVault = Vault<StudyManifest>

export const studyKind: Kind<StudyManifest> = {
  label: 'blindscore stored study 1',
  prefix: 'study-',
  readManifest: (bytes) => readJson(manifest, bytes),
  damaged: () => fail('study/damaged', 'studyDamaged'),
}

/** The study's file. */
export const fileObject = ({ study }: Pick<StudyManifest, 'study'>): Bound => ({ name: 'file', bound: [study] })

/** What was said at a place, `SLOT/SEAT`. */
export const messageObject = (place: string, { digest, object }: KeptMessage): Bound => ({
  name: `said/${object}`,
  bound: [place, digest],
})

/** All that lies there of studies. */
export const rotatedStudies: Rotated<StudyManifest> = {
  kind: studyKind,
  objectsOf: async (_, { manifest }: Opened<StudyManifest>) => [
    fileObject(manifest),
    ...Object.entries(manifest.said).map(([place, each]) => messageObject(place, each)),
  ],
}

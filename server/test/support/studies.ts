import { sha256Hex } from '../../digest.ts'
import { studyRoutes } from '../../routes/studies.ts'
import { defaultStudyLimits, type StudyLimits } from '../../studies/limits.ts'
import type { StudyStore } from '../../studies/store.ts'
import { Studies } from '../../studies/studies.ts'
import { makeWorld, type World } from './world.ts'

/** A server that carries messages of pooled studies in this store, or none. */
export function makeStudyWorld(store: StudyStore | null, chosen: Partial<StudyLimits> = {}): Promise<World> {
  const limits = { ...defaultStudyLimits, ...chosen }
  return makeWorld({
    studyDays: store && limits.days,
    moreRoutes: async (app, service) =>
      studyRoutes(app, service, store && (await Studies.open(store, { limits, nameOf: sha256Hex }))),
  })
}

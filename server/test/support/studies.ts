import type { Limits } from '../../limits.ts'
import { studyRoutes } from '../../routes/studies.ts'
import type { StudyStore } from '../../studies/store.ts'
import { Studies } from '../../studies/studies.ts'
import { makeWorld, type World } from './world.ts'

/** A server that carries messages of pooled studies in this store, or none. */
export function makeStudyWorld(store: StudyStore | null, limits: Partial<Limits> = {}): Promise<World> {
  return makeWorld(
    {
      carriesStudies: store !== null,
      moreRoutes: async (app, service) =>
        studyRoutes(app, service, store && (await Studies.open(store, { limits: service.limits }))),
    },
    limits,
  )
}

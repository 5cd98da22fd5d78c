import type { Limits } from '../../limits.ts'
import { studyRoutes } from '../../routes/studies.ts'
import type { Dependencies } from '../../service.ts'
import { defaultStudyLimits, type StudyLimits } from '../../studies/limits.ts'
import { type OpenStudies, openStudies, type StudiesOptions } from '../../studies/openStudies.ts'
import { makeWorld, type World } from './world.ts'

/** A server that carries messages of studies in these stores, or none. */
export async function makeStudyWorld(
  stores: StudiesOptions | null,
  chosen: Partial<StudyLimits> = {},
  more: Partial<Dependencies> = {},
  general: Partial<Limits> = {},
): Promise<World> {
  const limits = { ...defaultStudyLimits, ...stores?.limits, ...chosen }
  let open: OpenStudies | undefined
  const moreRoutes: Dependencies['moreRoutes'] = async (app, service) => {
    open = stores ? await openStudies({ ...stores, limits }, service) : undefined
    studyRoutes(app, service, open?.studies ?? null)
  }
  const world = await makeWorld({ studyDays: stores && limits.days, moreRoutes, ...more }, general)
  return {
    ...world,
    close: async () => {
      await open?.close()
      await world.close()
    },
  }
}

/** A study, as whoever made it knows it. */
export interface MadeStudy {
  readonly id: string
  readonly token: string
  readonly invitations: readonly string[]
  readonly expires: string
}

export const createStudy = (world: World, more: object = {}, address?: string): Promise<Response> =>
  world.ask(
    '/v1/studies',
    {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ v: 1, owners: 3, study: '{"a": [1]}', ...more }),
    },
    address,
  )

export const madeStudy = async (world: World): Promise<MadeStudy> => (await createStudy(world)).json()

export const askStudy = (
  world: World,
  { id }: MadeStudy,
  token: string | undefined,
  path = '',
  init: RequestInit = {},
): Promise<Response> =>
  world.ask(`/v1/studies/${id}${path}`, {
    ...init,
    headers: { ...(token !== undefined && { 'Blindscore-Study-Token': token }), ...init.headers },
  })

export const sayIn = (world: World, study: MadeStudy, seat: number, slot: string, text: string): Promise<Response> =>
  askStudy(world, study, study.invitations[seat], `/messages/${slot}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/octet-stream' },
    body: text,
  })

/** What the owner of the last seat reads of another's message. */
export const readIn = (world: World, study: MadeStudy, slot: string, seat: number): Promise<Response> =>
  askStudy(world, study, study.invitations.at(-1), `/messages/${slot}/${seat}`)

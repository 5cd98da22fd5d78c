import { studyPlace } from '../../client/studyPlace.ts'
import type { NewStudy, StudyServer, StudyTicket } from '../../client/studyServer.ts'
import { outcomeOf } from '../../core/errors.ts'
import type { RpcHost } from '../../rpc/rpcHost.ts'
import type { StudyFile } from '../../study/studyFile.ts'
import type { PoolApi } from '../pool/worker-pool.ts'
import type { InvitedTo, OrganisedBy, PoolPlace } from './poolPlace.ts'

/** How often is looked who has spoken while not all have, in milliseconds. */
const lookEvery = 2000

type Open = () => RpcHost<PoolApi>

/**
 * The study of an invitation, as the server has it, read by a worker that is started for that. Throws `study/unknown`, and
 * `study/invalid` for what is no study, `study/too-large`.
 */
export async function invitedTo(
  server: StudyServer,
  ticket: StudyTicket,
  open: Open,
  signal: AbortSignal,
): Promise<(InvitedTo | OrganisedBy) & MadeHere> {
  const { study: text, owners, seat, expires } = await server.about(ticket, signal)
  const { study, made } = await withWorker(open, async (worker) => {
    const study = await worker.call((remote) => remote.read(text, owners))
    // A browser that keeps nothing has none.
    const made = await outcomeOf(() => worker.call((remote) => remote.made(ticket.id)))
    return { study, made: 'value' in made ? made.value : null }
  })
  return seat === null ? { study, owners, seat, expires, made } : { study, owners, seat, made }
}

interface MadeHere {
  /** The study with its invitations, where it was set up in this browser. */
  readonly made: NewStudy | null
}

/**
 * Makes a place for a study on the server, and has this browser keep its invitations. Throws `study/invalid`, `study/pool` and
 * `study/too-large` before anything is sent.
 */
export async function createStudy(
  server: StudyServer,
  study: StudyFile,
  owners: number,
  open: Open,
): Promise<NewStudy> {
  return withWorker(open, async (worker) => {
    const read = await worker.call((remote) => remote.read(JSON.stringify(study), owners))
    const made = await server.create(JSON.stringify(read), owners)
    // Where nothing is kept they are on show until the tab is closed.
    await outcomeOf(() => worker.call((remote) => remote.keepMade(made)))
    return made
  })
}

async function withWorker<T>(open: Open, work: (worker: RpcHost<PoolApi>) => Promise<T>): Promise<T> {
  const worker = open()
  try {
    return await work(worker)
  } finally {
    worker.end()
  }
}

/** A server as the place of an owner's messages. While it is away it is waited for, as long as the person does. */
export function poolPlace(server: StudyServer, ticket: StudyTicket, owners: number): PoolPlace {
  const place = (signal: AbortSignal) =>
    studyPlace({ server, ticket, owners, patience: Number.POSITIVE_INFINITY, signal })
  return {
    post: (slot, text, signal) => place(signal).post(slot, text),
    async all(slot, signal, onSpoken) {
      const timer = setInterval(() => {
        server.spoken(ticket, slot, 0, signal).then(onSpoken, () => {})
      }, lookEvery)
      try {
        for (;;) {
          const texts = await place(signal).look(slot)
          if (texts !== null) return texts
        }
      } finally {
        clearInterval(timer)
      }
    },
  }
}

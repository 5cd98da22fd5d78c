import { studyPlace } from '../../client/studyPlace.ts'
import type { NewStudy, StudyServer, StudyTicket } from '../../client/studyServer.ts'
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
): Promise<InvitedTo | OrganisedBy> {
  const { study: text, owners, seat, expires } = await server.about(ticket, signal)
  const study = await readStudy(text, owners, open)
  return seat === null ? { study, owners, seat, expires } : { study, owners, seat }
}

/** A study's text, and makes a place for it on the server. Throws `study/invalid` and `study/too-large` before anything is sent. */
export async function createStudy(
  server: StudyServer,
  study: StudyFile,
  owners: number,
  open: Open,
): Promise<NewStudy> {
  return server.create(JSON.stringify(await readStudy(JSON.stringify(study), owners, open)), owners)
}

async function readStudy(text: string, owners: number, open: Open): Promise<StudyFile> {
  const worker = open()
  try {
    return await worker.call((remote) => remote.read(text, owners))
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

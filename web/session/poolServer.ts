import { studyPlace } from '../../client/studyPlace.ts'
import type { StudyServer, StudyTicket } from '../../client/studyServer.ts'
import { fail } from '../../study/faults.ts'
import { parseStudy } from '../../study/studyFile.ts'
import type { InvitedTo, PoolPlace } from './poolPlace.ts'

/** How often is looked who has spoken while not all have, in milliseconds. */
const lookEvery = 2000

/** The study of an invitation, as the server has it. Throws `study/unknown`, and `study/invalid` for what is no study. */
export async function invitedTo(server: StudyServer, ticket: StudyTicket, signal: AbortSignal): Promise<InvitedTo> {
  const { study, owners, seat } = await server.about(ticket, signal)
  // Who made a study takes it away; taking part is for its owners.
  return { study: parseStudy(study), owners, seat: seat ?? fail('study/invalid', 'studyJson') }
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

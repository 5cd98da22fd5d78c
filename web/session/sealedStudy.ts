import { fetchAnswer, putSealed } from '../../client/sealedPlace.ts'
import { readInvitation, type StudyServer, spellInvitation } from '../../client/studyServer.ts'
import type { RpcHost } from '../../rpc/rpcHost.ts'
import { fail } from '../../study/faults.ts'
import type { SealedApi } from '../sealed/worker-sealed.ts'

/** Sealed records and answers, between the worker that has the key and the server that carries them. */

export type SealedHost = RpcHost<SealedApi>

/** An address is a line; nothing longer is looked at as one. Bytes. */
const longestAddress = 2000

/** Puts a sealed file on the server. Returns the other side's address, and the own one. */
export async function uploadSealed(server: StudyServer, file: Uint8Array, digest: string) {
  const { own, theirs } = await putSealed(server, file)
  return { own: spellInvitation(server.url, own), theirs: spellInvitation(server.url, theirs, digest) }
}

/** What a chosen file has: an answer, or the address by which this server has one. Throws `study/unanswered` while it has none. */
export async function answerIn(server: StudyServer, chosen: File): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(await chosen.arrayBuffer())
  const invitation = bytes.length > longestAddress ? null : readInvitation(new TextDecoder().decode(bytes))
  if (invitation === null) return bytes
  const answer = await fetchAnswer(server, invitation.ticket)
  return Uint8Array.from(answer ?? fail('study/unanswered', 'sealedUnanswered'))
}

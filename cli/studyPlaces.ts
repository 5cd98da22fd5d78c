import { readFile, writeFile } from 'node:fs/promises'
import { platform } from '../client/owner/platform.ts'
import { fetchAnswer, fetchSealed, putAnswer, putSealed } from '../client/sealedPlace.ts'
import { type Invitation, readInvitation, StudyServer, spellInvitation } from '../client/studyServer.ts'
import { toHex } from '../core/number/bytes.ts'
import { fail } from '../study/faults.ts'
import { serverAt } from './serverAt.ts'

/** Sealed records and answers to them, in a file or on a server: where there would be a file may be an invitation to the other. */

/** An invitation is a line; nothing longer is looked at as one. Bytes. */
const longestInvitation = 2000

async function invitedBy(path: string): Promise<{ readonly bytes: Buffer; readonly invitation: Invitation | null }> {
  const bytes = await readFile(path)
  return { bytes, invitation: bytes.length > longestInvitation ? null : readInvitation(bytes.toString('utf8')) }
}

/** Puts a sealed file on a server, and the invitation of who sealed into a file. Returns the other side's. */
export async function upload(
  url: string,
  out: string,
  file: Uint8Array,
  sealed: string,
  say: (line: string) => void,
): Promise<string> {
  const server = new StudyServer(serverAt(url))
  const { own, theirs, expires } = await putSealed(server, file)
  try {
    await writeFile(out, `${spellInvitation(server.url, own)}\n`, { mode: 0o600, flag: 'wx' })
  } catch (thrown) {
    await server.discard(own)
    throw thrown
  }
  say(`Give the other side this, and nobody else. The records go at ${expires}.`)
  return spellInvitation(server.url, theirs, sealed)
}

/**
 * A sealed file, and how an answer is given: to the server that has it, or by whoever has the answer's file. Throws `study/sealed`
 * where a server has another file than the one that the invitation is for.
 */
export async function sealedAt(path: string) {
  const { bytes, invitation } = await invitedBy(path)
  if (invitation === null) return { file: bytes, give: async () => {} }
  const server = new StudyServer(serverAt(invitation.server))
  const file = await fetchSealed(server, invitation.ticket)
  if (toHex(await platform.sha256(file.slice())) !== invitation.sealed) fail('study/sealed', 'notSealed')
  return { file, give: (answer: string) => putAnswer(server, invitation.ticket, answer) }
}

/** An answer. Throws `study/unanswered` while a server has none. */
export async function answerAt(path: string): Promise<Uint8Array> {
  const { bytes, invitation } = await invitedBy(path)
  if (invitation === null) return bytes
  const answer = await fetchAnswer(new StudyServer(serverAt(invitation.server)), invitation.ticket)
  return answer ?? fail('study/unanswered', 'sealedUnanswered')
}

import { readFile, writeFile } from 'node:fs/promises'
import { platform } from '../client/owner/platform.ts'
import { studyPlace } from '../client/studyPlace.ts'
import { readInvitation, StudyServer, spellInvitation } from '../client/studyServer.ts'
import type { FileSource } from '../reader/source.ts'
import { fail } from '../study/faults.ts'
import { checkStudySize, digestOfStudy, readPooled } from '../study/pool/join.ts'
import type { StudyFile } from '../study/studyFile.ts'
import { UsageError } from './command.ts'
import type { Say } from './say.ts'
import { serverAt } from './serverAt.ts'
import { type PooledFit, type PoolOptions, poolAt } from './studyPool.ts'

/** Pooled studies whose messages a server carries: made, joined by invitation, and taken away. */

/** Makes a place for the study on a server. Returns an invitation for each owner; `out` gets the organiser's own. */
export async function create(
  text: string,
  server: string,
  owners: number,
  out: string,
): Promise<{ readonly invitations: readonly string[]; readonly expires: string }> {
  // Whoever is invited reads it: what is no study, none that is pooled, or has no room, must not go there.
  await checkStudySize(readPooled(text), owners, platform.sha256)
  const studies = new StudyServer(serverAt(server))
  const made = await studies.create(text, owners)
  const spelled = (token: string): string => spellInvitation(studies.url, { id: made.id, token })
  try {
    await writeFile(out, `${spelled(made.token)}\n`, { mode: 0o600, flag: 'wx' })
  } catch (thrown) {
    await studies.discard(made)
    throw thrown
  }
  return { invitations: made.invitations.map(spelled), expires: made.expires }
}

export interface JoinOptions extends PoolOptions {
  /** The study that this owner means to take part in; null where it takes the server's. */
  readonly study: StudyFile | null
}

/** The fit of all owners who were invited. Throws `study/disagree` where the server has another study than the one that is meant. */
export async function joinInvited(
  path: string,
  input: FileSource,
  { study, ...options }: JoinOptions,
  say: Say,
): Promise<PooledFit & { readonly study: StudyFile }> {
  const { server, ticket } = await invited(path)
  const { study: text, owners, seat } = await server.about(ticket)
  if (seat === null) throw new UsageError('This is the organiser’s invitation: it is for no owner.')
  if (owners !== options.owners.length) throw new UsageError(`--owners takes ${owners} keys: so many were invited.`)
  const theirs = readPooled(text)
  if (study !== null && digestOfStudy(study) !== digestOfStudy(theirs)) fail('study/disagree', 'poolDisagree')
  await checkStudySize(theirs, owners, platform.sha256)
  say(`${theirs.title}: ${theirs.outcome.name} by ${theirs.terms.join(', ')}.`)
  const place = studyPlace({ server, ticket, owners, patience: options.patience })
  return { study: theirs, ...(await poolAt({ place, address: server.url }, theirs, input, options, say)) }
}

/** Takes a study away, which ends it for everybody. */
export async function discard(path: string): Promise<void> {
  const { server, ticket } = await invited(path)
  await server.discard(ticket)
}

async function invited(path: string) {
  const invitation = readInvitation(await readFile(path, 'utf8'))
  if (invitation === null) throw new UsageError('This file holds no invitation: an address that ends with #study=….')
  return { server: new StudyServer(serverAt(invitation.server)), ticket: invitation.ticket }
}

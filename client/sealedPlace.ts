import * as z from 'zod/mini'
import { asBlindscoreError } from '../core/errors.ts'
import { known } from './server.ts'
import { persistently } from './studyPlace.ts'
import { mostMessageBytes, type StudyServer, type StudyTicket } from './studyServer.ts'

/**
 * Records that were sealed for outcomes elsewhere, on a server that carries messages of studies: a study of two. Who seals has the
 * first seat and says its file there, in parts; who answers has the second one. Each says what it says once.
 */
export interface SealedPlace {
  /** Of who sealed: with it the answer is fetched, and all of it is taken away. */
  readonly own: StudyTicket
  /** Of who answers. */
  readonly theirs: StudyTicket
  readonly expires: string
}

/** What the place says of itself, where a pooled study has its file: nothing that is no study is pooled. */
const about = z.strictObject({
  format: z.literal('blindscore-sealed-place/1'),
  bytes: z.int().check(z.positive(), z.lte(2 ** 30)),
})

const partSlot = (i: number): string => `sealed-${i}`
const answerSlot = 'answer'
const [sealing, answering] = [0, 1]
/** How long the server may be away in the midst of a file, in milliseconds. */
const patience = 300_000

/** Throws `study/not-kept`, `request/budget`, `request/too-large`; what was begun is then taken away. */
export async function putSealed(server: StudyServer, file: Uint8Array, signal?: AbortSignal): Promise<SealedPlace> {
  const said = JSON.stringify({ format: 'blindscore-sealed-place/1', bytes: file.length })
  const { id, token, invitations, expires } = await server.create(said, 2, signal)
  const [own, first, second] = [token, ...invitations].map((each) => ({ id, token: each })) as [
    StudyTicket,
    StudyTicket,
    StudyTicket,
  ]
  try {
    for (let i = 0; i * mostMessageBytes < file.length; i++) {
      const part = file.slice(i * mostMessageBytes, (i + 1) * mostMessageBytes)
      await persistently(() => server.post(first, partSlot(i), part, signal), patience, signal)
    }
  } catch (thrown) {
    await server.discard(own).catch(() => {})
    throw thrown
  }
  return { own, theirs: second, expires }
}

/** The sealed file as it was put there, or whatever the server says instead: who answers holds it against its digest. */
export async function fetchSealed(server: StudyServer, theirs: StudyTicket, signal?: AbortSignal): Promise<Uint8Array> {
  const { study } = await server.about(theirs, signal)
  const { bytes } = known(about, asJson(study))
  const file = new Uint8Array(bytes)
  for (let i = 0; i * mostMessageBytes < bytes; i++) {
    const from = i * mostMessageBytes
    const part = await persistently(() => server.bytes(theirs, partSlot(i), sealing, signal), patience, signal)
    file.set(part.subarray(0, bytes - from), from)
  }
  return file
}

/** Throws `study/spoken` where another answer was put there before. */
export function putAnswer(server: StudyServer, theirs: StudyTicket, answer: string): Promise<void> {
  return persistently(() => server.post(theirs, answerSlot, answer), patience)
}

/** The answer, or null while there is none. Nothing is said of what becomes of it. */
export async function fetchAnswer(
  server: StudyServer,
  own: StudyTicket,
  signal?: AbortSignal,
): Promise<Uint8Array | null> {
  // A study that is gone is `study/unknown`, as is an answer that nobody has given yet.
  await server.about(own, signal)
  try {
    return await server.bytes(own, answerSlot, answering, signal)
  } catch (thrown) {
    if (asBlindscoreError(thrown).code === 'study/unknown') return null
    throw thrown
  }
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

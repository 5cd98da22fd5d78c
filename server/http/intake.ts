import { announcedBytes, type Intake } from './body.ts'
import type { BodyMemory } from './bodyMemory.ts'
import type { RequestPace } from './pace.ts'

/** How a client's body comes in: what it takes of memory is the client's, and its pieces come in the client's turn. */
export function intakeOf(
  { bodyMemory, pace }: { readonly bodyMemory: BodyMemory; readonly pace: RequestPace },
  client: string,
  request: Request,
): Intake & { release(): void } {
  return { ...bodyMemory.hold(client), turn: turnsOf(pace, client, request) }
}

/** Waits for the client's turn before each piece of a body. One that did not say how long it is has its pieces counted. */
export function turnsOf(pace: RequestPace, client: string, request: Request): () => Promise<void> {
  const counted = announcedBytes(request) === null
  return () => (counted ? pace.enter(client) : pace.turn(client))
}

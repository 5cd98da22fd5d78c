import * as z from 'zod/mini'
import { count, hex } from './json.ts'

/** What is kept of a run, or a study, in the key store: its keys, whose it is, and which manifest of it counts. */
export const entryShape = z.strictObject({
  v: z.literal(1),
  /** The data keys, in hexadecimal: the first seals; the others open what was sealed before it took their place. */
  keys: z.array(hex(64)),
  /** Whose it is: the id of an API key, or what stands for everybody. */
  principal: z.string(),
  /** Under which name it is counted, and its work waits beside other requests of the same client. */
  client: z.string(),
  /** What the log of answers calls who brought it. */
  who: z.string(),
  /** The newest manifest: its number, and what ends the name of its object. */
  manifest: z.strictObject({ number: count, object: hex(16) }),
  /** Of all that is counted of it. */
  bytes: count,
  /** Milliseconds since 1970. */
  expires: count,
})
export type Entry = z.infer<typeof entryShape>

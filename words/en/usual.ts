import { client } from './client.ts'
import { core } from './core.ts'
import { formats } from './formats.ts'
import { model } from './model.ts'
import { page } from './page.ts'
import { reader } from './reader.ts'
import { server } from './server.ts'

/** The sentences of all faults but those of other people's model files (`modelFiles.ts`), which an analyst's page never needs. */
export const usualSentences = { ...core, ...model, ...formats, ...reader, ...client, ...server, ...page }

/** What is said of a fault without a sentence. */
export function unknownFault(code: string): string {
  return `This program has no words for what went wrong (${code}).`
}

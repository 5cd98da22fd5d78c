import { client } from './client.ts'
import { core } from './core.ts'
import { files } from './files.ts'
import { interop } from './interop.ts'
import { page } from './page.ts'
import { reader } from './reader.ts'
import { server } from './server.ts'

/** The sentences of all faults that an analyst's page can meet: not those of model files (`modelFiles.ts`), nor of studies, nor of runs that a server stores. */
export const usualSentences = {
  ...core,
  ...interop,
  ...reader,
  ...files,
  ...client,
  ...server,
  ...page,
}

/** What is said of a fault without a sentence. */
export function unknownFault(code: string): string {
  return `This program has no words for what went wrong (${code}).`
}

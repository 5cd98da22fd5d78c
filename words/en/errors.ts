import { sayer } from '../sentences.ts'
import { client } from './client.ts'
import { core } from './core.ts'
import { files } from './files.ts'
import { formats } from './formats.ts'
import { interop } from './interop.ts'
import { model } from './model.ts'
import { onnx } from './onnx.ts'
import { page } from './page.ts'
import { pmml } from './pmml.ts'
import { reader } from './reader.ts'
import { server } from './server.ts'
import { study } from './study.ts'

/** The sentence of each fault, in English. */
export const sentences = {
  ...core,
  ...model,
  ...formats,
  ...pmml,
  ...onnx,
  ...interop,
  ...reader,
  ...files,
  ...client,
  ...server,
  ...study,
  ...page,
}

/** What is said of a fault without a sentence. */
export function unknownFault(code: string): string {
  return `This program has no words for what went wrong (${code}).`
}

/** The sentence of any error, in English. */
export const sentenceOf = sayer(sentences, unknownFault)

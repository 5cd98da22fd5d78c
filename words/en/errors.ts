import { sayer } from '../sentences.ts'
import { client } from './client.ts'
import { core } from './core.ts'
import { formats } from './formats.ts'
import { model } from './model.ts'
import { onnx } from './onnx.ts'
import { page } from './page.ts'
import { pmml } from './pmml.ts'
import { reader } from './reader.ts'
import { server } from './server.ts'

/** The sentence of any error, in English. */
export const sentenceOf = sayer(
  [core, model, formats, pmml, onnx, reader, client, server, page],
  (code) => `This program has no words for what went wrong (${code}).`,
)

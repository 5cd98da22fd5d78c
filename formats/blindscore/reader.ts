import { parseModelFile } from '../../model/modelFile.ts'
import { readerOf } from '../reader.ts'
import { decodeText } from '../text.ts'

/** Reads the project's own model file, as the exporters write it. */
export const readBlindscoreFile = readerOf('Blindscore JSON', (bytes) => ({
  file: parseModelFile(decodeText(bytes)),
  notes: [],
}))

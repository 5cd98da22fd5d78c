import { importerOf } from '../reader.ts'
import { decodeText } from '../text.ts'
import { readPmml } from './read.ts'

/** Reads a PMML file. */
export const readPmmlFile = importerOf('PMML', (bytes) => readPmml(decodeText(bytes)))

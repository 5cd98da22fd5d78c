import { sayer } from '../sentences.ts'
import { modelFileSentences } from './modelFiles.ts'
import { ownFiles } from './ownFiles.ts'
import { shared } from './shared.ts'
import { storedRuns } from './storedRuns.ts'
import { study } from './study.ts'
import { studyBoard } from './studyBoard.ts'
import { unknownFault, usualSentences } from './usual.ts'

/** The sentence of each fault, in English. */
export const sentences = {
  ...usualSentences,
  ...modelFileSentences,
  ...storedRuns,
  ...study,
  ...studyBoard,
  ...ownFiles,
  ...shared,
}

/** The sentence of any error, in English. */
export const sentenceOf = sayer(sentences, unknownFault)

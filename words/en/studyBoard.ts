import type { StudyBoardFaults } from '../../server/faults.ts'
import type { Sentences } from '../sentences.ts'

export const studyBoard: Sentences<StudyBoardFaults> = {
  studiesNotKept: () => 'This server carries no messages of pooled studies.',
  studyUnknown: () => 'There is no such study or message here, or not for who asks.',
  studySpoken: () =>
    'This owner has said something else there before: what was said stays. Is the study open in another window, or was it begun before?',
  studyDamaged: () => 'What is stored of the study is not what was written last.',
  studyTooLarge: ({ most }) => `The messages of a study have at most ${most} bytes in all.`,
  studiesTooMany: ({ most }) => `There is no room for another study: a client has at most ${most}.`,
  studiesTooLarge: ({ most }) => `All studies together have at most ${most} bytes here.`,
}

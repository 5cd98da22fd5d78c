import type { StatsFaults } from '../../stats/faults.ts'
import type { StudyFaults } from '../../study/faults.ts'
import type { Sentences } from '../sentences.ts'
import { shapeText } from './model.ts'

export const study: Sentences<StudyFaults & StatsFaults> = {
  studyJson: () => 'The study is not valid JSON.',
  studyShape: (fault) => `The study is not as it should be at ${shapeText(fault)}.`,
  studyTerm: ({ term }) => `The term "${term}" is neither a feature nor a derived column of the study.`,
  studyTermTwice: ({ term }) => `The term "${term}" stands twice.`,
  studyRange: ({ column }) => `"${column}" needs a range and a step: a study's numbers are counted in steps.`,
  studyEvent: () => 'The outcome is a category: "event" must be the level of it that counts as 1.',
  studyOutcome: ({ family }) =>
    `The outcome does not fit the family: ${
      family === 'gaussian'
        ? 'a gaussian takes a number'
        : family === 'binomial'
          ? 'a binomial takes a category with its event, or an integer from 0 to 1'
          : 'a poisson takes an integer that is not negative'
    }.`,
  studyOutcomeAmongTerms: ({ column }) => `"${column}" is the outcome and cannot be a column that explains it as well.`,
  noFiniteFit: ({ rounds }) =>
    `No finite estimate was found in ${rounds} rounds: some combination of the columns tells the outcomes apart. Leave out or merge what does.`,
  oneOutcome: () => 'All records have the same outcome: there is nothing to fit.',
  noFreedom: ({ records, columns }) => `${records} records are too few for ${columns} coefficients.`,
}

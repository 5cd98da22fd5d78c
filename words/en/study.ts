import type { StatsFaults } from '../../stats/faults.ts'
import type { StudyFaults } from '../../study/faults.ts'
import type { Sentences } from '../sentences.ts'
import { shapeText } from './model.ts'

/** Which outcomes a family takes. */
const outcomeOf: Readonly<Record<string, string>> = {
  gaussian: 'a gaussian takes a number',
  binomial:
    'a binomial takes a category with its event, an integer from 0 to 1, with weights a number from 0 to 1 (shares of so many trials), or with failures a count of successes',
  quasibinomial: 'a quasibinomial takes a category with its event, or a number from 0 to 1',
  poisson: 'a poisson takes an integer whose range begins at 0',
  quasipoisson: 'a quasipoisson takes a number whose range does not begin below 0',
  Gamma: 'a Gamma takes a number whose range does not begin below 0',
  'inverse.gaussian': 'an inverse gaussian takes a number whose range does not begin below 0',
}

export const study: Sentences<StudyFaults & StatsFaults> = {
  studyJson: () => 'The study is not valid JSON.',
  studyShape: (fault) => `The study is not as it should be at ${shapeText(fault)}.`,
  studyTerm: ({ term }) => `The term "${term}" is neither a feature nor a derived column of the study.`,
  studyTermTwice: ({ term }) => `The term "${term}" stands twice.`,
  studyMargin: ({ term, margin }) =>
    `The term "${term}" is a product: "${margin}" has to be a term as well, or the product would mean something else in R.`,
  studyNoPower: ({ column }) => `"${column}" is a category and has no powers.`,
  studyTermsMost: ({ most }) => `The terms have more than ${most} columns: fewer are fitted.`,
  studyOrthogonal: ({ term }) =>
    `"${term}" is a polynomial by what is in the records, which a penalty, components and sums of several owners are not taken of: write it with raw = TRUE.`,
  studyRange: ({ column }) => `"${column}" needs a range and a step: a study's numbers are counted in steps.`,
  studyEvent: () => 'The outcome is a category: "event" must be the level of it that counts as 1.',
  studyOutcome: ({ family }) =>
    `The outcome does not fit the family: ${outcomeOf[family] ?? 'see the study’s description'}.`,
  studyLink: ({ family, links }) => `${family} has the links ${links.join(', ')}, and no other.`,
  studyNoNumber: ({ column }) => `"${column}" is a category: an offset and weights are numbers.`,
  studyWeights: ({ column }) => `"${column}" has a range that begins below 0: no record counts for less than nothing.`,
  studyFailures: ({ column }) =>
    `"${column}" cannot count failures: a binomial or a quasibinomial takes successes and failures as whole numbers from 0 on, and then no weights, since the trials say how much a record counts.`,
  studySumsOnly: () =>
    'Outcomes that are elsewhere can be fitted as gaussian, binomial or poisson with its usual link, without weights, counts of failures and offsets: for anything else the other side would have to give more than sums. Where records and outcomes are in one place, all of them can be fitted.',
  studyOutcomeAmongTerms: ({ column }) => `"${column}" is the outcome and cannot be a column that explains it as well.`,
  noFiniteFit: ({ rounds }) =>
    `No finite estimate was found in ${rounds} rounds: some combination of the columns tells the outcomes apart. Leave out or merge what does.`,
  outcomesBeyond: () =>
    'Some outcomes are none that this family has with this link: a Gamma and an inverse gaussian take amounts above 0, as does a gaussian with the link log.',
  noStart: () =>
    'The first estimate has means that the family does not have, and steps from there lead to no others: R asks for starting values here. Another link may do.',
  oneOutcome: () => 'All records have the same outcome: there is nothing to fit.',
  polynomialDegree: ({ degree }) => `A polynomial of degree ${degree} needs more than ${degree} different values.`,
  polynomialApart: () =>
    'A power in a polynomial is a sum of columns before it, and a higher one is not: leave out what makes it one.',
  noFreedom: ({ records, columns }) => `${records} records are too few for ${columns} coefficients.`,
  adaptCard: () =>
    'Only a model of one predictor without reason codes, with a link that R has, is adapted: its predictor is what is moved.',
  adaptColumn: ({ column }) => `"${column}" has no weight in the vendor’s model that could change.`,
  adaptFile: () => 'This does not hold changes of a model, or it is damaged.',
  adaptOther: ({ model, version }) =>
    `These changes are of the model "${model}", version "${version}", and of no other.`,
  studyRecords: ({ records, least }) =>
    `${records} records are too few: what is given of them would tell of single ones. ${least} are the least.`,
  studyColumns: ({ records, columns, most }) =>
    `${columns} coefficients are too many for ${records} records: from so much about so few, single outcomes could be solved for. At most ${most} are taken.`,
  studyCells: ({ column, least }) =>
    `"${column}" is the same for all records but fewer than ${least}: its sum would tell you their outcomes. Merge it with another one, or leave it out.`,
  studyBits: ({ readable, records }) =>
    `Whoever sealed these records could read up to ${readable} single outcomes of ${records}, more than a fourth of them. Randomise the outcomes, or ask for fewer or coarser columns.`,
  studyExactOnly: () => 'Only outcomes of 0 and 1 can be randomised.',
  notSealed: () => 'This file does not hold sealed records as it says, or it is damaged.',
  unmatchedRecords: ({ count, rows }) =>
    `${count} sealed records have no outcome in this file (rows ${rows.join(', ')}${count > rows.length ? ', …' : ''}). Sums over other records than those that were sealed are of no use.`,
  outcomesGiven: ({ study, records }) =>
    `Outcomes of ${records} of these records were given before, to the study "${study}". The difference of two answers would tell single outcomes.`,
  ledgerUnread: () =>
    'The ledger cannot be read. It says which outcomes were given before, and is not made anew for that.',
  notAnAnswer: () => 'This is not an answer to a study, or it is damaged.',
  answerElsewhere: () => 'This answer is to other sealed records.',
  answerImpossible: () => 'No outcomes give this answer with these records. Nothing of it is shown.',
  recordsChanged: () => 'These are not the records that were sealed: another file, or another way of reading it.',
  answerOpened: () => 'Another answer to these records was opened before. A second one is not.',
  sealedUnanswered: () => 'Nobody has answered for these records yet.',
  studyKeyUnread: () => 'This is not the key of a sealed study, or it is damaged.',
  poolOwners: ({ least, most }) => `Sums are pooled of ${least} to ${most} owners.`,
  poolPlain: () =>
    'A study with weights, counts of failures or offsets is not pooled: an expression of rows can single out one of them. Leave them out, or fit them in one place.',
  poolShare: () =>
    'One owner has more than 80 % of all records, or too few are left beside it: sums of all would be those of one.',
  poolLevels: ({ column, least }) =>
    `"${column}", or a pair of levels with it, has fewer than ${least} of your records: sums would show them. Merge the level, or leave the column out.`,
  poolOutcomes: ({ column, least }) =>
    `"${column}" has fewer than ${least} events or fewer than ${least} others among your records: sums would tell their outcomes. Merge the level, or leave the column out.`,
  poolLeverage: ({ count, records }) =>
    `${count} of your records would show in the sums (records ${records.join(', ')}${count > records.length ? ', …' : ''}): more than half of what the sums say where they are comes from them alone. Leave them out before you join.`,
  poolFirst: () =>
    'A few of your records are most of what the first sums would be: the fit begins at the outcomes, and those of a few are far larger than the rest, which no owner answers with. Leave these records or a column out, or fit another family.',
  poolPatterns: ({ least }) =>
    `So few distinct records are possible that sums give the table of all of them, and some of yours are there fewer than ${least} times. Merge levels, or leave columns out.`,
  poolSteered: () =>
    'The estimate asks for a few of your records: your data differ from the others’, or somebody steers. Nothing was sent for it, and the study is over.',
  poolRehearsed: ({ family, link, rounds }) =>
    `${family} with the link ${link} does not come to its end of your own rows in the ${rounds} rounds that owners answer. Nothing was said to the others. Take the family’s usual link, or another family.`,
  poolRows: ({ study, rows, least }) =>
    `Between these rows and those of the study "${study}" are ${rows} rows: the difference of the sums would be theirs. None, or at least ${least}, may differ.`,
  poolRoster: ({ study, least }) =>
    `The owners differ from those of the study "${study}" by fewer than ${least} that came or went: the difference of the sums would be theirs.`,
  poolJoined: () =>
    'You have taken part in this study before, to whatever end it came. A study has one roster and is run once.',
  poolOverflow: () => 'A sum is larger than there is room for.',
  poolSignature: () => 'A message was altered on its way, or is not of the owner that it names.',
  poolCommitment: () => 'A key is not the one that its owner committed to.',
  poolNotAmong: () => 'You are not among the owners as the server tells them, or one of them is there twice.',
  poolCode: () => 'The code is not the one of the owners as the server tells them: somebody is not who they seem.',
  poolDisagree: () => 'The owners were told different things. Nothing of this is used, and the study is over.',
  poolMissing: () => 'An owner did not speak in time. The study is over for everybody; what it did not open stays so.',
  poolLeft: () => 'You left: nothing more of your rows is asked for or said.',
  poolSpoken: () =>
    'Something else was said there before, by this owner: nothing is said twice, and the study is over for it.',
  poolNumbers: ({ most }) =>
    `Of these rows ${most} sums may be opened, over all studies of them, and this one needs more than are left: each says something of the rows.`,
  poolTooLarge: ({ coefficients, owners, most }) =>
    `This model has ${coefficients} coefficients. Of ${owners} owners’ sums there is room for ${most} in what is sent: leave columns out, or put levels together. Nothing was said to the others.`,
  poolRelease: () => 'A release is not signed by the owner that it names, or is for another study.',
  poolRowsChanged: () =>
    'This study was begun with other rows. Rows stay as they are once a study has begun: read the same file in the same way.',
  poolConsent: ({ digest }) =>
    `What is agreed to was only shown, and nothing was given. To agree, run the same with --consent ${digest}; in a pooled study as long as the others wait.`,
  poolConsentOther: () => 'What is agreed to is another text than the one of --consent. Nothing was given.',
  poolTab: () =>
    'Another tab of this browser takes part in a study. One at a time does: what both say would tell more than either.',
  poolNotKept: () =>
    'This browser keeps nothing for this page. Without a ledger of earlier studies the page could not refuse one that tells a few of your rows by its difference, so it joins none.',
}

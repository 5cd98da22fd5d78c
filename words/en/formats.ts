import type { ForeignFile, FormatFaults, Placed } from '../../formats/faults.ts'
import type { Say, Sentences } from '../sentences.ts'
import { shapeText } from './model.ts'

const exporters = 'Write a model file with an exporter of formats/exporters, or export PMML or ONNX.'

const foreignFiles: Readonly<Record<ForeignFile, string>> = {
  pickle: 'a Python pickle, which would run code when read.',
  zip: 'a ZIP archive. Unpack it.',
  gzip: "a gzip file. If it is R's .rds, what is in it is no model file; else unpack it.",
  hdf5: 'an HDF5 file.',
}

export const formats: Sentences<FormatFaults> = {
  noBytes: () => 'The file is empty.',
  tooManyBytes: ({ mebibytes }) => `The file has more than ${mebibytes} MiB.`,
  notAFormat: () => `This is a text that is neither JSON (Blindscore) nor XML (PMML). ${exporters}`,
  foreignFile: ({ kind }) => `This is ${foreignFiles[kind]} ${exporters}`,
  nestedTooDeep: () => 'The file is nested too deeply.',
  encodingUnknown: ({ encoding }) =>
    `The file says that its encoding is "${encoding}", which is not known. Save it as UTF-8.`,
  encodingWrong: ({ encoding }) => `The file is not valid ${encoding}. Save it as UTF-8.`,
  rangesJson: () => 'The ranges file is not valid JSON.',
  rangesTwice: ({ name, line }) =>
    `The member "${name}" stands twice in one object of the ranges file, on line ${line}.`,
  rangesShape: (fault) => `The ranges file is not as it should be at ${shapeText(fault)}.`,
  rangesOfCategory: ({ feature }) => `The ranges file gives "${feature}" a range, but it is a category.`,
  columnsNamed: () => 'The ranges file lists columns, but this model names its own. Only ONNX files take such a list.',
  rangesStranger: ({ feature }) => `The ranges file names "${feature}", which is not a feature of the model.`,
}

/** Sentences that begin with a place in a file, from those of what is wrong there. */
export function placed<Place, Reasons>(
  begin: (place: Place) => string,
  reasons: Sentences<Reasons>,
): Sentences<Placed<Place, Reasons>> {
  type Sentence = (facts: Place, say: Say) => string
  const sentences = Object.entries<Sentence>(reasons as Readonly<Record<string, Sentence>>).map(
    ([name, reason]): [string, Sentence] => [name, (facts, say) => begin(facts) + reason(facts, say)],
  )
  return Object.fromEntries(sentences) as unknown as Sentences<Placed<Place, Reasons>>
}

import { engine } from '../../../words/en/engine.ts'
import { leftOutReason } from '../../../words/en/expected.ts'
import { nextSteps } from '../../../words/en/nextSteps.ts'
import { readerNotes } from '../../../words/en/reader.ts'
import { unknownFault, usualSentences } from '../../../words/en/usual.ts'
import { bar } from './bar.ts'
import { check, marks, policies, problemGroup, runHints } from './check.ts'
import { code } from './code.ts'
import { columns } from './columns.ts'
import { demo } from './demo.ts'
import { footer } from './footer.ts'
import { key, keyStep } from './key.ts'
import { match } from './match.ts'
import { model, modelCard } from './model.ts'
import { numbers } from './numbers.ts'
import { offline } from './offline.ts'
import { dialog, page, tab } from './page.ts'
import { problem } from './problem.ts'
import { format, preview, records } from './records.ts'
import { repairs } from './repairs.ts'
import { run, runProgress, scheme } from './run.ts'
import { histogram, printing, scores, scoresTable, shownRows, threshold } from './scores.ts'
import { sealStep } from './sealStep.ts'
import { exchanges, server } from './server.ts'
import { vendorSide } from './vendorSide.ts'

/** All that the page says, in English. */
export const en = {
  numbers,
  errors: { sentences: usualSentences, unknownFault, nextSteps },
  problem,
  engine,
  page,
  bar,
  offline,
  tab,
  dialog,
  model,
  modelCard,
  columns,
  records,
  preview,
  readerNotes,
  format,
  match,
  check,
  problemGroup,
  marks,
  policies,
  repairs,
  leftOutReason,
  runHints,
  run,
  runProgress,
  scheme,
  scores,
  scoresTable,
  histogram,
  threshold,
  shownRows,
  printing,
  sealStep,
  code,
  key,
  keyStep,
  server,
  exchanges,
  vendorSide,
  demo,
  footer,
}

import { engine } from '../../../words/en/engine.ts'
import { leftOutReason } from '../../../words/en/expected.ts'
import { nextSteps } from '../../../words/en/nextSteps.ts'
import { modelNotes } from '../../../words/en/notes.ts'
import { readerNotes } from '../../../words/en/reader.ts'
import { unknownFault, usualSentences } from '../../../words/en/usual.ts'
import { check, marks, policies, problemGroup, runHints } from './check.ts'
import { code } from './code.ts'
import { columns, derivedColumns } from './columns.ts'
import { demo } from './demo.ts'
import { insecureContext } from './insecureContext.ts'
import { choosePassphrase, forgetKey, key, keyPanel, keyStep, passphraseForm, restoreBackup } from './key.ts'
import { match } from './match.ts'
import { model, modelCard } from './model.ts'
import { numbers } from './numbers.ts'
import { numbersDialog } from './numbersDialog.ts'
import { offline } from './offline.ts'
import { dialog, page, tab } from './page.ts'
import { problem } from './problem.ts'
import { format, preview, records } from './records.ts'
import { repairs } from './repairs.ts'
import { results, resumableRun, run, runProgress, scheme } from './run.ts'
import { histogram, scores, scoresTable, threshold } from './scores.ts'
import { exchangeGuide, sealedScores, sealFile } from './sealed.ts'
import { exchanges, request, server } from './server.ts'
import { bitBudget, modelVerdict, published, staysPrivate, vendor } from './vendor.ts'

/** All that the page says, in English. */
export const en = {
  numbers,
  errors: { sentences: usualSentences, unknownFault, nextSteps },
  problem,
  engine,
  page,
  offline,
  tab,
  dialog,
  insecureContext,
  model,
  modelCard,
  columns,
  derivedColumns,
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
  resumableRun,
  results,
  scores,
  scoresTable,
  histogram,
  threshold,
  sealFile,
  sealedScores,
  exchangeGuide,
  code,
  key,
  keyStep,
  keyPanel,
  choosePassphrase,
  restoreBackup,
  forgetKey,
  passphraseForm,
  server,
  exchanges,
  request,
  vendor,
  modelVerdict,
  modelNotes,
  bitBudget,
  published,
  staysPrivate,
  numbersDialog,
  demo,
}

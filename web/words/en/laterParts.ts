import { access } from './access.ts'
import { boundedNumber } from './boundedNumber.ts'
import { derivedColumns } from './derivedColumns.ts'
import { handed } from './handed.ts'
import { hourReach } from './hourReach.ts'
import { insecureContext } from './insecureContext.ts'
import { choosePassphrase, forgetKey, keyPanel, passphraseForm, restoreBackup } from './keyPanel.ts'
import { numbersDialog } from './numbersDialog.ts'
import { offered, otherVersion } from './offered.ts'
import { request } from './request.ts'
import { results, scoredBefore } from './results.ts'
import { resumableRun } from './resumableRun.ts'
import { exchangeGuide, sealedScores } from './sealed.ts'
import { sealFile } from './sealFile.ts'
import { bitBudget, modelVerdict, published, rangesFile, serveIt, staysPrivate, vendor } from './vendor.ts'

export const laterParts = {
  access,
  boundedNumber,
  hourReach,
  offered,
  otherVersion,
  resumableRun,
  results,
  scoredBefore,
  request,
  derivedColumns,
  sealFile,
  handed,
  insecureContext,
  sealedScores,
  exchangeGuide,
  vendor,
  modelVerdict,
  bitBudget,
  rangesFile,
  published,
  staysPrivate,
  serveIt,
  numbersDialog,
  keyPanel,
  choosePassphrase,
  restoreBackup,
  forgetKey,
  passphraseForm,
}

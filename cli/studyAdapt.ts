import { readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { platform } from '../client/owner/platform.ts'
import { readModel } from '../formats/read.ts'
import { reviewModel } from '../model/verdict.ts'
import type { FileSource } from '../reader/source.ts'
import { type FamilyName, familyNames } from '../stats/families.ts'
import { adaptationDesign } from '../study/adapt.ts'
import { type Adaptation, numbersIn, readAdaptation } from '../study/adaptationFile.ts'
import { adaptationOf, type Changes, changesOf } from '../study/adapted.ts'
import { adaptedModel, isCustomer } from '../study/applied.ts'
import type { Wanted } from '../study/penalised.ts'
import { adaptConsent, adaptConsentTitle } from '../words/en/sideConsent.ts'
import { openCard } from './cardFile.ts'
import { fromThere, UsageError } from './command.ts'
import type { Options } from './options.ts'
import type { Say } from './say.ts'
import { agree, type ConsentOptions } from './sideConsent.ts'
import { readStudyRows } from './studyRows.ts'
import { plain, said, table } from './studyText.ts'

/** A vendor's model adapted: the customer fits the changes to its own outcomes, the vendor applies them. */

export const adaptOptions = {
  outcome: { type: 'string', value: 'NAME', about: 'adapt: the column that has what came to pass' },
  event: { type: 'string', value: 'TEXT', about: 'adapt: the outcome that counts as 1, where outcomes are texts' },
  slope: { type: 'boolean', about: 'adapt: the slope on the vendor’s predictor changes, too' },
  column: {
    type: 'string',
    multiple: true,
    value: 'NAME',
    about: 'adapt: the weight of this column of the card changes, too (may be given again)',
  },
  apply: {
    type: 'string',
    value: 'MODEL',
    about: 'adapt, on the vendor’s side: the model file that the changes are of',
  },
  customer: { type: 'string', value: 'NAME', about: 'adapt --apply: for whom; the model’s id ends with it' },
} as const satisfies Options

interface Values {
  readonly outcome?: string | undefined
  readonly event?: string | undefined
  readonly family?: string | undefined
  readonly slope?: boolean | undefined
  readonly column?: readonly string[] | undefined
  readonly penalty?: string | undefined
  readonly json?: boolean | undefined
  readonly out?: string | undefined
  readonly apply?: string | undefined
  readonly customer?: string | undefined
  readonly model?: string | undefined
}

export async function adapt(
  named: string,
  input: FileSource,
  values: Values,
  { penalty, consent }: { readonly penalty: Wanted | null; readonly consent: ConsentOptions },
  say: Say,
): Promise<void> {
  const { outcome, event, slope = false, column: columns = [], out, json } = values
  if (outcome === undefined) throw new UsageError('--outcome is needed.')
  if (penalty !== null && !slope && columns.length === 0)
    throw new UsageError('--penalty is for --slope or --column: the intercept has none.')
  const card = await openCard(named)
  const wanted = { outcome, event: event ?? null, family: familyOf(values.family), slope, columns }
  const { study, design } = await adaptationDesign(card, wanted, platform.sha256)
  const rows = await readStudyRows(input, design, say)
  const changes = changesOf(study, design, rows, penalty)
  const adaptation = adaptationOf(card, design, changes)
  if (out !== undefined) {
    // Nothing leaves by this command: who gives the file away says here that it was asked.
    if (consent.consent !== null || consent.receipt !== null)
      await agree(adaptAsked(card.title, changes, adaptation, consent), consent, say)
    await writeFile(fromThere(out), `${JSON.stringify(adaptation, null, 2)}\n`)
  }
  process.stdout.write(json ? `${JSON.stringify(changes, null, 2)}\n` : changesText(card.title, changes))
}

function adaptAsked(model: string, { records }: Changes, adaptation: Adaptation, { declared }: ConsentOptions) {
  return {
    title: adaptConsentTitle,
    sections: adaptConsent({ declared, records, model, changes: numbersIn(adaptation) }),
  }
}

function familyOf(name: string | undefined): FamilyName | undefined {
  const family = familyNames.find((each) => each === name)
  if (name !== undefined && family === undefined) throw new UsageError(`--family is ${familyNames.join(', ')}.`)
  return family
}

function changesText(title: string, { records, coefficients, devianceBefore, deviance, lambda }: Changes): string {
  return [
    `${plain(title)}, adapted (${records} records${lambda === null ? '' : `, λ = ${said(lambda)}`})`,
    '',
    ...table([
      ['', 'Change', 'Std. error'],
      ...coefficients.map(({ name, estimate, error }) => [
        plain(name),
        estimate === null ? 'left out: a sum of columns before it' : said(estimate),
        error === null ? '' : said(error),
      ]),
    ]),
    '',
    `deviance of the vendor’s model ${said(devianceBefore)}`,
    `deviance with the changes ${said(deviance)}`,
    '',
  ].join('\n')
}

/** The vendor's side: the model with the changes, which must be one that is served. */
export async function apply(path: string, { apply: file, customer, model: to }: Values, say: Say): Promise<void> {
  if (file === undefined || to === undefined)
    throw new UsageError('--apply needs --model, where the result is written.')
  if (!isCustomer(customer ?? ''))
    throw new UsageError('--customer takes a name of small letters, digits, dots and hyphens.')
  const adaptation = readAdaptation(await readFile(fromThere(path), 'utf8'))
  const { file: vendors } = readModel(basename(file), await readFile(fromThere(file)))
  const adapted = adaptedModel(vendors, adaptation, customer ?? '')
  await reviewModel(adapted, platform.sha256)
  await writeFile(fromThere(to), `${JSON.stringify(adapted, null, 2)}\n`)
  say(`It is served to those alone whose key names it: blindscore keys add NAME --models ${adapted.id}`)
}

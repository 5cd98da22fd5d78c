import type { Card } from '../../core/card/card.ts'
import type { Adapting, AdaptingState } from '../session/adapting.ts'
import { Button } from '../ui/Button.tsx'
import { Data } from '../ui/Data.tsx'
import { Facts } from '../ui/Facts.tsx'
import { saveFile, siblingName } from '../ui/saveFile.ts'
import { sideConsents } from '../words/sideConsent.ts'
import { FigureTable } from './FigureTable.tsx'
import styles from './Outcomes.module.css'
import { SideConsent } from './SideConsent.tsx'
import { useAdaptingWords } from './useAdaptingWords.ts'
import { useLanguageId } from './useWords.ts'

type Found = NonNullable<AdaptingState['found']>

interface ChangesConsentProps {
  readonly adapting: Adapting
  readonly found: Found
  readonly receipt: string | null
  readonly card: Card
  /** Of the file. */
  readonly name: string
}

/** The changes with their errors, for the customer alone. */
export function FoundChanges({ found }: { readonly found: Found }) {
  const { adapting: words } = useAdaptingWords()
  const { records, coefficients, devianceBefore, deviance, lambda } = found.changes
  const figure = (value: number | null): string => (value === null ? '' : words.number(value))
  return (
    <>
      <p>{words.found(records, found.leftOut)}</p>
      <FigureTable
        title={words.changes}
        head={words.head}
        rows={coefficients.map((each) => [
          each.name,
          each.estimate === null ? words.leftOut : figure(each.estimate),
          figure(each.error),
        ])}
      />
      <Facts
        facts={[
          { name: words.devianceBefore, value: <Data>{figure(devianceBefore)}</Data> },
          { name: words.deviance, value: <Data>{figure(deviance)}</Data> },
          ...(lambda === null ? [] : [{ name: words.lambda, value: <Data>{figure(lambda)}</Data> }]),
        ]}
      />
    </>
  )
}

/** Every number that the vendor would get, which is agreed to before the file is given out. */
export function ChangesConsent({ adapting, found, receipt, card, name }: ChangesConsentProps) {
  const { consent: words } = useAdaptingWords().adapting
  const { title, sectionsOf } = sideConsents.adapt[useLanguageId()]
  const { changes, numbers } = found
  const facts = { records: changes.records, model: card.title, changes: numbers }
  const save = (text: string, ending: string): void =>
    saveFile(new Blob([text], { type: 'application/json' }), siblingName(name, ending))
  return (
    <SideConsent
      title={words.title}
      consent={{ title, sectionsOf: (declared) => sectionsOf({ ...facts, declared }) }}
      agree={words.agree}
      act={words.act}
      pending={false}
      onAgree={(text, own) => void adapting.agree(text, own)}
    >
      {receipt !== null && (
        <>
          <p className={styles.about}>{words.next}</p>
          <div className={styles.fields}>
            <Button primary onPress={() => save(found.file, 'changes.json')}>
              {words.save}
            </Button>
            <Button onPress={() => save(receipt, 'consent-receipt.json')}>{words.saveReceipt}</Button>
          </div>
        </>
      )}
    </SideConsent>
  )
}

import { Button } from '../ui/Button.tsx'
import { Scroller } from '../ui/Scroller.tsx'
import { Step } from '../ui/Step.tsx'
import { saveFile } from '../ui/saveFile.ts'
import { rangesFileOf } from '../vendor/rangesFile.ts'
import type { ModelCheck } from '../vendor/reviewModelFile.ts'
import { useLaterWords } from './useLaterWords.ts'
import styles from './VendorPage.module.css'

interface RangesFileProps {
  readonly check: ModelCheck
  /** The name of the model's file. */
  readonly model: string
}

/** What a model file of another program does not say, as a file to change and to put beside it. */
export function RangesFile({ check, model }: RangesFileProps) {
  const words = useLaterWords().rangesFile
  if (check.format === 'Blindscore JSON' || !check.card.features.some(({ type }) => type === 'number')) return null
  const file = rangesFileOf(model, check)
  return (
    <Step title={words.title}>
      <p>{words.what(file.name)}</p>
      <Scroller label={words.title} className={styles.commands}>
        <pre translate="no">{`"${check.withoutRange[0] ?? 'income'}": { "range": [0, 100000], "unit": "EUR", "label": "Net income" }`}</pre>
      </Scroller>
      <div>
        <Button onPress={() => saveFile(file)}>{words.download(file.name)}</Button>
      </div>
    </Step>
  )
}

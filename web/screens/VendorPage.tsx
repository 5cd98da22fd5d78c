import { useState } from 'react'
import { errorOf } from '../session/faults.ts'
import { Data } from '../ui/Data.tsx'
import { FileButton } from '../ui/FileButton.tsx'
import { PartsText } from '../ui/PartsText.tsx'
import { Step } from '../ui/Step.tsx'
import { useWindowDrop } from '../ui/useWindowDrop.ts'
import { acceptedFiles, isRangesFile, type ModelCheck, reviewModelFile } from '../vendor/reviewModelFile.ts'
import { withWordsOfModelFiles } from '../words/modelFiles.ts'
import { BitBudget } from './BitBudget.tsx'
import { ModelVerdict } from './ModelVerdict.tsx'
import { Problem } from './Problem.tsx'
import { PublishedCard } from './PublishedCard.tsx'
import { useTask } from './useTask.ts'
import { useLanguageId, useWords } from './useWords.ts'
import styles from './VendorPage.module.css'

/** For who has a model: what serving it would publish, what would stay private, and what it would cost. */
export function VendorPage() {
  const words = useWords().vendor
  const language = useLanguageId()
  const [checked, setChecked] = useState<{ name: string; check: ModelCheck } | null>(null)
  const checking = useTask(async (files: readonly File[]) => {
    setChecked(null)
    const ranges = files.find(isRangesFile) ?? null
    const model = files.find((file) => file !== ranges)
    if (!model) throw errorOf('model/syntax', 'rangesAlone')
    const check = await withWordsOfModelFiles(language, () => reviewModelFile(model, ranges))
    setChecked({ name: model.name, check })
  })
  useWindowDrop((files) => files.length > 0 && checking.run(files))
  return (
    <>
      <Step title={words.title} aside={checked && <Data>{checked.name}</Data>}>
        <div className={styles.target}>
          <p>
            <PartsText parts={words.drop} elements={{ strong: (text) => <strong>{text}</strong> }} />
          </p>
          <FileButton label={words.choose} accept={acceptedFiles} several onFile={(_, all) => checking.run(all)} />
        </div>
        {checking.pending && <p role="status">{words.reading}</p>}
        {checking.error !== null && <Problem error={checking.error} next={null} />}
      </Step>
      {checked && <Checked check={checked.check} />}
    </>
  )
}

function Checked({ check }: { readonly check: ModelCheck }) {
  const words = useWords().staysPrivate
  return (
    <>
      <ModelVerdict check={check} />
      <BitBudget check={check} />
      <PublishedCard card={check.card} />
      <Step title={words.title}>
        <p>{words.weights(check.weights, check.card.heads.length)}</p>
      </Step>
    </>
  )
}

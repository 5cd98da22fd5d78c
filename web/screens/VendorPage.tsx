import { Suspense, useEffect, useEffectEvent, useState } from 'react'
import { errorOf } from '../session/faults.ts'
import { Data } from '../ui/Data.tsx'
import { FileButton } from '../ui/FileButton.tsx'
import { PartsText } from '../ui/PartsText.tsx'
import { Step } from '../ui/Step.tsx'
import { useWindowDrop } from '../ui/useWindowDrop.ts'
import { isChanges } from '../vendor/applyChanges.ts'
import { acceptedFiles, isRangesFile, type ModelCheck, reviewModelFile } from '../vendor/reviewModelFile.ts'
import { withWordsOfModelFiles } from '../words/modelFiles.ts'
import { BitBudget } from './BitBudget.tsx'
import { later } from './later.tsx'
import { ModelVerdict } from './ModelVerdict.tsx'
import { Problem } from './Problem.tsx'
import { PublishedCard } from './PublishedCard.tsx'
import { RangesFile } from './RangesFile.tsx'
import { ServeIt } from './ServeIt.tsx'
import { useLaterWords } from './useLaterWords.ts'
import { useSession, useSessionState } from './useSession.ts'
import { useTask } from './useTask.ts'
import { useLanguageId } from './useWords.ts'
import styles from './VendorPage.module.css'

const ApplyChanges = later(async () => (await import('./ApplyChanges.tsx')).ApplyChanges)

/** For who has a model: what serving it would publish, what would stay private, and what it would cost. */
export function VendorPage() {
  const words = useLaterWords().vendor
  const language = useLanguageId()
  const [last, setLast] = useState<File | null>(null)
  const [checked, setChecked] = useState<{ files: readonly string[]; check: ModelCheck } | null>(null)
  const [changes, setChanges] = useState<File | null>(null)
  const checking = useTask(async (handed: readonly File[]) => {
    const told = await Promise.all(handed.map(isChanges))
    const adaptation = handed.find((_, i) => told[i])
    if (adaptation) setChanges(adaptation)
    const files = handed.filter((_, i) => !told[i])
    if (files.length === 0) return
    setChecked(null)
    const ranges = files.find(isRangesFile) ?? null
    // Ranges alone are for the model that was looked at last.
    const model = files.find((file) => file !== ranges) ?? last
    if (!model) throw errorOf('model/syntax', 'rangesAlone')
    setLast(model)
    const check = await withWordsOfModelFiles(language, () => reviewModelFile(model, ranges))
    setChecked({ files: [model.name, ...(ranges ? [ranges.name] : [])], check })
  })
  useHandedModel((file) => checking.run([file]))
  useWindowDrop((files) => files.length > 0 && checking.run(files))
  return (
    <>
      <Step title={words.title} aside={checked && <Data>{checked.files[0]}</Data>}>
        <div className={styles.target}>
          <p>
            <PartsText parts={words.drop} elements={{ strong: (text) => <strong>{text}</strong> }} />
          </p>
          <FileButton label={words.choose} accept={acceptedFiles} several onFile={(_, all) => checking.run(all)} />
        </div>
        {checking.pending && <p role="status">{words.reading}</p>}
        {checking.error !== null && <Problem error={checking.error} next={null} />}
      </Step>
      <Suspense>{changes && <ApplyChanges key={changes.lastModified} changes={changes} model={last} />}</Suspense>
      {checked && <Checked {...checked} />}
    </>
  )
}

/** A model that was handed in where records are, and that the person wants checked. */
function useHandedModel(onModel: (file: File) => void): void {
  const session = useSession()
  const handed = useSessionState((state) => state.handed)
  const take = useEffectEvent(onModel)
  // What was dropped on the page that was left may be known for a model only now.
  useEffect(() => {
    if (handed?.kind !== 'model') return
    session.handIn.close()
    take(handed.file)
  }, [session, handed])
}

function Checked({ check, files }: { readonly check: ModelCheck; readonly files: readonly string[] }) {
  const words = useLaterWords().staysPrivate
  return (
    <>
      <ModelVerdict check={check} />
      <RangesFile check={check} model={files[0] ?? ''} />
      <BitBudget check={check} />
      <PublishedCard card={check.card} />
      <Step title={words.title}>
        <p>{words.weights(check.weights, check.card.heads.length)}</p>
      </Step>
      <ServeIt files={files} />
    </>
  )
}

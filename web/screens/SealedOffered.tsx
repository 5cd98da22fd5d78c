import { FileButton } from '../ui/FileButton.tsx'
import { Step } from '../ui/Step.tsx'
import styles from './Outcomes.module.css'
import { useAnsweringWords } from './useAnsweringWords.ts'

/** Where sealed records come in that somebody asks to answer for. */
export function SealedOffered({ onSealed }: { readonly onSealed: (file: File) => void }) {
  const { offered: words } = useAnsweringWords()
  return (
    <Step title={words.title}>
      <div className={styles.panel}>
        <p className={styles.about}>{words.about}</p>
        <div>
          <FileButton label={words.choose} accept=".blindstudy" onFile={onSealed} />
        </div>
      </div>
    </Step>
  )
}

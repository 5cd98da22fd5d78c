import type { Example } from '../../reader/check.ts'
import styles from './CheckStep.module.css'
import { ReadAs } from './ReadAs.tsx'
import { useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

interface ReadEveryProps {
  readonly feature: number
  readonly column: string
  readonly examples: readonly Example[]
}

/** More texts than this are mended in the file. */
const mostTexts = 8
/** Examples of longer texts are cut. */
const longest = 40

/** Reads all cells that say the same as one of the known values: each text once, whatever there are of it. */
export function ReadEvery({ feature, column, examples }: ReadEveryProps) {
  const words = useWords().repairs
  const session = useSession()
  const found = useSessionState((state) => state.card?.features[feature])
  const all = [...new Set(examples.map(({ text }) => (text ?? '').trim()))].filter((text) => text.length <= longest)
  // Numbers are each their own; what is empty is so in all of them.
  const texts = (found?.type === 'category' ? all : all.filter((text) => text === '')).slice(0, mostTexts)
  if (!found || texts.length === 0) return null
  return (
    <ul className={styles.every}>
      {texts.map((text) => (
        <li key={text}>
          <span translate="no">{words.everyAs(text)}</span>
          <ReadAs
            feature={found}
            label={words.everyAsOf(column, text)}
            onRead={(as) => session.file.readEvery(feature, text, as)}
          />
        </li>
      ))}
    </ul>
  )
}

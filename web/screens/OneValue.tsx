import { useState } from 'react'
import type { Feature } from '../../core/card/card.ts'
import { takesForAll } from '../../reader/oneValue.ts'
import { Button } from '../ui/Button.tsx'
import styles from './MatchStep.module.css'
import { ReadAs } from './ReadAs.tsx'
import { useImporterWords } from './useImporterWords.ts'
import { useBusy, useSession } from './useSession.ts'

interface OneValueProps {
  readonly feature: Feature
  /** Its place on the card. */
  readonly at: number
  /** What was given, once that was. */
  readonly given: string | undefined
}

/** One value for every record, where the file has no column: what the card takes, or missing where it has a policy for that. */
export function OneValue({ feature, at, given }: OneValueProps) {
  const words = useImporterWords()
  const session = useSession()
  const busy = useBusy()
  const [refused, setRefused] = useState<string | null>(null)
  const give = (text: string): void => {
    const { card, preview } = session.state
    const takes = card !== null && preview !== null && takesForAll(card, feature, text, preview.format)
    setRefused(takes ? null : text)
    if (takes) session.file.giveValue(at, text)
  }
  if (given !== undefined) return null
  const { missing } = feature
  const asMissing = words.allMissing(missing.policy === 'impute' ? missing.value : null)
  return (
    <div className={styles.oneValue}>
      <span>{words.orOneValue}</span>
      <ReadAs feature={feature} label={words.oneValue(feature.name)} onRead={give} />
      {missing.policy !== 'refuse' && (
        <Button label={words.allMissingOf(feature.name, asMissing)} disabled={busy} onPress={() => give('')}>
          {asMissing}
        </Button>
      )}
      {refused !== null && (
        <span role="alert" translate="no">
          {words.notAllowed(refused.slice(0, 40))}
        </span>
      )}
    </div>
  )
}

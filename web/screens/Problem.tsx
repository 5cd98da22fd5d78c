import type { ReactNode } from 'react'
import { asBlindscoreError, type ErrorCode } from '../../core/errors.ts'
import { loadNewest } from '../offline/install.ts'
import { Alert } from '../ui/Alert.tsx'
import { Button } from '../ui/Button.tsx'
import { useOnline } from '../ui/useOnline.ts'
import { sentenceOf } from '../words/sentenceOf.ts'
import { useWords } from './useWords.ts'

/** What only a new page mends. */
const reloads: ReadonlySet<ErrorCode> = new Set([
  'run/out-of-date',
  'model/changed',
  'platform/worker-refused',
  'internal',
])

interface ProblemProps {
  readonly error: unknown
  /** What to do next, where it is not what the error's code says; null where the sentence itself says it. */
  readonly next?: string | null
  /** The button for it. */
  readonly children?: ReactNode
}

/** An error of the journey, with its place and what to do next. */
export function Problem({ error, next, children }: ProblemProps) {
  const words = useWords()
  const { deviceOffline, atLine, reload } = words.problem
  const online = useOnline()
  const known = asBlindscoreError(error)
  if (known.code === 'run/offline' && !online) return <Alert code={known.code} {...deviceOffline} />
  const { line } = known.place
  const sentence = sentenceOf(words, known)
  return (
    <Alert
      code={known.code}
      message={line === undefined ? sentence : atLine(sentence, line)}
      next={next === undefined ? words.errors.nextSteps[known.code] : next}
    >
      {children ??
        (reloads.has(known.code) && (
          <Button primary onPress={() => void loadNewest()}>
            {reload}
          </Button>
        ))}
    </Alert>
  )
}

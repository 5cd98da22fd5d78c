import { type ReactNode, Suspense } from 'react'
import { asBlindscoreError, type ErrorCode } from '../../core/errors.ts'
import { loadNewest } from '../offline/install.ts'
import { Alert } from '../ui/Alert.tsx'
import { Button } from '../ui/Button.tsx'
import { CopyButton } from '../ui/CopyButton.tsx'
import { useOnline } from '../ui/useOnline.ts'
import { sentenceOf } from '../words/sentenceOf.ts'
import { builtIn } from './builtIn.ts'
import { later } from './later.tsx'
import { useWords } from './useWords.ts'

const AccessForm = later(async () => (await import('./AccessForm.tsx')).AccessForm)

/** What only a new page mends. */
const reloads: ReadonlySet<ErrorCode> = new Set(['run/out-of-date', 'platform/worker-refused', 'internal'])

interface ProblemProps {
  readonly error: unknown
  /** What to do next, where it is not what the error's code says; null where the sentence itself says it. */
  readonly next?: string | null
  /** Goes on with what was refused for want of an API key, once there is another one. */
  readonly onAccess?: () => void
  /** The button for it, beside that for a new page where one mends it. */
  readonly children?: ReactNode
}

/** An error of the journey, with its place and what to do next; wherever a server asks for an API key, that is the place to give it. */
export function Problem({ error, next, onAccess, children }: ProblemProps) {
  const words = useWords()
  const { deviceOffline, atLine, reload } = words.problem
  const online = useOnline()
  const known = asBlindscoreError(error)
  const { line } = known.place
  const sentence = sentenceOf(words, known)
  const details = <CopyDetails code={known.code} sentence={sentence} />
  if (known.code === 'run/offline' && !online) return <Alert code={known.code} {...deviceOffline} details={details} />
  const alert = (
    <Alert
      code={known.code}
      message={line === undefined ? sentence : atLine(sentence, line)}
      next={next === undefined ? words.errors.nextSteps[known.code] : next}
      details={details}
    >
      {reloads.has(known.code) ? (
        <>
          <Button primary onPress={() => void loadNewest()}>
            {reload}
          </Button>
          {children}
        </>
      ) : (
        children
      )}
    </Alert>
  )
  if (!known.code.startsWith('access/')) return alert
  return (
    <>
      {alert}
      <Suspense>
        <AccessForm error={error} onGiven={onAccess} />
      </Suspense>
    </>
  )
}

interface CopyDetailsProps {
  readonly code: string
  readonly sentence: string
}

/** What somebody who is asked for help needs: the code, the sentence, which page it was and when. No cell is in it that is not in the sentence. */
export function CopyDetails({ code, sentence }: CopyDetailsProps) {
  const { copyDetails, copied, copyDetailsOf } = useWords().problem
  const text = (): string =>
    [
      code,
      sentence,
      `Blindscore ${builtIn('version') ?? ''}`,
      location.origin + location.pathname,
      new Date().toISOString(),
    ].join('\n')
  return <CopyButton quiet text={text} copy={copyDetails} copied={copied} label={copyDetailsOf(code)} />
}

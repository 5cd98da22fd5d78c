import type { ReactNode } from 'react'
import { asBlindscoreError, type ErrorCode } from '../../core/errors.ts'
import { sentenceOf } from '../../words/en/errors.ts'
import { nextStep } from '../../words/en/nextSteps.ts'
import { Alert } from '../ui/Alert.tsx'
import { Button } from '../ui/Button.tsx'
import { integer } from '../ui/numbers.ts'
import { useOnline } from '../ui/useOnline.ts'

/** What only a new page mends. */
const reloads: ReadonlySet<ErrorCode> = new Set([
  'run/out-of-date',
  'model/changed',
  'platform/worker-refused',
  'internal',
])

interface ProblemProps {
  readonly error: unknown
  /** What to do next, where it is not what the error's code says. */
  readonly next?: string
  /** The button for it. */
  readonly children?: ReactNode
}

/** An error of the journey, with its place and what to do next. */
export function Problem({ error, next, children }: ProblemProps) {
  const online = useOnline()
  const known = asBlindscoreError(error)
  if (known.code === 'run/offline' && !online) {
    return (
      <Alert
        code={known.code}
        message="This device is offline, so the scoring server cannot be reached."
        next="Nothing is lost. The page goes on by itself when the connection is back."
      />
    )
  }
  const { line } = known.place
  const sentence = sentenceOf(known)
  // Most sentences name the line themselves.
  const where = line === undefined || /\bline\b/i.test(sentence) ? '' : ` Line ${integer(line)}.`
  return (
    <Alert code={known.code} message={sentence + where} next={next ?? nextStep(known)}>
      {children ??
        (reloads.has(known.code) && (
          <Button primary onPress={() => location.reload()}>
            Reload the page
          </Button>
        ))}
    </Alert>
  )
}

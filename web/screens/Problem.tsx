import type { ReactNode } from 'react'
import { asBlindscoreError, type ErrorCode } from '../../core/errors.ts'
import { Alert } from '../ui/Alert.tsx'
import { Button } from '../ui/Button.tsx'
import { integer } from '../ui/numbers.ts'
import { nextStep } from './nextSteps.ts'

/** What only a new page mends. */
const reloads: ReadonlySet<ErrorCode> = new Set([
  'run/out-of-date',
  'model/changed',
  'platform/worker-refused',
  'internal',
])

/** An error of the journey, with its place and what to do next. */
export function Problem({ error, children }: { readonly error: unknown; readonly children?: ReactNode }) {
  const known = asBlindscoreError(error)
  const { line } = known.place
  // Most messages name the line themselves.
  const where = line === undefined || /\bline\b/.test(known.message) ? '' : ` Line ${integer(line)}.`
  return (
    <Alert code={known.code} message={known.message + where} next={nextStep(known)}>
      {children ?? (reloads.has(known.code) && <Button onPress={() => location.reload()}>Reload the page</Button>)}
    </Alert>
  )
}

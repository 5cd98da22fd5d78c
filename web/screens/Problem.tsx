import type { ReactNode } from 'react'
import { asBlindscoreError } from '../../core/errors.ts'
import { Alert } from '../ui/Alert.tsx'
import { integer } from '../ui/numbers.ts'
import { nextStep } from './nextSteps.ts'

/** An error of the journey, with its place and what to do next. */
export function Problem({ error, children }: { readonly error: unknown; readonly children?: ReactNode }) {
  const known = asBlindscoreError(error)
  const { line } = known.place
  // Most messages name the line themselves.
  const where = line === undefined || /\bline\b/.test(known.message) ? '' : ` Line ${integer(line)}.`
  return (
    <Alert code={known.code} message={known.message + where} next={nextStep(known)}>
      {children}
    </Alert>
  )
}

import { type ReactNode, Suspense, useMemo, useState } from 'react'
import { type NewStudy, StudyServer } from '../../client/studyServer.ts'
import type { Preview } from '../../reader/inspect.ts'
import type { SealedSource } from '../session/answering.ts'
import type { Draft } from '../session/poolStudy.ts'
import { Step } from '../ui/Step.tsx'
import { type Address, open, sealedDigest } from './address.ts'
import { FitHere } from './FitHere.tsx'
import { HandedFile } from './HandedFile.tsx'
import { later } from './later.tsx'
import { RecordsStep } from './RecordsStep.tsx'
import { useOutcomeWords } from './useOutcomeWords.ts'
import { useSession, useSessionState } from './useSession.ts'
import { ValidateFile } from './ValidateFile.tsx'

const PoolRelease = later(async () => (await import('./PoolRelease.tsx')).PoolRelease)
const PoolInvited = later(async () => (await import('./PoolInvited.tsx')).PoolInvited)
const SealedStudy = later(async () => (await import('./SealedStudy.tsx')).SealedStudy)
const AnswerSealed = later(async () => (await import('./AnswerSealed.tsx')).AnswerSealed)
const AdaptHere = later(async () => (await import('./AdaptHere.tsx')).AdaptHere)
const SealedOffered = later(async () => (await import('./SealedOffered.tsx')).SealedOffered)
const PoolSetUp = later(async () => (await import('./PoolSetUp.tsx')).PoolSetUp)

/** For who has records and what came to pass of them: what scores are worth, models of one's own, and of several owners'. */
export function OutcomesPage({ address }: { readonly address: Address }) {
  const [made, setMade] = useState<NewStudy | null>(null)
  const [sealed, setSealed] = useState<SealedSource | null>(null)
  const invited = useInvitedToAnswer(address.study)
  const handed = useSessionState((state) => state.handed)
  // Nobody is on a first visit here: no sample is opened unasked.
  const here = useMemo(() => ({ ...address, model: address.model ?? '' }), [address])
  const takeSealed = async (file: File): Promise<boolean> => {
    const isSealed = address.study === null && (await isSealedStudy(file))
    if (isSealed) setSealed({ kind: 'file', file })
    return isSealed
  }
  const [id = '', token = ''] = address.study?.split('.') ?? []
  const ticket = useMemo(() => ({ id, token }), [id, token])
  const records = (
    <>
      <RecordsStep address={here} taken={takeSealed} />
      <Suspense>{handed && <HandedFile handed={handed} />}</Suspense>
    </>
  )
  const makeIt = (study: NewStudy): void => {
    setMade(study)
    open({ study: `${study.id}.${study.invitations[0]}` })
  }
  if (address.release !== null) {
    return (
      <Suspense>
        <PoolRelease study={address.release} />
      </Suspense>
    )
  }
  const toAnswer = invited ?? (address.study === null ? sealed : null)
  if (toAnswer !== null) {
    return (
      <Suspense>
        <AnswerSealed source={toAnswer} records={records} onClose={invited ? null : () => setSealed(null)} />
      </Suspense>
    )
  }
  if (address.study === null) {
    return (
      <>
        <OwnFile records={records} onMade={makeIt} />
        <Suspense>
          <SealedOffered onSealed={(file) => setSealed({ kind: 'file', file })} />
        </Suspense>
      </>
    )
  }
  return (
    <Suspense>
      <PoolInvited key={id} ticket={ticket} made={made?.id === id ? made : null} records={records} />
    </Suspense>
  )
}

/** Sealed records on this server that the address asks to answer for; null where it asks for something else. */
function useInvitedToAnswer(study: string | null): SealedSource | null {
  const { server } = useSession()
  const digest = sealedDigest()
  return useMemo(() => {
    const [id = '', token = ''] = study?.split('.') ?? []
    if (study === null || digest === null) return null
    return { kind: 'server', server: new StudyServer(server), ticket: { id, token }, digest }
  }, [study, digest, server])
}

interface OwnFileProps {
  readonly records: ReactNode
  readonly onMade: (made: NewStudy) => void
}

/** What is made of a file whose outcomes are in it. */
function OwnFile({ records, onMade }: OwnFileProps) {
  const { validate, fit } = useOutcomeWords()
  const preview = useSessionState((state) => state.preview)
  const [draft, setDraft] = useState<Draft | null>(null)
  return (
    <>
      {records}
      {preview && (
        <Step title={validate.title}>
          <ValidateFile key={preview.header.join('\n')} preview={preview} />
        </Step>
      )}
      {preview && (
        <Step title={fit.title}>
          <FitHere preview={preview} onPool={setDraft} />
        </Step>
      )}
      <Suspense>
        {preview && isScored(preview) && <AdaptHere key={preview.header.join('\n')} preview={preview} />}
      </Suspense>
      <Suspense>{preview && <SealedStudy key={preview.header.join('\n')} preview={preview} />}</Suspense>
      <Suspense>
        {preview && draft && (
          <PoolSetUp key={draft.clicked.outcome} draft={draft} onMade={onMade} onCancel={() => setDraft(null)} />
        )}
      </Suspense>
    </>
  )
}

/** Whether a file says which model made its scores, by predictors that outcomes can be held against. */
const isScored = ({ header }: Preview): boolean =>
  ['scored_by', 'linear_predictor'].every((name) => header.includes(name))

/** Whether a file says that it is sealed records of a study, whatever its name. */
const isSealedStudy = async (file: File): Promise<boolean> =>
  (await file
    .slice(0, sealedBegins.length)
    .text()
    .catch(() => '')) === sealedBegins
const sealedBegins = 'blindscore-sealed-study/'

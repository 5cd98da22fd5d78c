import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useMemo, useState } from 'react'
import { type NewStudy, StudyServer, type StudyTicket } from '../../client/studyServer.ts'
import { asBlindscoreError } from '../../core/errors.ts'
import { openPool } from '../pool/pool.ts'
import type { InvitedTo, OrganisedBy } from '../session/poolPlace.ts'
import { invitedTo } from '../session/poolServer.ts'
import { Button } from '../ui/Button.tsx'
import { CopyButton } from '../ui/CopyButton.tsx'
import { Data } from '../ui/Data.tsx'
import { Step } from '../ui/Step.tsx'
import { addressWith } from './address.ts'
import outcomes from './Outcomes.module.css'
import styles from './Pool.module.css'
import { PoolDiscard } from './PoolDiscard.tsx'
import { PoolPart } from './PoolPart.tsx'
import { Problem } from './Problem.tsx'
import { StudyFacts } from './StudyFacts.tsx'
import { usePoolWords } from './usePoolWords.ts'
import { useSession, useSessionState } from './useSession.ts'

interface PoolInvitedProps {
  readonly ticket: StudyTicket
  /** The study where it was made in this tab: a browser may keep nothing. */
  readonly made: NewStudy | null
  /** Where a file comes in. */
  readonly records: ReactNode
}

/** A study that this browser's owner is invited to, from what is asked to what came of it. */
export function PoolInvited({ ticket, made, records }: PoolInvitedProps) {
  const { invited: words } = usePoolWords()
  const { server } = useSession()
  const file = useSessionState((state) => state.file)
  const preview = useSessionState((state) => state.preview)
  const [begun, setBegun] = useState(false)
  const [tries, setTries] = useState(0)
  const studies = useMemo(() => new StudyServer(server), [server])
  const { data, error, refetch } = useQuery({
    queryKey: ['study', ticket.id, ticket.token],
    queryFn: ({ signal }) => invitedTo(studies, ticket, openPool, signal),
    retry: false,
  })
  const invited = data && data.seat !== null ? data : null
  const madeHere = made ?? data?.made ?? null
  return (
    <>
      <Step title={words.title} aside={data && <Data>{data.study.title}</Data>}>
        {data ? <Asked invited={data} begun={begun} /> : !error && <p role="status">{words.looking}</p>}
        {error && (
          <Problem error={error} {...(asBlindscoreError(error).code === 'study/unknown' && { next: words.unknown })}>
            <Button onPress={() => void refetch()}>{words.again}</Button>
          </Problem>
        )}
        {data?.seat === null && <PoolDiscard studies={studies} ticket={ticket} />}
      </Step>
      {madeHere && data?.seat !== null && <Invitations made={madeHere} studies={studies} />}
      {invited && !begun && records}
      {invited && file && preview && (
        <PoolPart
          key={tries}
          studies={studies}
          ticket={ticket}
          invited={invited}
          file={file}
          preview={preview}
          onBegin={() => setBegun(true)}
          onAgain={() => setTries(tries + 1)}
        />
      )}
    </>
  )
}

interface AskedProps {
  readonly invited: InvitedTo | OrganisedBy
  /** The file is open, and stays as it is. */
  readonly begun: boolean
}

function Asked({ invited: { study, seat, owners }, begun }: AskedProps) {
  const { invited: words, organiser } = usePoolWords()
  return (
    <div className={outcomes.panel}>
      <p>{seat === null ? organiser.youAre(owners) : words.youAre(seat, owners)}</p>
      <StudyFacts study={study} />
      {!begun && <p className={outcomes.about}>{seat === null ? organiser.about : words.next}</p>}
    </div>
  )
}

/** The addresses for the other owners: the first seat is of who made the study. */
function Invitations({ made, studies }: { readonly made: NewStudy; readonly studies: StudyServer }) {
  const { invitations: words, organiser } = usePoolWords()
  const { id, token: own, invitations } = made
  return (
    <Step title={words.title}>
      <p className={outcomes.about}>{words.about}</p>
      <ul className={styles.list} aria-label={words.title}>
        {invitations.map((token, seat) =>
          seat === 0 ? null : (
            <li key={token}>
              <span>{words.owner(seat)}</span>
              <code translate="no" className={styles.address}>
                {addressFor({ id, token })}
              </code>
              <CopyButton
                quiet
                text={() => addressFor({ id, token })}
                copy={words.copy}
                copied={words.copied}
                label={words.copyOf(seat)}
              />
            </li>
          ),
        )}
      </ul>
      <p className={outcomes.about}>{organiser.ownAddress}</p>
      <div className={outcomes.fields}>
        <CopyButton
          quiet
          text={() => addressFor({ id, token: own })}
          copy={organiser.copy}
          copied={words.copied}
          label={organiser.copyLabel}
        />
        <PoolDiscard studies={studies} ticket={made} />
      </div>
    </Step>
  )
}

const addressFor = ({ id, token }: StudyTicket): string => addressWith({ study: `${id}.${token}` })

import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useMemo, useState } from 'react'
import { type NewStudy, StudyServer, type StudyTicket } from '../../client/studyServer.ts'
import { usualLink } from '../../stats/families.ts'
import { openPool } from '../pool/pool.ts'
import type { InvitedTo } from '../session/poolPlace.ts'
import { invitedTo } from '../session/poolServer.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { Data } from '../ui/Data.tsx'
import { Facts } from '../ui/Facts.tsx'
import { Step } from '../ui/Step.tsx'
import { linkTo } from './address.ts'
import outcomes from './Outcomes.module.css'
import styles from './Pool.module.css'
import { PoolPart } from './PoolPart.tsx'
import { Problem } from './Problem.tsx'
import { useOutcomeWords } from './useOutcomeWords.ts'
import { usePoolWords } from './usePoolWords.ts'
import { useSession, useSessionState } from './useSession.ts'

interface PoolInvitedProps {
  readonly ticket: StudyTicket
  /** The study where it was made in this tab, with the others' invitations. */
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
  const studies = useMemo(() => new StudyServer(server), [server])
  const { data, error } = useQuery({
    queryKey: ['study', ticket.id, ticket.token],
    queryFn: ({ signal }) => invitedTo(studies, ticket, openPool, signal),
    retry: false,
  })
  return (
    <>
      <Step title={words.title} aside={data && <Data>{data.study.title}</Data>}>
        {data ? <Asked invited={data} /> : !error && <p role="status">{words.looking}</p>}
        {error && <Problem error={error} />}
      </Step>
      {made && <Invitations made={made} />}
      {data && !begun && records}
      {data && file && preview && (
        <PoolPart
          studies={studies}
          ticket={ticket}
          invited={data}
          file={file}
          preview={preview}
          onBegin={() => setBegun(true)}
        />
      )}
    </>
  )
}

function Asked({ invited: { study, seat, owners } }: { readonly invited: InvitedTo }) {
  const { invited: words } = usePoolWords()
  const { fit } = useOutcomeWords()
  const { outcome, event, family, link, terms, description } = study
  return (
    <div className={outcomes.panel}>
      <p>{words.youAre(seat, owners)}</p>
      <Facts
        facts={[
          {
            name: words.outcome,
            value: <Data>{event === undefined ? outcome.name : `${outcome.name} = ${event}`}</Data>,
          },
          { name: words.family, value: <Data>{family}</Data> },
          { name: fit.link, value: <Data>{link ?? usualLink(family)}</Data> },
          { name: words.columns, value: <Data>{terms.join(', ')}</Data> },
        ]}
      />
      <h3>{words.purpose}</h3>
      <p translate="no" className={styles.text}>
        {description}
      </p>
      <p className={outcomes.about}>{words.next}</p>
    </div>
  )
}

/** The addresses for the other owners: the first seat is of who made the study. */
function Invitations({ made: { id, invitations } }: { readonly made: NewStudy }) {
  const { invitations: words } = usePoolWords()
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
    </Step>
  )
}

const addressFor = ({ id, token }: StudyTicket): string =>
  `${location.origin}${location.pathname}${linkTo({ study: `${id}.${token}` })}`

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type NewStudy, StudyServer } from '../../client/studyServer.ts'
import type { ClickedColumn } from '../../study/clicked.ts'
import { openPool } from '../pool/pool.ts'
import { createStudy } from '../session/poolServer.ts'
import { type AskedOfAll, type Draft, declared, makeStudy, namedIn } from '../session/poolStudy.ts'
import { Button } from '../ui/Button.tsx'
import grid from '../ui/Grid.module.css'
import { NumberField } from '../ui/NumberField.tsx'
import { Scroller } from '../ui/Scroller.tsx'
import { Step } from '../ui/Step.tsx'
import { TextField } from '../ui/TextField.tsx'
import { BoundedNumber } from './BoundedNumber.tsx'
import styles from './Outcomes.module.css'
import form from './Pool.module.css'
import { Problem } from './Problem.tsx'
import { usePoolWords } from './usePoolWords.ts'
import { useSession } from './useSession.ts'
import { useTask } from './useTask.ts'

interface PoolSetUpProps {
  readonly draft: Draft
  readonly onMade: (made: NewStudy) => void
  readonly onCancel: () => void
}

const nothingAsked: AskedOfAll = {
  ...{ title: '', purpose: '', period: '' },
  ...{ organiser: '', contact: '', recipients: '', carrier: '' },
}
const needed = ['title', 'purpose', 'period', 'organiser', 'contact'] as const

const fewestOwners = 3
const mostOwners = 64

/** From a formula that was clicked together to a study that others are invited to. */
export function PoolSetUp({ draft, onMade, onCancel }: PoolSetUpProps) {
  const { setUp: words } = usePoolWords()
  const { server } = useSession()
  const [asked, setAsked] = useState(nothingAsked)
  const [owners, setOwners] = useState(fewestOwners)
  const [columns, setColumns] = useState(() => namedIn(draft).map(declared))
  const making = useTask(async () => {
    const study = makeStudy({ columns, clicked: draft.clicked }, asked)
    onMade(await createStudy(new StudyServer(server), study, owners, openPool))
  })
  const list = useQuery({ queryKey: ['models'], queryFn: ({ signal }) => server.models(signal) })
  if (list.data && !list.data.limits.studies) {
    return (
      <Step title={words.title}>
        <p className={styles.about}>{words.about}</p>
        <p>{words.notCarried}</p>
      </Step>
    )
  }
  return (
    <Step title={words.title}>
      <div className={styles.panel}>
        <p className={styles.about}>{words.about}</p>
        <div className={form.form}>
          {words.fields.map(({ member, name }) => (
            <TextField
              key={member}
              label={name}
              most={200}
              value={asked[member]}
              onChange={(text) => setAsked({ ...asked, [member]: text })}
            />
          ))}
          <BoundedNumber
            label={words.owners}
            value={owners}
            isFit={(count) => Number.isInteger(count) && count >= fewestOwners && count <= mostOwners}
            range={words.ownersRange(fewestOwners, mostOwners)}
            onChange={setOwners}
          />
        </div>
        <p className={styles.about}>{words.fieldsAbout}</p>
        <Ranges columns={columns} onChange={setColumns} />
        <div className={styles.fields}>
          <Button
            primary
            onPress={() => making.run()}
            pending={making.pending}
            disabled={needed.some((member) => asked[member].trim() === '')}
          >
            {words.make}
          </Button>
          <Button onPress={onCancel}>{words.cancel}</Button>
        </div>
        <p role="status">{making.pending ? words.making : null}</p>
        {making.error !== null && <Problem error={making.error} />}
      </div>
    </Step>
  )
}

interface RangesProps {
  readonly columns: readonly ClickedColumn[]
  readonly onChange: (columns: ClickedColumn[]) => void
}

/** What each number may be: declared to all, by whoever sets the study up. */
function Ranges({ columns, onChange }: RangesProps) {
  const { setUp: words } = usePoolWords()
  const change = (name: string, bound: { readonly min?: number; readonly max?: number }): void =>
    onChange(
      columns.map((column) => (column.name === name && column.kind === 'number' ? { ...column, ...bound } : column)),
    )
  return (
    <>
      <h3>{words.ranges}</h3>
      <p className={styles.about}>{words.rangesAbout}</p>
      <Scroller label={words.ranges} className={grid.scroller ?? ''}>
        <table className={grid.grid} aria-label={words.ranges}>
          <thead>
            <tr>
              {[words.column, words.from, words.to].map((text) => (
                <th key={text} scope="col">
                  {text}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {columns.map((column) => (
              <tr key={column.name}>
                <th scope="row" translate="no">
                  {column.name}
                </th>
                {column.kind === 'category' ? (
                  <td colSpan={2}>{words.levels(column.levels.length)}</td>
                ) : (
                  <>
                    <td>
                      <NumberField
                        label={words.fromOf(column.name)}
                        hideLabel
                        value={column.min}
                        onChange={(min) => change(column.name, { min })}
                      />
                    </td>
                    <td>
                      <NumberField
                        label={words.toOf(column.name)}
                        hideLabel
                        value={column.max}
                        onChange={(max) => change(column.name, { max })}
                      />
                    </td>
                  </>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </>
  )
}

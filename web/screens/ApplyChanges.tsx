import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { isCustomer } from '../../study/applied.ts'
import { Button } from '../ui/Button.tsx'
import { Data } from '../ui/Data.tsx'
import { Scroller } from '../ui/Scroller.tsx'
import { Step } from '../ui/Step.tsx'
import { saveFile } from '../ui/saveFile.ts'
import { TextField } from '../ui/TextField.tsx'
import { type AppliedHere, applyChanges, readChanges } from '../vendor/applyChanges.ts'
import { FigureTable } from './FigureTable.tsx'
import outcomes from './Outcomes.module.css'
import { Problem } from './Problem.tsx'
import { useAdaptingWords } from './useAdaptingWords.ts'
import { useTask } from './useTask.ts'
import styles from './VendorPage.module.css'

interface ApplyChangesProps {
  readonly changes: File
  /** The vendor's model; null while none was handed in. */
  readonly model: File | null
}

/** The vendor's side of an adapted model: the changes as they came, and the customer's model that they make. */
export function ApplyChanges({ changes, model }: ApplyChangesProps) {
  const { applying: words } = useAdaptingWords()
  const [applied, setApplied] = useState<AppliedHere | null>(null)
  const [customer, setCustomer] = useState('')
  const { data, error } = useQuery({
    queryKey: ['changes', changes.name, changes.size, changes.lastModified],
    queryFn: () => readChanges(changes),
    retry: false,
  })
  const applying = useTask(async (to: File) => {
    setApplied(null)
    setApplied(await applyChanges(to, changes, customer))
  })
  return (
    <Step title={words.title} aside={<Data>{changes.name}</Data>}>
      <div className={outcomes.panel}>
        <p className={outcomes.about}>{words.about}</p>
        {error && <Problem error={error} next={null} />}
        {data && <p>{words.of(data.model, data.version)}</p>}
        {data && (
          <FigureTable
            title={words.changes}
            head={words.head}
            rows={data.numbers.map(({ name, value }) => [name, words.number(value)])}
          />
        )}
        {data && !model && <p>{words.needed}</p>}
        {data && model && (
          <form
            className={outcomes.fields}
            onSubmit={(event) => {
              event.preventDefault()
              applying.run(model)
            }}
          >
            <TextField label={words.customer} most={40} value={customer} onChange={setCustomer} />
            <Button primary submit pending={applying.pending} disabled={!isCustomer(customer)}>
              {words.apply}
            </Button>
          </form>
        )}
        {data && model && <p className={outcomes.about}>{words.customerAbout}</p>}
        <p role="status">{applying.pending ? words.applying : null}</p>
        {applying.error !== null && <Problem error={applying.error} next={null} />}
        {applied && <AppliedModel applied={applied} />}
      </div>
    </Step>
  )
}

function AppliedModel({ applied: { id, file, weights } }: { readonly applied: AppliedHere }) {
  const { applying: words } = useAdaptingWords()
  const save = (): void => saveFile(new Blob([file], { type: 'application/json' }), `${id}.json`)
  return (
    <>
      <FigureTable
        title={words.weights}
        head={words.weightsHead}
        rows={weights.map(({ name, before, after }) => [name, words.number(before), words.number(after)])}
      />
      <p className={outcomes.about}>{words.claims}</p>
      <p>{words.served}</p>
      <Scroller label={words.served} className={styles.commands}>
        <pre translate="no">{`npx blindscore keys add CUSTOMER --models ${id}`}</pre>
      </Scroller>
      <div>
        <Button primary onPress={save}>
          {words.save}
        </Button>
      </div>
    </>
  )
}

import { useState } from 'react'
import type { Pooling, PoolingState } from '../session/pooling.ts'
import { Button } from '../ui/Button.tsx'
import { Data } from '../ui/Data.tsx'
import { PartsText } from '../ui/PartsText.tsx'
import { ReasonFields, WhoFields } from './DeclaredFields.tsx'
import outcomes from './Outcomes.module.css'
import { PoolReleases } from './PoolReleases.tsx'
import { usePoolWords } from './usePoolWords.ts'

export type Begun = Parameters<Pooling['takePart']>[0]
type Declared = Begun['declared']

const nothing: Declared = { name: '', role: 'joint-controller', contact: '', basis: '', retention: '' }

interface PoolBeginProps {
  readonly pooling: Pooling
  readonly ready: NonNullable<PoolingState['ready']>
  readonly onBegin: (begun: Begun) => void
}

/** What an owner says of itself, to the others and for its own receipt, before it takes part; or goes on with, having said it. */
export function PoolBegin({ pooling, ready, onBegin }: PoolBeginProps) {
  const { part: words } = usePoolWords()
  const { begunAs, study } = ready
  const [declared, setDeclared] = useState(begunAs ?? nothing)
  const [releases, setReleases] = useState<readonly string[]>([])
  const brought = (
    <PoolReleases study={study} releases={releases} onChange={setReleases} sign={() => pooling.release(study)} />
  )
  if (begunAs !== null) {
    return (
      <>
        <p>
          <PartsText parts={words.begunAs(begunAs.name)} elements={{ name: (text) => <Data>{text}</Data> }} />
        </p>
        {brought}
        <div>
          <Button primary onPress={() => onBegin({ declared, releases })}>
            {words.goOn}
          </Button>
        </div>
      </>
    )
  }
  const whole = isWhole(declared)
  return (
    <form
      className={outcomes.panel}
      onSubmit={(event) => {
        event.preventDefault()
        if (whole) onBegin({ declared, releases })
      }}
    >
      <Fields declared={declared} onChange={setDeclared} />
      {brought}
      <div>
        <Button primary submit disabled={!whole}>
          {words.takePart}
        </Button>
      </div>
    </form>
  )
}

/** Where no personal data are pooled no legal basis is asked for. */
const isWhole = ({ name, role, contact, basis, retention }: Declared): boolean =>
  [name, contact, ...(role === 'not-personal' ? [] : [basis, retention])].every((text) => text.trim() !== '')

interface FieldsProps {
  readonly declared: Declared
  readonly onChange: (declared: Declared) => void
}

function Fields({ declared, onChange }: FieldsProps) {
  const { part: words } = usePoolWords()
  return (
    <>
      <h3>{words.toOthers}</h3>
      <WhoFields name={words.name} roles={words.roles} declared={declared} onChange={onChange} />
      <h3>{words.forReceipt}</h3>
      <ReasonFields declared={declared} onChange={onChange} />
      <p className={outcomes.about}>{words.forReceiptAbout}</p>
    </>
  )
}

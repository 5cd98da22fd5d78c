import { useState } from 'react'
import { keyName } from '../session/keyState.ts'
import type { ReceiptFacts } from '../session/readReceipt.ts'
import type { Handed } from '../session/state.ts'
import { Button } from '../ui/Button.tsx'
import { Data } from '../ui/Data.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Digest } from '../ui/Digest.tsx'
import { type Fact, Facts } from '../ui/Facts.tsx'
import { Step } from '../ui/Step.tsx'
import { linkTo } from './address.ts'
import { RestoreBackup } from './RestoreBackup.tsx'
import styles from './RunStep.module.css'
import { useLaterWords } from './useLaterWords.ts'
import { useBusy, useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

/** A file that is something else than records: what it is, and what can be done with it. */
export function HandedFile({ handed }: { readonly handed: Handed }) {
  const words = useLaterWords().handed
  const session = useSession()
  const { kind, file } = handed
  return (
    <Step place="handed" title={words.titles[kind]} aside={<Data>{file.name}</Data>}>
      <p>{words.about[kind]}</p>
      {kind === 'receipt' && (handed.receipt ? <Receipt receipt={handed.receipt} /> : <p>{words.noReceipt}</p>)}
      <div className={styles.actions}>
        <Act handed={handed} />
        <Button onPress={() => session.handIn.close()}>{words.close}</Button>
      </div>
    </Step>
  )
}

function Act({ handed: { kind, file } }: { readonly handed: Handed }) {
  const words = useLaterWords().handed
  const { key, dialog } = useWords()
  const session = useSession()
  const [asking, setAsking] = useState(false)
  const busy = useBusy()
  if (kind === 'receipt') return null
  if (kind === 'scores') {
    return (
      <Button primary disabled={busy} onPress={() => void session.handIn.readAsRecords()}>
        {words.asRecords}
      </Button>
    )
  }
  if (kind === 'model') {
    return (
      <Button
        primary
        onPress={() => {
          location.hash = linkTo({ page: 'vendor' })
        }}
      >
        {words.check}
      </Button>
    )
  }
  return (
    <>
      <Button primary onPress={() => setAsking(true)}>
        {words.restore}
      </Button>
      {asking && (
        <Dialog title={key.title} close={dialog.close} narrow onClose={() => setAsking(false)}>
          <RestoreBackup backup={file} onDone={() => session.handIn.close()} />
        </Dialog>
      )}
    </>
  )
}

function Receipt({ receipt }: { readonly receipt: ReceiptFacts }) {
  const words = useLaterWords().handed
  const { numbers } = useWords()
  const present = useSessionState(({ key }) => keyName(key)?.fingerprint)
  const { model, version, server, records, key, sentAt } = receipt
  // A receipt is a file: it may say anything.
  const at = sentAt !== null && !Number.isNaN(Date.parse(sentAt)) ? new Date(sentAt) : null
  const fact = (name: string, value: string | null): Fact[] =>
    value === null ? [] : [{ name, value: <Data>{value}</Data> }]
  return (
    <>
      <Facts
        facts={[
          ...fact(words.model, model && `${model} ${version ?? ''}`.trim()),
          ...fact(words.records, records === null ? null : numbers.integer(records)),
          ...fact(words.server, server),
          ...(at === null ? [] : [{ name: words.sentAt, value: words.moment(at) }]),
          ...(key === null ? [] : [{ name: words.key, value: <Digest hex={key} /> }]),
        ]}
      />
      {key !== null && <p>{key === present ? words.sameKey : words.otherKey}</p>}
    </>
  )
}

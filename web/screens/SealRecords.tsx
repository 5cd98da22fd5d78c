import { useState } from 'react'
import type { LookedAt } from '../../validation/readPairs.ts'
import type { Prepared, Sealed } from '../sealed/worker-sealed.ts'
import { consented } from '../session/consented.ts'
import type { SealedHost } from '../session/sealedStudy.ts'
import { FileButton } from '../ui/FileButton.tsx'
import { Step } from '../ui/Step.tsx'
import { sideConsents } from '../words/sideConsent.ts'
import styles from './Outcomes.module.css'
import { PassphraseForm } from './PassphraseForm.tsx'
import { Problem } from './Problem.tsx'
import { SealedFileActs } from './SealedFileActs.tsx'
import { SideConsent } from './SideConsent.tsx'
import { useFocusKept } from './useFocusKept.ts'
import { useSealedWords } from './useSealedWords.ts'
import { useTask } from './useTask.ts'
import { useLanguageId } from './useWords.ts'

export interface SealedPartProps {
  readonly host: SealedHost
  readonly looked: LookedAt
  /** Of the file of records. */
  readonly name: string
}

/** From a study and the rows that are open, by what is agreed to, to a sealed file and its key. */
export function SealRecords({ host, looked, name }: SealedPartProps) {
  const words = useSealedWords()
  const [prepared, setPrepared] = useState<Prepared | null>(null)
  const [receipt, setReceipt] = useState<string | null>(null)
  const preparing = useTask(async (study: File) => {
    setPrepared(null)
    setReceipt(null)
    const text = await study.text()
    setPrepared(await host.call((remote) => remote.prepare(looked, text)))
  })
  return (
    <>
      <Step title={words.title}>
        <div className={styles.panel}>
          <p className={styles.about}>{words.about}</p>
          <div className={styles.fields}>
            <FileButton label={words.seal.study} accept=".json" onFile={(file) => preparing.run(file)} />
          </div>
          <p role="status">{preparing.pending ? words.seal.reading : null}</p>
          {preparing.error !== null && <Problem error={preparing.error} />}
          {prepared && <Told prepared={prepared} />}
        </div>
      </Step>
      {prepared && receipt === null && <Consent prepared={prepared} onAgreed={setReceipt} />}
      {prepared && receipt !== null && <Seal host={host} prepared={prepared} name={name} receipt={receipt} />}
    </>
  )
}

function Told({ prepared: { study, records, leftOut, readable } }: { readonly prepared: Prepared }) {
  const { seal: words } = useSealedWords()
  return (
    <>
      <p>{words.told(study.title, study.outcome.name, study.terms)}</p>
      <p>{words.checked(records, leftOut)}</p>
      <p className={styles.about}>{words.readable(readable, records)}</p>
    </>
  )
}

interface ConsentProps {
  readonly prepared: Prepared
  /** Hears of the receipt of what was agreed to. */
  readonly onAgreed: (receipt: string) => void
}

function Consent({ prepared: { study, records, sums }, onAgreed }: ConsentProps) {
  const { consent: words } = useSealedWords().seal
  const { title, sectionsOf } = sideConsents.seal[useLanguageId()]
  const agreeing = useTask(async (...agreed: Parameters<typeof consented>) => onAgreed(await consented(...agreed)))
  return (
    <SideConsent
      title={words.title}
      consent={{ title, sectionsOf: (declared) => sectionsOf({ declared, study, records, numbers: sums }) }}
      agree={words.agree}
      act={words.act}
      pending={agreeing.pending}
      onAgree={agreeing.run}
    />
  )
}

interface SealProps extends Pick<SealedPartProps, 'host' | 'name'> {
  readonly prepared: Prepared
  readonly receipt: string
}

/** What was agreed to is sealed, under a key that a passphrase opens. */
function Seal({ host, name, prepared, receipt }: SealProps) {
  const { seal: words } = useSealedWords()
  const [sealed, setSealed] = useState<Sealed | null>(null)
  const [done, setDone] = useState(0)
  const step = useFocusKept<HTMLElement>(sealed)
  const seal = async (passphrase: string): Promise<void> => {
    setDone(0)
    setSealed(await host.call((remote, listen) => remote.seal(passphrase, listen(setDone))))
  }
  return (
    <Step title={words.title} ref={step}>
      <div className={styles.panel}>
        {sealed ? (
          <SealedFileActs sealed={sealed} name={name} receipt={receipt} />
        ) : (
          <>
            <p className={styles.about}>{words.passphrase}</p>
            <PassphraseForm chosen action={words.act} onSubmit={seal} />
            <p role="status">{done > 0 ? words.sealing(done, prepared.records) : null}</p>
          </>
        )}
      </div>
    </Step>
  )
}

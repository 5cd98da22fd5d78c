import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { StudyServer } from '../../client/studyServer.ts'
import type { LookedAt } from '../../validation/readPairs.ts'
import type { Prepared, Sealed } from '../sealed/worker-sealed.ts'
import { type SealedHost, uploadSealed } from '../session/sealedStudy.ts'
import { Button } from '../ui/Button.tsx'
import { CopyButton } from '../ui/CopyButton.tsx'
import { FileButton } from '../ui/FileButton.tsx'
import { saveFile, siblingName } from '../ui/saveFile.ts'
import styles from './Outcomes.module.css'
import { PassphraseForm } from './PassphraseForm.tsx'
import { Problem } from './Problem.tsx'
import { useSealedWords } from './useSealedWords.ts'
import { useSession } from './useSession.ts'
import { useTask } from './useTask.ts'

export interface SealedPartProps {
  readonly host: SealedHost
  readonly looked: LookedAt
  /** Of the file of records. */
  readonly name: string
}

/** From a study and the rows that are open to a sealed file and its key. */
export function SealRecords({ host, looked, name }: SealedPartProps) {
  const { seal: words } = useSealedWords()
  const [prepared, setPrepared] = useState<Prepared | null>(null)
  const [sealed, setSealed] = useState<Sealed | null>(null)
  const [done, setDone] = useState(0)
  const preparing = useTask(async (study: File) => {
    setPrepared(null)
    setSealed(null)
    const text = await study.text()
    setPrepared(await host.call((remote) => remote.prepare(looked, text)))
  })
  const seal = async (passphrase: string): Promise<void> => {
    setDone(0)
    setSealed(await host.call((remote, listen) => remote.seal(passphrase, listen(setDone))))
  }
  return (
    <>
      <h3>{words.title}</h3>
      <div className={styles.fields}>
        <FileButton label={words.study} accept=".json" onFile={(file) => preparing.run(file)} />
      </div>
      <p role="status">{preparing.pending ? words.reading : null}</p>
      {preparing.error !== null && <Problem error={preparing.error} />}
      {prepared && (
        <>
          <p>{words.told(prepared.study.title, prepared.study.outcome.name, prepared.study.terms)}</p>
          <p>{words.checked(prepared.records, prepared.leftOut)}</p>
          <p className={styles.about}>{words.whoLearns(prepared.sums)}</p>
          <p className={styles.about}>{words.readable(prepared.readable, prepared.records)}</p>
        </>
      )}
      {prepared && !sealed && (
        <>
          <p className={styles.about}>{words.passphrase}</p>
          <PassphraseForm chosen action={words.act} onSubmit={seal} />
          <p role="status">{done > 0 ? words.sealing(done, prepared.records) : null}</p>
        </>
      )}
      {sealed && <SealedFileActs sealed={sealed} name={name} />}
    </>
  )
}

/** The sealed file and its key, to be saved, and the file to be put on the server. */
function SealedFileActs({ sealed, name }: { readonly sealed: Sealed; readonly name: string }) {
  const { seal: words } = useSealedWords()
  const { server } = useSession()
  const [saved, setSaved] = useState(false)
  const [addresses, setAddresses] = useState<{ readonly own: string; readonly theirs: string } | null>(null)
  const list = useQuery({ queryKey: ['models'], queryFn: ({ signal }) => server.models(signal) })
  const uploading = useTask(async () => {
    setAddresses(await uploadSealed(new StudyServer(server), sealed.file, sealed.digest))
  })
  const save = (content: string | Uint8Array<ArrayBuffer>, ending: string): void =>
    saveFile(new Blob([content]), siblingName(name, ending))
  const saveKey = (): void => {
    save(sealed.key, 'study-key.json')
    setSaved(true)
  }
  return (
    <>
      <p role="status">{words.sealed(sealed.file.length)}</p>
      <p className={styles.about}>{words.keep}</p>
      <div className={styles.fields}>
        <Button primary={!saved} onPress={saveKey}>
          {words.saveKey}
        </Button>
        <Button disabled={!saved} onPress={() => save(sealed.file, 'blindstudy')}>
          {words.save}
        </Button>
        {list.data?.limits.studies && (
          <Button
            primary={saved}
            disabled={!saved || addresses !== null}
            pending={uploading.pending}
            onPress={() => uploading.run()}
          >
            {words.upload}
          </Button>
        )}
      </div>
      <p role="status">{uploading.pending ? words.uploading : null}</p>
      {uploading.error !== null && <Problem error={uploading.error} />}
      {addresses && (
        <>
          <p>{words.uploaded}</p>
          <div className={styles.fields}>
            <CopyButton text={() => addresses.theirs} copy={words.copy} copied={words.copied} />
            <Button onPress={() => save(`${addresses.own}\n`, 'study-address.txt')}>{words.saveOwn}</Button>
          </div>
        </>
      )}
    </>
  )
}

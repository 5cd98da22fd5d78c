import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { StudyServer } from '../../client/studyServer.ts'
import { asBlindscoreError } from '../../core/errors.ts'
import type { Sealed } from '../sealed/worker-sealed.ts'
import { uploadSealed } from '../session/sealedStudy.ts'
import { Button } from '../ui/Button.tsx'
import { CopyButton } from '../ui/CopyButton.tsx'
import { saveFile, siblingName } from '../ui/saveFile.ts'
import styles from './Outcomes.module.css'
import { Problem } from './Problem.tsx'
import { useSealedWords } from './useSealedWords.ts'
import { useSession } from './useSession.ts'
import { useTask } from './useTask.ts'

interface SealedFileProps {
  readonly sealed: Sealed
  /** Of the file of records. */
  readonly name: string
  /** Of what was agreed to. */
  readonly receipt: string
}

/** The sealed file, its key and the receipt, to be saved, and the file to be put on the server. */
export function SealedFileActs({ sealed, name, receipt }: SealedFileProps) {
  const { seal: words } = useSealedWords()
  const { server } = useSession()
  const [saved, setSaved] = useState(false)
  const [addresses, setAddresses] = useState<Addresses | null>(null)
  const list = useQuery({ queryKey: ['models'], queryFn: ({ signal }) => server.models(signal) })
  const isBarred = list.error !== null && asBlindscoreError(list.error).code.startsWith('access/')
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
        <Button disabled={!saved} onPress={() => save(sealed.file, 'blindstudy')}>
          {words.save}
        </Button>
        <Button onPress={() => save(receipt, 'consent-receipt.json')}>{words.saveReceipt}</Button>
      </div>
      {isBarred && <Problem error={list.error} />}
      <p role="status">{uploading.pending ? words.uploading : null}</p>
      {uploading.error !== null && <Problem error={uploading.error} onAccess={() => uploading.run()} />}
      {addresses && <Uploaded addresses={addresses} onSave={() => save(`${addresses.own}\n`, 'study-address.txt')} />}
    </>
  )
}

type Addresses = Awaited<ReturnType<typeof uploadSealed>>

function Uploaded({ addresses, onSave }: { readonly addresses: Addresses; readonly onSave: () => void }) {
  const { seal: words } = useSealedWords()
  return (
    <>
      <p>{words.uploaded}</p>
      <div className={styles.fields}>
        <CopyButton text={() => addresses.theirs} copy={words.copy} copied={words.copied} />
        <Button onPress={onSave}>{words.saveOwn}</Button>
      </div>
    </>
  )
}

import { useState } from 'react'
import { StudyServer } from '../../client/studyServer.ts'
import type { Opened } from '../sealed/worker-sealed.ts'
import { coefficientsCsv } from '../session/fitting.ts'
import { answerIn } from '../session/sealedStudy.ts'
import { Button } from '../ui/Button.tsx'
import { Data } from '../ui/Data.tsx'
import { Facts } from '../ui/Facts.tsx'
import { FileButton } from '../ui/FileButton.tsx'
import { Step } from '../ui/Step.tsx'
import { saveFile, siblingName } from '../ui/saveFile.ts'
import { Coefficients } from './FittedModel.tsx'
import styles from './Outcomes.module.css'
import { PassphraseForm } from './PassphraseForm.tsx'
import { Problem } from './Problem.tsx'
import type { SealedPartProps } from './SealRecords.tsx'
import { useOutcomeWords } from './useOutcomeWords.ts'
import { useSealedWords } from './useSealedWords.ts'
import { useSession } from './useSession.ts'
import { useTask } from './useTask.ts'
import { useWords } from './useWords.ts'

/** From a key's file and an answer to the model. */
export function SealedAnswer({ host, looked, name }: SealedPartProps) {
  const { open: words } = useSealedWords()
  const { server } = useSession()
  const [key, setKey] = useState<File | null>(null)
  const [answer, setAnswer] = useState<{ readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> } | null>(null)
  const [opened, setOpened] = useState<Opened | null>(null)
  const choosing = useTask(async (chosen: File) => {
    setAnswer(null)
    setOpened(null)
    setAnswer({ name: chosen.name, bytes: await answerIn(new StudyServer(server), chosen) })
  })
  const open = async (passphrase: string): Promise<void> => {
    if (!key || !answer) return
    const text = await key.text()
    setOpened(await host.call((remote) => remote.open(looked, text, answer.bytes, passphrase)))
  }
  return (
    <Step title={words.title}>
      <div className={styles.panel}>
        <p className={styles.about}>{words.about}</p>
        <div className={styles.fields}>
          <FileButton label={words.key} accept=".json" onFile={setKey} />
          <FileButton label={words.answer} accept="" disabled={!key} onFile={(file) => choosing.run(file)} />
        </div>
        {key && <p>{words.chosen(key.name)}</p>}
        {answer && <p>{words.chosen(answer.name)}</p>}
        {choosing.error !== null && <Problem error={choosing.error} />}
        {key && answer && !opened && (
          <>
            <p className={styles.about}>{words.once}</p>
            <PassphraseForm chosen={false} action={words.act} onSubmit={open} />
          </>
        )}
        {opened && <OpenedModel opened={opened} name={name} />}
      </div>
    </Step>
  )
}

function OpenedModel({ opened, name }: { readonly opened: Opened; readonly name: string }) {
  const { open: words } = useSealedWords()
  const { fit } = useOutcomeWords()
  const { numbers } = useWords()
  const { summary } = opened
  const save = (text: string, ending: string): void => saveFile(new Blob([text]), siblingName(name, ending))
  return (
    <>
      <Facts facts={[{ name: words.records, value: <Data>{numbers.integer(summary.records)}</Data> }]} />
      <Coefficients fitted={opened} />
      <p className={styles.about}>{words.keyAgain}</p>
      <div className={styles.fields}>
        <Button primary onPress={() => save(opened.key, 'study-key.json')}>
          {words.saveKey}
        </Button>
        <Button onPress={() => save(opened.model, 'model.json')}>{words.saveModel}</Button>
        <Button onPress={() => save(coefficientsCsv(summary), 'coefficients.csv')}>{fit.saveCsv}</Button>
      </div>
    </>
  )
}

import type { NumbersState } from '../session/state.ts'
import { Button } from '../ui/Button.tsx'
import { Data } from '../ui/Data.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { FileButton } from '../ui/FileButton.tsx'
import grid from '../ui/Grid.module.css'
import { grouped } from '../ui/grouped.ts'
import { PartsText } from '../ui/PartsText.tsx'
import { Scroller } from '../ui/Scroller.tsx'
import { saveFile, siblingName } from '../ui/saveFile.ts'
import styles from './KeyPanel.module.css'
import { Problem } from './Problem.tsx'
import { useLaterWords } from './useLaterWords.ts'
import { useSession } from './useSession.ts'
import { useWords } from './useWords.ts'

/** Rows that are drawn; the file that is saved has all of them. */
const mostRows = 200

/** Files of python-paillier: a private key, and the numbers that it opens, until they are closed. */
export function NumbersDialog({ numbers }: { readonly numbers: NumbersState }) {
  const words = useLaterWords().numbersDialog
  const { dialog } = useWords()
  const session = useSession()
  const { key, file, records, busy, error } = numbers
  const choose = (chosen: File): void => void session.numbers.takeIn(chosen)
  const save = (): void => {
    const text = (records ?? []).map((record) => `${record.join(',')}\n`).join('')
    saveFile(new Blob([text], { type: 'text/csv' }), siblingName(file?.name ?? '', 'opened.csv'))
  }
  return (
    <Dialog title={words.title} close={dialog.close} narrow onClose={() => session.numbers.close()}>
      <p className={styles.note}>{words.about}</p>
      {key && (
        <p>
          <PartsText
            parts={words.key(grouped(key.fingerprint), key.bits)}
            elements={{
              fingerprint: (text) => (
                <code translate="no" className={styles.fingerprint}>
                  {text}
                </code>
              ),
            }}
          />
        </p>
      )}
      {file && !records && !busy && (
        <p role="status">
          <PartsText parts={words.waits(file.name)} elements={{ file: (name) => <Data>{name}</Data> }} />
        </p>
      )}
      {busy && <p role="status">{words.busy}</p>}
      {error && <Problem error={error} />}
      {records && <Opened records={records} label={words.opened} />}
      <div className={styles.actions}>
        <FileButton label={words.chooseKey} accept=".jwk,.json,application/json" primary={!key} onFile={choose} />
        <FileButton label={words.chooseNumbers} accept=".json,application/json" onFile={choose} />
        {records && <Button onPress={save}>{words.save}</Button>}
      </div>
    </Dialog>
  )
}

function Opened({ records, label }: { readonly records: readonly (readonly string[])[]; readonly label: string }) {
  const words = useLaterWords().numbersDialog
  return (
    <>
      <Scroller label={label}>
        <table className={grid.grid} aria-label={label}>
          <tbody>
            {records.slice(0, mostRows).map((record, r) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows are never moved
              <tr key={r}>
                {record.map((value, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: nor are cells
                  <td key={i} translate="no">
                    {value}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
      {records.length > mostRows && <p>{words.more(records.length - mostRows)}</p>}
    </>
  )
}

import { useMemo } from 'react'
import { keyName } from '../session/keyState.ts'
import { Dialog } from '../ui/Dialog.tsx'
import styles from './ChunkDialog.module.css'
import { OpenedChunk } from './OpenedChunk.tsx'
import { useLaterWords } from './useLaterWords.ts'
import { useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

interface ChunkDialogProps {
  readonly exchange: number
  readonly onClose: () => void
}

/** A request that crossed the line, opened on both sides of it. */
export function ChunkDialog({ exchange, onClose }: ChunkDialogProps) {
  const words = useLaterWords().request
  const { dialog } = useWords()
  const session = useSession()
  const card = useSessionState((state) => state.card)
  const key = useSessionState(({ map, key }) => map?.key ?? keyName(key))
  const body = useMemo(() => session.bodyOf(exchange), [session, exchange])
  if (!card || !body || !key) {
    return (
      <Dialog title={words.title(exchange)} close={dialog.close} onClose={onClose}>
        <p className={styles.gone}>{words.gone}</p>
      </Dialog>
    )
  }
  return (
    <Dialog title={words.opened(exchange)} close={dialog.close} onClose={onClose}>
      <OpenedChunk card={card} body={body} set={key.set} name={`request-${exchange}.cbor`} />
    </Dialog>
  )
}

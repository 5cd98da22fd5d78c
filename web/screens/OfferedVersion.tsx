import { useQueryClient } from '@tanstack/react-query'
import { OfferedVersion as Slice } from '../session/offeredVersion.ts'
import type { Offered } from '../session/state.ts'
import { versionNames } from '../session/versionNames.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import styles from './RunStep.module.css'
import { useLaterWords } from './useLaterWords.ts'
import { useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

/** Asks which version is meant, where the server has another one than the page shows. */
export function OfferedVersion({ offered: { now } }: { readonly offered: Offered }) {
  const { offered: words } = useLaterWords()
  const { dialog } = useWords()
  const slice = useSession().later(Slice)
  const card = useSessionState((state) => state.card)
  const queries = useQueryClient()
  if (!card) return null
  const names = now ? versionNames(card, now) : { here: card.version, there: '' }
  const take = (): void => {
    slice.close()
    void queries.invalidateQueries()
  }
  return (
    <Dialog title={now ? words.title : words.gone} close={dialog.close} narrow onClose={() => slice.close()}>
      <p>{now ? words.about({ model: card.title, ...names }) : words.aboutGone({ model: card.title })}</p>
      {now && <p>{words.takeAbout}</p>}
      <p>{words.keeps(names.here)}</p>
      <div className={styles.actions}>
        <Button primary onPress={take}>
          {now ? words.take(names.there) : words.look}
        </Button>
        <Button onPress={() => slice.keep()}>{words.keep(names.here)}</Button>
      </div>
    </Dialog>
  )
}

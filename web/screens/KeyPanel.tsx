import { useEffect, useState } from 'react'
import { parameterSet } from '../../core/protocol/schemes.ts'
import { type KeyState, keyName } from '../session/state.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Facts } from '../ui/Facts.tsx'
import { FileButton } from '../ui/FileButton.tsx'
import { grouped, integer } from '../ui/numbers.ts'
import { saveFile } from '../ui/saveFile.ts'
import styles from './KeyPanel.module.css'
import { missingKey, stateOfKey } from './keyWords.ts'
import { PassphraseForm } from './PassphraseForm.tsx'
import { Problem } from './Problem.tsx'
import { useBusy, useSession, useSessionState } from './useSession.ts'
import { useTask } from './useTask.ts'

type Held = Extract<KeyState, { held: unknown }>

/** Something that asks first: for a passphrase, for a file, or whether it is meant. */
type Asking =
  | { readonly what: 'lock' | 'back up' | 'remember' | 'change' | 'forget' }
  | { readonly what: 'restore'; readonly backup: File }

/** The key's panel: which key, where it lives, and all that can be done with it. */
export function KeyPanel({ onClose }: { readonly onClose: () => void }) {
  const session = useSession()
  const key = useSessionState((state) => state.key)
  const [asking, setAsking] = useState<Asking | null>(null)
  const done = (): void => setAsking(null)
  // Storage can be cleared behind the page's back: what is said of it here is looked up here.
  useEffect(() => void session.key.lookAgain(), [session])

  const name = keyName(key)
  const missing = missingKey(key)
  const unlock = async (passphrase: string): Promise<void> => {
    await session.key.unlock(passphrase)
    onClose()
  }
  return (
    <Dialog title="Key" narrow onClose={onClose}>
      <div className={styles.panel}>
        {name && (
          <Facts
            facts={[
              {
                name: 'Fingerprint',
                value: <code className={styles.fingerprint}>{grouped(name.fingerprint)}</code>,
              },
              { name: 'Size', value: `${integer(parameterSet(name.set).bits)} bits` },
              { name: 'State', value: <span role="status">{stateOfKey(key)}</span> },
            ]}
          />
        )}
        {missing && <p role="status">{missing}</p>}
        {key.status === 'failed' && <Problem error={key.error} />}
        {'held' in key && <Places held={key} />}
        {asking?.what === 'restore' ? (
          <Restoring backup={asking.backup} onDone={done} />
        ) : asking?.what === 'forget' ? (
          <Forgetting onDone={done} />
        ) : asking ? (
          <Choosing what={asking.what} onDone={done} />
        ) : (
          <>
            {key.status === 'locked' && <PassphraseForm chosen={false} action="Unlock" onSubmit={unlock} />}
            <Actions state={key} onAsk={setAsking} />
          </>
        )}
      </div>
    </Dialog>
  )
}

/** Where the key lives: three places, each as it stands. */
function Places({ held }: { readonly held: Held }) {
  const { wrapped, remembered, backedUp } = held.held
  const tab = held.status === 'locked' ? 'sealed, until the tab is closed' : 'open, until the tab is closed'
  return (
    <>
      <dl className={styles.places} aria-label="Where it lives">
        <dt>This tab</dt>
        <dd>{tab}</dd>
        <dt>This device</dt>
        <dd>{remembered ? 'remembered, sealed under your passphrase' : 'not remembered'}</dd>
        <dt>Backup</dt>
        <dd>{backedUp ? 'there is a backup file' : 'none made'}</dd>
      </dl>
      <p className={styles.note}>
        {remembered
          ? 'Whoever copies this device’s files finds the key sealed and needs your passphrase to open it. Nothing here protects against a program that watches you type.'
          : wrapped
            ? 'When this tab is closed the key is gone, unless this device remembers it or you have a backup.'
            : 'When this tab is closed the key is gone. To lock it, back it up or have this device remember it, you choose a passphrase.'}
      </p>
    </>
  )
}

/** The actions that fit the key as it stands. Those that need a passphrase ask for one the first time. */
function Actions({ state, onAsk }: { readonly state: KeyState; readonly onAsk: (asking: Asking) => void }) {
  const session = useSession()
  const busy = useBusy()
  const task = useTask((work: () => Promise<void>) => work())
  const kept = 'held' in state ? state.held : null
  const open = state.status === 'ready'
  const none = state.status === 'none' || state.status === 'failed'
  const either = (what: 'lock' | 'back up' | 'remember', act: () => Promise<void>): void =>
    kept?.wrapped ? task.run(act) : onAsk({ what })
  return (
    <>
      <div className={styles.actions}>
        {none && (
          <Button primary onPress={() => task.run(() => session.key.make())}>
            Make a new key
          </Button>
        )}
        {open && <Button onPress={() => either('lock', () => session.key.lock())}>Lock</Button>}
        {kept && (
          <Button onPress={() => either('back up', async () => save(await session.key.backUp()))}>Back up</Button>
        )}
        {kept && !kept.remembered && (
          <Button onPress={() => either('remember', () => session.key.remember())}>Remember on this device</Button>
        )}
        {kept?.remembered && (
          <Button onPress={() => task.run(() => session.key.unremember())}>Remove from this device</Button>
        )}
        {open && kept?.wrapped && <Button onPress={() => onAsk({ what: 'change' })}>Change the passphrase</Button>}
        <FileButton
          label="Restore a backup"
          accept=".json,application/json"
          disabled={state.status === 'making' || (busy && open)}
          onFile={(backup) => onAsk({ what: 'restore', backup })}
        />
        {kept && (
          <Button disabled={busy} onPress={() => onAsk({ what: 'forget' })}>
            Forget this key
          </Button>
        )}
      </div>
      {task.error !== null && <Problem error={task.error} />}
    </>
  )
}

/** The key gets a passphrase, and then what was asked for is done. */
function Choosing(props: { readonly what: 'lock' | 'back up' | 'remember' | 'change'; readonly onDone: () => void }) {
  const { what, onDone } = props
  const session = useSession()
  const action = { lock: 'Lock', 'back up': 'Save the backup', remember: 'Remember', change: 'Change the passphrase' }[
    what
  ]
  const submit = async (passphrase: string): Promise<void> => {
    await session.key.protect(passphrase)
    if (what === 'lock') await session.key.lock()
    if (what === 'back up') save(await session.key.backUp())
    if (what === 'remember') await session.key.remember()
    onDone()
  }
  return (
    <>
      <p className={styles.note}>
        {what === 'change'
          ? 'Backup files that you made earlier still open with the passphrase they were made with.'
          : 'The key is sealed under a passphrase that you choose now. The same one unlocks it, and opens its backups.'}
      </p>
      <PassphraseForm chosen action={action} onSubmit={submit} onCancel={onDone} />
    </>
  )
}

function Restoring({ backup, onDone }: { readonly backup: File; readonly onDone: () => void }) {
  const session = useSession()
  const replaces = useSessionState(({ key }) => keyName(key) !== null)
  const submit = async (passphrase: string): Promise<void> => {
    await session.key.restore(backup, passphrase)
    onDone()
  }
  return (
    <>
      <p className={styles.note}>
        {replaces && 'The key in this tab is replaced. '}
        {backup.name} opens with the passphrase that it was made with.
      </p>
      <PassphraseForm chosen={false} action="Restore" onSubmit={submit} onCancel={onDone} />
    </>
  )
}

function Forgetting({ onDone }: { readonly onDone: () => void }) {
  const session = useSession()
  const kept = useSessionState(({ key }) => ('held' in key ? key.held : null))
  const task = useTask(async () => {
    await session.key.forget()
    onDone()
  })
  return (
    <>
      <p className={styles.note}>
        {kept?.remembered
          ? 'The key is dropped from this tab and from this device. '
          : 'The key is dropped from this tab. '}
        {kept?.backedUp
          ? 'Only its backup file brings it back.'
          : 'There is no backup of it, so nothing will ever open what it has sealed. Scores that are on the page stay.'}
      </p>
      {task.error !== null && <Problem error={task.error} />}
      <div className={styles.actions}>
        <Button primary pending={task.pending} onPress={task.run}>
          Forget it
        </Button>
        <Button onPress={onDone}>Keep it</Button>
      </div>
    </>
  )
}

function save(file: File): void {
  saveFile(file, file.name)
}

import { useState } from 'react'
import { type KeySize, keySizes } from '../../core/card.ts'
import { Button } from '../ui/Button.tsx'
import { Facts } from '../ui/Facts.tsx'
import { grouped, integer } from '../ui/numbers.ts'
import { Select } from '../ui/Select.tsx'
import { Step } from '../ui/Step.tsx'
import styles from './KeyStep.module.css'
import { Problem } from './Problem.tsx'
import { useBusy, useSession, useSessionState } from './useSession.ts'

/** The key: which one, how long, where it lives. It is made when the first file is opened. */
export function KeyStep() {
  const session = useSession()
  const busy = useBusy()
  const key = useSessionState((state) => state.key)
  const engine = useSessionState((state) => state.engine)
  const keySize = useSessionState((state) => state.keySize)
  const [forgotten, setForgotten] = useState(false)
  const info = key.status === 'ready' ? key.info : null
  return (
    <Step title="Key" aside={key.status === 'making' ? 'Being made…' : undefined}>
      {key.status === 'failed' && (
        <Problem error={key.error}>
          <Button onPress={() => void session.ensureKey()}>Try again</Button>
        </Problem>
      )}
      {info ? (
        <Facts
          facts={[
            {
              name: 'Fingerprint',
              value: (
                <code data-fingerprint={info.fingerprint} title={info.fingerprint}>
                  {grouped(info.fingerprint.slice(0, 16))}
                </code>
              ),
            },
            { name: 'Size', value: `${integer(info.bits)} bits` },
            { name: 'Lives in', value: 'this tab, until it is closed' },
            ...(engine
              ? [{ name: 'Arithmetic', value: engine.engine === 'twin' ? `${engine.reason} Slower.` : engine.reason }]
              : []),
          ]}
        />
      ) : (
        <p role="status">
          {key.status === 'making' && `A key of ${integer(key.bits)} bits is being made in the background.`}
          {key.status === 'none' &&
            (forgotten
              ? 'Forgotten. What it sealed can be opened by nobody now.'
              : 'Made in this tab when you open a file, and kept in it until it is closed.')}
        </p>
      )}
      <div className={styles.actions}>
        <Select
          label="Key size"
          value={String(keySize)}
          options={keySizes.map((bits) => ({ value: String(bits), text: `${integer(bits)} bits` }))}
          disabled={busy || key.status === 'making'}
          onChange={(value) => void session.setKeySize(Number(value) as KeySize)}
        />
        {info && (
          <Button
            disabled={busy}
            onPress={() => {
              setForgotten(true)
              void session.forgetKey()
            }}
          >
            Forget this key
          </Button>
        )}
      </div>
    </Step>
  )
}

import { parameterSet, parameterSets } from '../../core/protocol/schemes.ts'
import { engine as engineWords } from '../../words/en/engine.ts'
import { keyName } from '../session/state.ts'
import { Button } from '../ui/Button.tsx'
import { Facts } from '../ui/Facts.tsx'
import { grouped, integer } from '../ui/numbers.ts'
import { Select } from '../ui/Select.tsx'
import { Step } from '../ui/Step.tsx'
import styles from './KeyStep.module.css'
import { missingKey, placesOfKey, stateOfKey } from './keyWords.ts'
import { Problem } from './Problem.tsx'
import { useKeyPanel } from './useKeyPanel.ts'
import { useBusy, useSession, useSessionState } from './useSession.ts'

/** The key: which one, how long, where it lives. It is made when the first file is opened. */
export function KeyStep() {
  const session = useSession()
  const busy = useBusy()
  const key = useSessionState((state) => state.key)
  const engine = useSessionState((state) => state.engine)
  const keySet = useSessionState((state) => state.keySet)
  const openPanel = useKeyPanel()
  const name = keyName(key)
  const missing = missingKey(key)
  // A key that somebody has a passphrase for is not replaced by a look at the sizes.
  const kept = key.status === 'locked' || (key.status === 'ready' && key.held.wrapped)
  return (
    <Step title="Key" aside={key.status === 'making' ? 'Being made…' : undefined}>
      {key.status === 'failed' && (
        <Problem error={key.error}>
          <Button onPress={() => void session.key.make()}>Try again</Button>
        </Problem>
      )}
      {name && (
        <Facts
          facts={[
            {
              name: 'Fingerprint',
              value: (
                <code data-fingerprint={name.fingerprint} title={name.fingerprint}>
                  {grouped(name.fingerprint.slice(0, 16))}
                </code>
              ),
            },
            { name: 'Size', value: `${integer(parameterSet(name.set).bits)} bits` },
            { name: 'State', value: stateOfKey(key) },
            { name: 'Lives in', value: placesOfKey(key).join(', ') },
            ...(engine
              ? [
                  {
                    name: 'Arithmetic',
                    value: `${engineWords[engine.reason]}${engine.engine === 'reference' ? ' Slower.' : ''}`,
                  },
                ]
              : []),
          ]}
        />
      )}
      {missing && <p role="status">{missing}</p>}
      <div className={styles.actions}>
        <Select
          label="Key size"
          value={keySet}
          options={parameterSets.map(({ id, bits }) => ({ value: id, text: `${integer(bits)} bits` }))}
          disabled={busy || key.status === 'making' || kept}
          onChange={(value) => void session.key.chooseSet(value)}
        />
        <Button onPress={openPanel}>Manage the key</Button>
      </div>
    </Step>
  )
}

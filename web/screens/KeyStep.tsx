import { parameterSet, parameterSets } from '../../core/protocol/schemes.ts'
import { type KeyState, keyName } from '../session/keyState.ts'
import { Button } from '../ui/Button.tsx'
import { Disclosure } from '../ui/Disclosure.tsx'
import { Facts } from '../ui/Facts.tsx'
import { grouped } from '../ui/grouped.ts'
import { Select } from '../ui/Select.tsx'
import { Step } from '../ui/Step.tsx'
import styles from './KeyStep.module.css'
import { missingKey, placesOfKey, stateOfKey } from './keyTexts.ts'
import { Problem } from './Problem.tsx'
import { useKeyPanel } from './useKeyPanel.ts'
import { useBusy, useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

/** The key: which one, how long, where it lives. It is made when the first file is opened. */
export function KeyStep() {
  const words = useWords()
  const session = useSession()
  const key = useSessionState((state) => state.key)
  const openPanel = useKeyPanel()
  const missing = missingKey(words, key)
  return (
    <Step title={words.key.title} aside={key.status === 'making' ? words.keyStep.beingMade : undefined}>
      {key.status === 'failed' && (
        <Problem error={key.error}>
          <Button onPress={() => void session.key.make()}>{words.keyStep.tryAgain}</Button>
        </Problem>
      )}
      <KeyFacts state={key} />
      {missing && <p role="status">{missing}</p>}
      <div className={styles.actions}>
        <KeySize state={key} />
        <Button onPress={openPanel}>{words.keyStep.manage}</Button>
      </div>
    </Step>
  )
}

/** Which key it is, where it is, and what computes with it. */
function KeyFacts({ state }: { readonly state: KeyState }) {
  const words = useWords()
  const engine = useSessionState(({ engine }) => engine)
  const name = keyName(state)
  if (!name) return null
  const { kernel, plain, reference, slow } = words.engine
  const arithmetic =
    engine &&
    (engine.reason === 'fused' ? kernel : (engine.engine === 'kernel' ? plain : reference)(slow[engine.reason]))
  return (
    <>
      <Facts
        facts={[
          {
            name: words.key.fingerprint,
            value: (
              <code translate="no" data-fingerprint={name.fingerprint} title={name.fingerprint}>
                {grouped(name.fingerprint.slice(0, 16))}
              </code>
            ),
          },
          { name: words.key.size, value: words.key.bits(parameterSet(name.set).bits) },
          { name: words.key.state, value: stateOfKey(words, state) },
          { name: words.keyStep.livesIn, value: placesOfKey(words, state) },
        ]}
      />
      {arithmetic && (
        <Disclosure title={words.keyStep.details}>
          <Facts facts={[{ name: words.keyStep.arithmetic, value: arithmetic }]} />
        </Disclosure>
      )}
    </>
  )
}

/** The size of the next key. A key that somebody has a passphrase for is not replaced by a look at the sizes. */
function KeySize({ state }: { readonly state: KeyState }) {
  const words = useWords()
  const session = useSession()
  const busy = useBusy()
  const keySet = useSessionState((state) => state.keySet)
  const wrapped = state.status === 'locked' || (state.status === 'ready' && state.held.wrapped)
  return (
    <Select
      label={words.keyStep.keySize}
      value={keySet}
      options={parameterSets.map(({ id, bits }) => ({ value: id, text: words.key.bits(bits) }))}
      disabled={busy || state.status === 'making' || wrapped}
      onChange={(value) => void session.key.chooseSet(value)}
    />
  )
}

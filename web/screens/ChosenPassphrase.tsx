import { type RefObject, useState } from 'react'
import { shortestPassphrase } from '../../client/passphrase.ts'
import { generatedPassphrase, type Strength, strengthOf } from '../../client/passphraseStrength.ts'
import { Button } from '../ui/Button.tsx'
import { CheckBox } from '../ui/CheckBox.tsx'
import { PassphraseField } from '../ui/PassphraseField.tsx'
import styles from './KeyPanel.module.css'
import { useLaterWords } from './useLaterWords.ts'

/** Two fields for a passphrase that is chosen: how strong it is as it is typed, and words that are made up at a press. */
export function ChosenPassphrase({ form }: { readonly form: RefObject<HTMLFormElement | null> }) {
  const words = useLaterWords().passphraseForm
  const [shown, setShown] = useState(false)
  const [strength, setStrength] = useState<Strength | null>(null)
  const make = (): void => {
    const made = generatedPassphrase()
    for (const field of form.current?.querySelectorAll('input[name]') ?? []) (field as HTMLInputElement).value = made
    setShown(true)
    setStrength(strengthOf(made))
  }
  return (
    <>
      <PassphraseField
        label={words.chosen}
        name="passphrase"
        chosen
        focus
        shown={shown}
        shortest={shortestPassphrase}
        hint={words.hint(shortestPassphrase)}
        onType={(text) => setStrength(text === '' ? null : strengthOf(text))}
      />
      <PassphraseField label={words.again} name="again" chosen shown={shown} />
      <p role="status" className={styles.note} data-strength={strength ?? undefined}>
        {strength && words.strengths[strength]}
      </p>
      <div className={styles.actions}>
        <CheckBox label={words.show} checked={shown} onChange={setShown} />
        <Button onPress={make}>{words.suggest}</Button>
      </div>
    </>
  )
}

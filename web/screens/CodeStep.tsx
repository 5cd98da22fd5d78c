import { useState } from 'react'
import type { Card } from '../../core/card/card.ts'
import { deepLink, exampleFor, type Language } from '../session/examples.ts'
import { Button } from '../ui/Button.tsx'
import { Disclosure } from '../ui/Disclosure.tsx'
import { Scroller } from '../ui/Scroller.tsx'
import { Select } from '../ui/Select.tsx'
import { Step } from '../ui/Step.tsx'
import styles from './CodeStep.module.css'
import { sampleOf } from './samples.ts'
import { type SessionState, useSession, useSessionState } from './useSession.ts'

const languages = [
  { value: 'shell', text: 'Shell' },
  { value: 'typescript', text: 'TypeScript' },
  { value: 'playwright', text: 'Playwright' },
] as const satisfies readonly { value: Language; text: string }[]

/** The same from code: for the model and the columns that are chosen above. */
export function CodeStep() {
  const { server } = useSession()
  const card = useSessionState((state) => state.card)
  const header = useSessionState((state) => state.preview?.header)
  const matches = useSessionState((state) => state.matches)
  const [language, setLanguage] = useState<Language>('shell')
  const [copied, setCopied] = useState('')
  if (!card) return null
  const page = location.origin + location.pathname
  const code = exampleFor(language, { server: server.url, model: card.id, columns: renamed(card, header, matches) })
  const sample = sampleOf(card.id)
  const link = deepLink(page, server.url, card, sample ?? undefined)
  const copy = (text: string): void => {
    navigator.clipboard.writeText(text).then(
      () => setCopied(text),
      () => setCopied(''),
    )
  }
  return (
    <Step title="Use from code">
      <Disclosure title="Shell, TypeScript, Playwright, and a link to this model">
        <div className={styles.code}>
          <div className={styles.bar}>
            <Select label="Language" value={language} options={languages} onChange={setLanguage} />
            <Button onPress={() => copy(code)}>{copied === code ? 'Copied' : 'Copy the code'}</Button>
          </div>
          <Scroller label="Code" className={styles.text}>
            <pre>
              <code>{code}</code>
            </pre>
          </Scroller>
          <p className={styles.link}>
            This model{sample ? ' with its sample' : ''}: <a href={link}>{link}</a>
          </p>
        </div>
      </Disclosure>
    </Step>
  )
}

/** The columns of the file that do not have the names of the features that they feed. */
function renamed(card: Card, header: readonly string[] | undefined, matches: SessionState['matches']) {
  const pairs = card.features.map(({ name }, f) => [name, header?.[matches[f]?.column ?? -1]] as const)
  return Object.fromEntries(pairs.filter(([name, column]) => column !== undefined && column !== name)) as Record<
    string,
    string
  >
}

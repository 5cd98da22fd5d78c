import { useState } from 'react'
import type { Card } from '../../core/card/card.ts'
import { deepLink, exampleFor, type Language } from '../session/examples.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { Scroller } from '../ui/Scroller.tsx'
import { Select } from '../ui/Select.tsx'
import styles from './CodeStep.module.css'
import { sampleOf } from './samples.ts'
import { type SessionState, useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

const languages = [
  { value: 'shell', text: 'Shell', isData: true },
  { value: 'typescript', text: 'TypeScript', isData: true },
  { value: 'playwright', text: 'Playwright', isData: true },
] as const satisfies readonly { value: Language; text: string; isData: boolean }[]

/** The code, in the language that is chosen, and an address that opens the page like this. */
export function CodeExample() {
  const words = useWords().code
  const { server } = useSession()
  const card = useSessionState((state) => state.card)
  const header = useSessionState((state) => state.preview?.header)
  const matches = useSessionState((state) => state.matches)
  const [language, setLanguage] = useState<Language>('shell')
  if (!card) return null
  const page = location.origin + location.pathname
  const code = exampleFor(language, { server: server.url, model: card.id, columns: renamed(card, header, matches) })
  const sample = sampleOf(card.id)
  const link = deepLink(page, server.url, card, sample ?? undefined)
  return (
    <div className={styles.code}>
      <div className={styles.bar}>
        <Select label={words.language} value={language} options={languages} onChange={setLanguage} />
        <CopyButton text={() => code} copy={words.copy} copied={words.copied} />
      </div>
      <Scroller label={words.code} className={styles.text}>
        <pre translate="no">
          <code>{code}</code>
        </pre>
      </Scroller>
      <p className={styles.link}>
        <span>{sample ? words.linkWithSample : words.link}</span>
        <a href={link} translate="no">
          {link}
        </a>
      </p>
    </div>
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

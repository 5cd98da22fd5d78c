import { useState } from 'react'
import { type CodeLanguage, codeFor, deepLink } from '../session/code.ts'
import { Button } from '../ui/Button.tsx'
import { Disclosure } from '../ui/Disclosure.tsx'
import { Scroller } from '../ui/Scroller.tsx'
import { Select } from '../ui/Select.tsx'
import { Step } from '../ui/Step.tsx'
import styles from './CodeStep.module.css'
import { sampleOf } from './samples.ts'
import { useSession, useSessionState } from './useSession.ts'
import { useWords } from './useWords.ts'

const languages = [
  { value: 'curl', text: 'curl', isData: true },
  { value: 'typescript', text: 'TypeScript', isData: true },
  { value: 'playwright', text: 'Playwright', isData: true },
] as const satisfies readonly { value: CodeLanguage; text: string; isData: boolean }[]

/** The same from code: for the model and the columns that are chosen above. */
export function CodeStep() {
  const words = useWords().code
  const { server } = useSession()
  const card = useSessionState((state) => state.card)
  const header = useSessionState((state) => state.preview?.header)
  const matches = useSessionState((state) => state.matches)
  const [language, setLanguage] = useState<CodeLanguage>('curl')
  if (!card) return null
  const page = location.origin + location.pathname
  const columns = card.features.map((_, f) => header?.[matches[f]?.column ?? -1] ?? null)
  const code = codeFor(language, { page, server: server.url, card, columns })
  const sample = sampleOf(card.id)
  const link = deepLink({ page, server: server.url, card }, sample ?? undefined)
  return (
    <Step title={words.title}>
      <Disclosure title={words.disclose}>
        <div className={styles.code}>
          <div className={styles.bar}>
            <Select label={words.language} value={language} options={languages} onChange={setLanguage} />
            <CopyButton text={code} />
          </div>
          <Scroller label={words.code} className={styles.text}>
            <pre translate="no">
              <code>{code}</code>
            </pre>
          </Scroller>
          <p className={styles.link}>
            {sample ? words.linkWithSample : words.link}
            <a href={link} translate="no">
              {link}
            </a>
          </p>
        </div>
      </Disclosure>
    </Step>
  )
}

/** Puts a text on the clipboard, and says so for as long as it is the same. */
function CopyButton({ text }: { readonly text: string }) {
  const words = useWords().code
  const [copied, setCopied] = useState('')
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setCopied(text),
      () => setCopied(''),
    )
  }
  return <Button onPress={copy}>{copied === text ? words.copied : words.copy}</Button>
}

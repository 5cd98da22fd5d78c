import { type ReactNode, useState } from 'react'
import { Button } from '../ui/Button.tsx'
import { CheckBox } from '../ui/CheckBox.tsx'
import { Step } from '../ui/Step.tsx'
import { sideConsentWords, textOfConsent } from '../words/sideConsent.ts'
import { ConsentText } from './ConsentText.tsx'
import { ReasonFields, type Told, WhoFields } from './DeclaredFields.tsx'
import styles from './Outcomes.module.css'
import { usePoolWords } from './usePoolWords.ts'
import { useLanguageId } from './useWords.ts'

type Sections = Parameters<typeof ConsentText>[0]['sections']
type Declared = Told<string>

const nothing: Declared = { name: '', role: 'unsaid', contact: '', basis: '', retention: '' }

interface SideConsentProps {
  readonly title: string
  /** The text that is agreed to, for what somebody declares of itself. */
  readonly consent: { readonly title: string; readonly sectionsOf: (declared: Declared) => Sections }
  /** What the check box and the button say. */
  readonly agree: string
  readonly act: string
  readonly pending: boolean
  readonly onAgree: (text: string, own: Pick<Declared, 'basis' | 'retention'>) => void
  readonly children?: ReactNode
}

/** What one of two sides declares of itself, and agrees to before something leaves: another text needs another consent. */
export function SideConsent({ title, consent, agree, act, pending, onAgree, children }: SideConsentProps) {
  const words = sideConsentWords[useLanguageId()]
  const { part } = usePoolWords()
  const [declared, setDeclared] = useState(nothing)
  const [agreed, setAgreed] = useState<string | null>(null)
  const sections = consent.sectionsOf(declared)
  const text = textOfConsent(consent.title, sections)
  return (
    <Step title={title} place="consent">
      <div className={styles.panel}>
        <h3>{words.declare}</h3>
        <p className={styles.about}>{words.declareAbout}</p>
        <WhoFields
          name={words.name}
          roles={[{ role: nothing.role, text: words.unsaid }, ...part.roles]}
          declared={declared}
          onChange={setDeclared}
        />
        <ReasonFields declared={declared} onChange={setDeclared} />
        <ConsentText sections={sections} text={text} />
        <CheckBox label={agree} checked={agreed === text} onChange={(checked) => setAgreed(checked ? text : null)} />
        <div>
          <Button primary disabled={agreed !== text} pending={pending} onPress={() => onAgree(text, declared)}>
            {act}
          </Button>
        </div>
        {children}
      </div>
    </Step>
  )
}

import { CopyButton } from '../ui/CopyButton.tsx'
import { Scroller } from '../ui/Scroller.tsx'
import { Step } from '../ui/Step.tsx'
import { useLaterWords } from './useLaterWords.ts'
import styles from './VendorPage.module.css'

interface ServeItProps {
  /** The names of the model's file and of its ranges file, if there is one. */
  readonly files: readonly string[]
}

/** From a model that fits to one that is served: the commands, for the files that were just checked. */
export function ServeIt({ files }: ServeItProps) {
  const words = useLaterWords().serveIt
  const names = files.map(quoted).join(' ')
  return (
    <Step title={words.title} aside={words.aside}>
      <Commands title={words.first} text={`mkdir models\ncp ${names} models/\nnpm start -- --models models`} />
      <Commands
        title={words.others}
        text={`npx blindscore keys add ABC\necho '{ "name": "XYZ" }' > brand.json\nnpm start -- --models models --api-keys --brand brand.json`}
      />
      <p>{words.afterwards}</p>
    </Step>
  )
}

function Commands({ title, text }: { readonly title: string; readonly text: string }) {
  const words = useLaterWords().serveIt
  return (
    <>
      <p>{title}</p>
      <Scroller label={title} className={styles.commands}>
        <pre translate="no">{text}</pre>
      </Scroller>
      <div>
        <CopyButton text={() => text} copy={words.copy} copied={words.copied} label={words.copyOf(title)} />
      </div>
    </>
  )
}

/** A file's name as a shell takes it, whatever is in it. */
function quoted(name: string): string {
  return /^[\w.-]+$/.test(name) && !name.startsWith('-') ? name : `'./${name.replaceAll("'", `'\\''`)}'`
}

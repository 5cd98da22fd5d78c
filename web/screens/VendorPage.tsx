import { useState } from 'react'
import { noteText } from '../../words/en/notes.ts'
import { errorOf } from '../session/faults.ts'
import { Facts } from '../ui/Facts.tsx'
import { FileButton } from '../ui/FileButton.tsx'
import grid from '../ui/Grid.module.css'
import { brief, bytes, counted, integer } from '../ui/numbers.ts'
import { Scroller } from '../ui/Scroller.tsx'
import { Step } from '../ui/Step.tsx'
import { useWindowDrop } from '../ui/useWindowDrop.ts'
import { acceptedFiles, checkModelFile, isRangesFile, type ModelCheck } from '../vendor/checkModelFile.ts'
import { DerivedColumns } from './DerivedColumns.tsx'
import { allowed } from './feature.ts'
import { Problem } from './Problem.tsx'
import { useTask } from './useTask.ts'
import styles from './VendorPage.module.css'

/** For who has a model: what serving it would publish, what would stay private, and what it would cost. */
export function VendorPage() {
  const [checked, setChecked] = useState<{ name: string; check: ModelCheck } | null>(null)
  const checking = useTask(async (files: readonly File[]) => {
    setChecked(null)
    const ranges = files.find(isRangesFile) ?? null
    const model = files.find((file) => file !== ranges)
    if (!model) throw errorOf('model/syntax', 'rangesAlone')
    setChecked({ name: model.name, check: await checkModelFile(model, ranges) })
  })
  useWindowDrop((files) => files.length > 0 && checking.run(files))
  return (
    <>
      <Step title="Check a model file" aside={checked?.name}>
        <div className={styles.target}>
          <p>
            <strong>Drop a model file anywhere on this page:</strong> Blindscore JSON, PMML or ONNX, with its ranges
            file if it has one. It is read in this browser and sent nowhere.
          </p>
          <FileButton label="Choose a model file" accept={acceptedFiles} onFile={(file) => checking.run([file])} />
        </div>
        {checking.pending && <p role="status">Reading the model…</p>}
        {checking.error !== null && <Problem error={checking.error} />}
      </Step>
      {checked && <Checked check={checked.check} />}
    </>
  )
}

function Checked({ check }: { readonly check: ModelCheck }) {
  const { card, fits, notes } = check
  return (
    <>
      <Step title="Before it is served" aside={`${check.format}, “${card.title}”`}>
        <p role="status" className={styles.verdict}>
          The server would take it.
        </p>
        <ul className={styles.list} aria-label="To know before it is served">
          {[...notes.map(noteText), ...warnings(check)].map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      </Step>
      <Step title="Bit budget">
        <Facts
          large
          facts={[
            { name: 'Bits of a record’s slot, T', value: integer(card.slotBits) },
            { name: 'Ciphertexts for a block', value: integer(card.inputs.length) },
            { name: 'Tolerance promised', value: `±${card.tolerance}` },
            { name: 'Error bound proven', value: `±${brief(card.errorBound)}` },
          ]}
        />
        <Scroller label="Key sizes">
          <table className={grid.grid} aria-label="Key sizes">
            <thead>
              <tr>
                <th scope="col" className={grid.number}>
                  Key, bits
                </th>
                <th scope="col" className={grid.number}>
                  Records per ciphertext, K
                </th>
                <th scope="col" className={grid.number}>
                  Up, per record
                </th>
                <th scope="col" className={grid.number}>
                  Down, per record
                </th>
              </tr>
            </thead>
            <tbody>
              {fits.map((fit) => (
                <tr key={fit.bits}>
                  <td className={grid.number}>{integer(fit.bits)}</td>
                  <td className={grid.number}>{fit.records === 0 ? 'too short' : integer(fit.records)}</td>
                  <td className={grid.number}>{fit.records === 0 ? '' : bytes(Math.round(fit.bytesUp))}</td>
                  <td className={grid.number}>{fit.records === 0 ? '' : bytes(Math.round(fit.bytesDown))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
      </Step>
      <Step title="Published" aside="Everybody who can reach the server sees this: the model’s card.">
        <Facts
          facts={[
            { name: 'Title', value: card.title },
            { name: 'Predicts', value: card.outcome || 'not said' },
            {
              name: 'Heads',
              value: card.heads
                .map(({ name }) => name)
                .slice(0, 12)
                .join(', '),
            },
            { name: 'Link', value: typeof card.link === 'string' ? card.link : Object.keys(card.link).join() },
            { name: 'Verification records', value: counted(card.verification.length, 'record') },
          ]}
        />
        <Scroller label="Columns that are published" className={styles.columns}>
          <table className={grid.grid} aria-label="Columns that are published">
            <thead>
              <tr>
                <th scope="col">Column</th>
                <th scope="col">Allowed</th>
                <th scope="col">Other names</th>
              </tr>
            </thead>
            <tbody>
              {card.features.map((feature) => (
                <tr key={feature.name}>
                  <th scope="row">{feature.name}</th>
                  <td className={styles.allowed}>{allowed(feature)}</td>
                  <td>{feature.aliases.join(', ')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
        {card.derived.length > 0 && (
          <>
            <p>
              {counted(card.derived.length, 'column')} made of these in the browser of whoever scores,{' '}
              {card.derived.length === 1 ? 'is' : 'are'} published with {card.derived.length === 1 ? 'its' : 'their'}{' '}
              {card.derived.length === 1 ? 'formula' : 'formulas'}:
            </p>
            <DerivedColumns derived={card.derived} />
          </>
        )}
      </Step>
      <Step title="Stays private">
        <p>
          {counted(check.weights, 'number')}: the weights and the intercept of {counted(card.heads.length, 'head')}.
          They stay in the server’s memory and in the file in its models folder.
        </p>
      </Step>
    </>
  )
}

/** What the file itself does not say and its vendor should think of. */
function warnings({ card, idle }: ModelCheck): string[] {
  const found = [
    `Whoever may score as many chosen records as the model has inputs (${integer(card.inputs.length)}) can work out its weights from the scores. The server’s budget of records per client slows that down; it does not end it.`,
  ]
  if (card.verification.length === 0)
    found.push('There are no verification records, so nobody can tell a wrong model from the right one.')
  else
    found.push(
      `${counted(card.verification.length, 'verification record')} come out as the file says. They are published with their predictors.`,
    )
  if (idle.length > 0) {
    const shown = idle.slice(0, 8).join(', ')
    found.push(
      `Without any weight: ${shown}${idle.length > 8 ? ` and ${idle.length - 8} more` : ''}. Each costs a ciphertext all the same.`,
    )
  }
  if (!card.quality) found.push('No quality is stated, so those who score cannot tell how far to trust it.')
  return found
}

import { Facts } from '../ui/Facts.tsx'
import grid from '../ui/Grid.module.css'
import { Scroller } from '../ui/Scroller.tsx'
import { Step } from '../ui/Step.tsx'
import type { ModelCheck } from '../vendor/reviewModelFile.ts'
import { useLaterWords } from './useLaterWords.ts'
import { useWords } from './useWords.ts'

/** How exactly the model is computed, and what that costs under each size of key. */
export function BitBudget({ check: { card, fits } }: { readonly check: ModelCheck }) {
  const words = useLaterWords().bitBudget
  const { numbers } = useWords()
  return (
    <Step title={words.title}>
      <Facts
        large
        facts={[
          { name: words.slot, value: numbers.integer(card.slotBits) },
          { name: words.ciphertexts, value: numbers.integer(card.inputs.length) },
          { name: words.tolerance, value: numbers.within(card.tolerance) },
          { name: words.errorBound, value: words.withinAbout(card.errorBound) },
        ]}
      />
      <Scroller label={words.keySizes}>
        <table className={grid.grid} aria-label={words.keySizes}>
          <thead>
            <tr>
              {[words.bits, words.records, words.up, words.down].map((name) => (
                <th key={name} scope="col" className={grid.number}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {fits.map((fit) => (
              <FitRow key={fit.bits} fit={fit} />
            ))}
          </tbody>
        </table>
      </Scroller>
    </Step>
  )
}

function FitRow({ fit: { bits, records, bytesUp, bytesDown } }: { readonly fit: ModelCheck['fits'][number] }) {
  const words = useLaterWords().bitBudget
  const { numbers } = useWords()
  const fits = records > 0
  return (
    <tr>
      <td className={grid.number}>{numbers.integer(bits)}</td>
      <td className={grid.number}>{fits ? numbers.integer(records) : words.tooShort}</td>
      <td className={grid.number}>{fits && numbers.bytes(Math.round(bytesUp))}</td>
      <td className={grid.number}>{fits && numbers.bytes(Math.round(bytesDown))}</td>
    </tr>
  )
}

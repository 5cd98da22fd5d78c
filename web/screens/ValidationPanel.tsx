import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import { chartsOf } from '../../validation/charts.ts'
import type { Validation } from '../../validation/compare.ts'
import type { Section } from '../../validation/htmlPage.ts'
import type { Meaning, OutcomeFacts } from '../../validation/readPairs.ts'
import { sectionsOf, validationPage } from '../../validation/report.ts'
import { type Compared, type ScoredFile, Validating } from '../session/validating.ts'
import { openValidator } from '../trainer/trainer.ts'
import { Button } from '../ui/Button.tsx'
import grid from '../ui/Grid.module.css'
import { NumberField } from '../ui/NumberField.tsx'
import { Scroller } from '../ui/Scroller.tsx'
import { Select } from '../ui/Select.tsx'
import { saveFile, siblingName } from '../ui/saveFile.ts'
import { ChartFigure } from './ChartFigure.tsx'
import styles from './Outcomes.module.css'
import { Problem } from './Problem.tsx'
import { useOutcomeWords } from './useOutcomeWords.ts'
import { useLanguageId } from './useWords.ts'

interface ValidationPanelProps {
  /** The same object for as long as the same scores are compared. */
  readonly scored: ScoredFile
  /** The columns that may have the outcomes. */
  readonly columns: readonly number[]
  /** Which model made the scores, and what its vendor says of it, where that is known. */
  readonly vendor: Pick<Validation, 'claim' | 'model'>
}

/** Scores beside what came to pass: the outcome's column is chosen, and everything else follows. */
export function ValidationPanel({ scored, columns, vendor }: ValidationPanelProps) {
  const [validating, setValidating] = useState<Validating | null>(null)
  useEffect(() => {
    const opened = new Validating(openValidator(), scored)
    setValidating(opened)
    return () => opened.end()
  }, [scored])
  return validating && <Comparison validating={validating} scored={scored} columns={columns} vendor={vendor} />
}

function Comparison({
  validating,
  scored,
  columns,
  vendor,
}: ValidationPanelProps & { readonly validating: Validating }) {
  const { validate: words } = useOutcomeWords()
  const { outcome, facts, meaning, busy, found, error } = useStore(validating.store)
  const { header } = scored.file.preview
  return (
    <div className={styles.panel}>
      <div className={styles.fields}>
        <Select
          label={words.outcome}
          value={outcome === null ? '' : String(outcome)}
          options={[
            ...(outcome === null ? [{ value: '', text: words.choose }] : []),
            ...columns.map((column) => ({ value: String(column), text: header[column] ?? '', isData: true })),
          ]}
          onChange={(value) => value !== '' && void validating.choose(Number(value))}
        />
        {facts && <MeaningSelect facts={facts} meaning={meaning} onMean={(next) => void validating.mean(next)} />}
      </div>
      <p role="status">{busy ? (facts ? words.comparing : words.looking) : null}</p>
      {facts && !busy && meaning === null && facts.levels.length === 0 && <p>{words.empty}</p>}
      {error !== null && <Problem error={error} />}
      {found && <Found compared={found} vendor={vendor} onThreshold={(value) => void validating.decideBy(value)} />}
    </div>
  )
}

interface MeaningSelectProps {
  readonly facts: OutcomeFacts
  readonly meaning: Meaning | null
  readonly onMean: (meaning: Meaning) => void
}

/** So many levels of numbers can be events; beyond, numbers are amounts. */
const mostLevelsOfNumbers = 20

/** What of a column counts as an event. Where it is in doubt, nothing is chosen until the person says it. */
function MeaningSelect({ facts, meaning, onMean }: MeaningSelectProps) {
  const { validate: words } = useOutcomeWords()
  const { levels, more, numbers } = facts
  if (levels.length === 0) return null
  if (!numbers && more) return <p>{words.tooMany}</p>
  const offered = numbers && (more || levels.length > mostLevelsOfNumbers) ? [] : levels
  const one = levels.findIndex(({ text }) => Number(text) === 1)
  const said =
    meaning === null
      ? ''
      : meaning === 'amounts'
        ? 'amounts'
        : String(meaning === 'ones' ? one : offered.findIndex(({ text }) => text === meaning.event))
  const say = (value: string): void => {
    if (value === 'amounts') onMean('amounts')
    else if (facts.meaning === 'ones' && Number(value) === one) onMean('ones')
    else if (value !== '') onMean({ event: offered[Number(value)]?.text ?? '' })
  }
  return (
    <Select
      label={words.meaning}
      value={said}
      invalid={meaning === null}
      options={[
        ...(meaning === null ? [{ value: '', text: words.chooseMeaning }] : []),
        ...offered.map(({ text, rows }, i) => ({ value: String(i), text: words.level(text, rows), isData: true })),
        ...(numbers ? [{ value: 'amounts', text: words.amounts }] : []),
      ]}
      onChange={say}
    />
  )
}

interface FoundProps extends Pick<ValidationPanelProps, 'vendor'> {
  readonly compared: Compared
  readonly onThreshold: (threshold: number) => void
}

function Found({ compared, vendor, onThreshold }: FoundProps) {
  const { validate: words, report } = useOutcomeWords()
  const language = useLanguageId()
  const found = useMemo((): Validation => ({ ...compared, ...vendor }), [compared, vendor])
  const sections = useMemo(() => sectionsOf(found, report), [found, report])
  const charts = useMemo(() => chartsOf(found, report), [found, report])
  const save = (): void =>
    saveFile(
      new Blob([validationPage(found, report, language)], { type: 'text/html' }),
      siblingName(found.file ?? '', 'validation.html'),
    )
  return (
    <>
      {sections.map((section, i) => (
        <SectionOf key={section.title} section={section} head={i === 0} />
      ))}
      {found.confusion && (
        <div className={styles.fields}>
          <NumberField label={words.threshold} value={found.confusion.threshold} onChange={onThreshold} />
        </div>
      )}
      <div className={styles.charts}>
        {charts.map((chart) => (
          <ChartFigure key={chart.title} chart={chart} />
        ))}
      </div>
      <div className={styles.fields}>
        <Button onPress={save}>{words.save}</Button>
      </div>
    </>
  )
}

/** Figures of a person's own records: a browser that translates does not send them to its vendor. */
function SectionOf({ section: { title, lines, table }, head }: { readonly section: Section; readonly head: boolean }) {
  return (
    <div className={`${styles.section} ${head ? styles.head : ''}`} translate="no">
      <h3>{title}</h3>
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {table && (
        <Scroller label={title} className={grid.scroller ?? ''}>
          <table className={grid.grid} aria-label={title}>
            <thead>
              <tr>
                {table.head.map((name) => (
                  <th key={name} scope="col" className={grid.number}>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {table.rows.map((cells, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a tenth is its place
                <tr key={i}>
                  {cells.map((cell, c) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
                    <td key={c} className={grid.number}>
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
      )}
    </div>
  )
}

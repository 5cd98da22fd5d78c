import { useEffect, useMemo, useRef } from 'react'
import { pValueText } from '../../stats/pValue.ts'
import type { StudyFile } from '../../study/studyFile.ts'
import { chartsOf } from '../../validation/charts.ts'
import { coefficientsCsv } from '../session/fitting.ts'
import type { PoolingState } from '../session/pooling.ts'
import { Button } from '../ui/Button.tsx'
import { Data } from '../ui/Data.tsx'
import { Disclosure } from '../ui/Disclosure.tsx'
import { Facts } from '../ui/Facts.tsx'
import { Scroller } from '../ui/Scroller.tsx'
import { Step } from '../ui/Step.tsx'
import { saveFile, siblingName } from '../ui/saveFile.ts'
import { ChartFigure } from './ChartFigure.tsx'
import { Coefficients } from './FittedModel.tsx'
import { LineOfR } from './LineOfR.tsx'
import outcomes from './Outcomes.module.css'
import styles from './Pool.module.css'
import { useOutcomeWords } from './useOutcomeWords.ts'
import { usePoolWords } from './usePoolWords.ts'
import { useWords } from './useWords.ts'

interface PooledModelProps {
  readonly pooled: PooledHere
  readonly study: StudyFile
  readonly left: PoolingState['left']
  /** Of this owner's file. */
  readonly name: string
}

/** The model of all owners' rows, and what each party learned. */
export function PooledModel({ pooled, study, left, name }: PooledModelProps) {
  const { report } = useOutcomeWords()
  const { results: words } = usePoolWords()
  const { summary, published, figures, model, lineOfR } = pooled
  const step = useRef<HTMLElement>(null)
  useEffect(() => step.current?.focus(), [])
  const charts = useMemo(() => chartsOf(figures, report), [figures, report])
  return (
    <Step title={words.title} aside={<Data>{study.title}</Data>} ref={step}>
      <div className={outcomes.panel}>
        <PooledFacts summary={summary} />
        <Coefficients fitted={pooled} />
        <PooledFiles published={published} model={model} name={name} />
        <p className={outcomes.about}>{pooled.isKept ? words.isKept : words.notKept}</p>
        <Beside pooled={pooled} />
        <Learned pooled={pooled} left={left} />
        <Disclosure title={words.digits}>
          <p className={outcomes.about}>{words.digitsAbout}</p>
          <Scroller label={words.digits}>
            <pre translate="no" className={styles.digits}>
              {allDigits(pooled, words.figures)}
            </pre>
          </Scroller>
        </Disclosure>
        <p className={outcomes.about}>{words.ownRecords}</p>
        <div className={outcomes.charts}>
          {charts.map((chart) => (
            <ChartFigure key={chart.title} chart={chart} />
          ))}
        </div>
        {lineOfR !== null && <LineOfR line={lineOfR} said={words.inR} />}
      </div>
    </Step>
  )
}

/** What the model of all rows is judged by. */
export function PooledFacts({ summary }: Pick<PooledHere, 'summary'>) {
  const { fit } = useOutcomeWords()
  const { results: words } = usePoolWords()
  const { numbers } = useWords()
  const figure = (value: number | null) => <Data>{value === null ? '' : numbers.brief(value)}</Data>
  return (
    <Facts
      facts={[
        { name: words.records, value: <Data>{numbers.integer(summary.records)}</Data> },
        { name: fit.deviance(summary.freedom), value: figure(summary.deviance) },
        { name: fit.nullDeviance(summary.nullFreedom), value: figure(summary.nullDeviance) },
        { name: fit.dispersion, value: figure(summary.dispersion) },
        { name: fit.aic, value: figure(summary.aic) },
        { name: fit.rounds, value: figure(summary.rounds) },
      ]}
    />
  )
}

/** What may be handed on, as files beside this owner's own of that name. */
export function PooledFiles({
  published,
  model,
  name,
}: Pick<PooledHere, 'published' | 'model'> & { readonly name: string }) {
  const { results: words } = usePoolWords()
  const save = (text: string, ending: string, type: string): void =>
    saveFile(new Blob([text], { type }), siblingName(name, ending))
  return (
    <div className={outcomes.fields}>
      <Button primary onPress={() => save(model, 'pooled.model.json', 'application/json')}>
        {words.saveModel}
      </Button>
      <Button onPress={() => save(coefficientsCsv(published), 'pooled.coefficients.csv', 'text/csv')}>
        {words.saveCsv}
      </Button>
    </div>
  )
}

type PooledHere = NonNullable<PoolingState['pooled']>
type Figure = 'deviance' | 'nullDeviance' | 'dispersion' | 'aic' | 'extractAic'

function allDigits({ summary }: PooledHere, names: Readonly<Record<Figure, string>>): string {
  const figures = Object.entries(names).map(([member, name]) => `${name},${summary[member as Figure] ?? ''}`)
  return `${coefficientsCsv(summary)}\n${figures.join('\n')}`
}

/** How far the model of all is from this owner's own rows: anybody could have sent false numbers. */
function Beside({ pooled: { ownRows } }: Pick<PooledModelProps, 'pooled'>) {
  const { results: words } = usePoolWords()
  const { numbers } = useWords()
  if (!ownRows) return null
  const { difference, freedom, lnP } = ownRows.comparison
  return (
    <>
      <h3>{words.beside}</h3>
      <p>
        {difference === null || lnP === null
          ? words.notCompared
          : words.compared(numbers.brief(difference), freedom, pValueText(lnP))}
      </p>
      <p className={outcomes.about}>{words.comparedAbout}</p>
    </>
  )
}

function Learned({ pooled: { opened, ownRows }, left }: Pick<PooledModelProps, 'pooled' | 'left'>) {
  const { results: words } = usePoolWords()
  const numbersOpened = opened.reduce((sum, { numbers }) => sum + numbers, 0)
  return (
    <>
      <h3>{words.learned}</h3>
      <ul aria-label={words.learned}>
        <li>{words.opened(numbersOpened, opened.length)}</li>
        {ownRows && <li>{words.budget(ownRows.numbers.all, ownRows.numbers.most)}</li>}
        <li>{words.server(left.messages, left.bytes)}</li>
        <li>{words.others}</li>
        <li>{words.nobody}</li>
      </ul>
    </>
  )
}

import type { PenalisedSummary } from '../../study/penalised.ts'
import { type Fitted, penalisedCsv } from '../session/fitting.ts'
import { Button } from '../ui/Button.tsx'
import { Data } from '../ui/Data.tsx'
import { Facts } from '../ui/Facts.tsx'
import { saveFile, siblingName } from '../ui/saveFile.ts'
import { FigureTable } from './FigureTable.tsx'
import { LineOfR } from './LineOfR.tsx'
import styles from './Outcomes.module.css'
import { useOutcomeWords } from './useOutcomeWords.ts'
import { useWords } from './useWords.ts'

interface PenalisedModelProps {
  readonly fitted: Extract<Fitted, { kind: 'penalised' }>
  readonly name: string
}

/** A fit with a penalty: its coefficients, and how others did in cross-validation. */
export function PenalisedModel({ fitted, name }: PenalisedModelProps) {
  const { fit: words } = useOutcomeWords()
  const { numbers } = useWords()
  const { penalised, model, leftOut, formula, lineOfR } = fitted
  const { records, lambda, deviance, nullDeviance, violation, coefficients, validated } = penalised
  const figure = (value: number) => <Data>{numbers.brief(value)}</Data>
  const save = (text: string, ending: string, type: string): void =>
    saveFile(new Blob([text], { type }), siblingName(name, ending))
  return (
    <>
      <h3>
        <Data>{formula}</Data>
      </h3>
      <Facts
        facts={[
          { name: words.records, value: <Data>{numbers.integer(records)}</Data> },
          { name: words.leftOut, value: <Data>{numbers.integer(leftOut)}</Data> },
          { name: words.lambdaValue, value: figure(lambda) },
          { name: words.penalised.deviance, value: figure(deviance) },
          { name: words.penalised.nullDeviance, value: figure(nullDeviance) },
          { name: words.penalised.explained, value: figure(1 - deviance / nullDeviance) },
          { name: words.penalised.violation, value: figure(violation) },
        ]}
      />
      <FigureTable
        title={words.coefficients}
        head={[words.columns.term, words.columns.estimate]}
        rows={coefficients.map((each) => [each.name, numbers.brief(each.estimate)])}
      />
      <p className={styles.about}>{words.penalised.noErrors}</p>
      {validated && <TriedPenalties penalised={penalised} validated={validated} />}
      <div className={styles.fields}>
        <Button primary onPress={() => save(model, 'model.json', 'application/json')}>
          {words.saveModel}
        </Button>
        <Button onPress={() => save(penalisedCsv(penalised), 'coefficients.csv', 'text/csv')}>{words.saveCsv}</Button>
      </div>
      <p className={styles.about}>{words.ranges}</p>
      {validated && <p className={styles.about}>{words.penalised.otherFolds}</p>}
      <LineOfR line={lineOfR} />
    </>
  )
}

interface TriedPenaltiesProps {
  readonly penalised: PenalisedSummary
  readonly validated: NonNullable<PenalisedSummary['validated']>
}

function TriedPenalties({ penalised: { path }, validated }: TriedPenaltiesProps) {
  const { fit } = useOutcomeWords()
  const { numbers } = useWords()
  const words = fit.penalised
  const { lambda, nonzero, share, error, spread, mark } = words.columns
  const markOf = (i: number): string =>
    [i === validated.best ? words.best : '', i === validated.simplest ? words.simplest : ''].filter(Boolean).join(', ')
  return (
    <details>
      <summary>{words.path}</summary>
      <FigureTable
        title={words.path}
        head={[lambda, nonzero, share, error, spread, mark]}
        rows={path.map((each, i) => [
          numbers.brief(each.lambda),
          numbers.integer(each.nonzero),
          numbers.brief(each.share),
          numbers.brief(each.error ?? 0),
          numbers.brief(each.spread ?? 0),
          markOf(i),
        ])}
      />
    </details>
  )
}

/** Principal components of the columns that explain. */
export function Components({ fitted }: { readonly fitted: Extract<Fitted, { kind: 'components' }> }) {
  const { fit } = useOutcomeWords()
  const { numbers } = useWords()
  const words = fit.componentsTable
  const { records, columns, components } = fitted.components
  return (
    <>
      <h3>{words.title}</h3>
      <Facts
        facts={[
          { name: fit.records, value: <Data>{numbers.integer(records)}</Data> },
          { name: fit.leftOut, value: <Data>{numbers.integer(fitted.leftOut)}</Data> },
        ]}
      />
      <FigureTable
        title={words.title}
        head={[words.loadings, ...components.map((_, k) => `PC${k + 1}`)]}
        rows={[
          [words.deviation, ...components.map(({ deviation }) => numbers.brief(deviation))],
          [words.share, ...components.map(({ share }) => numbers.brief(share))],
          ...columns.map(({ name }, j) => [name, ...components.map(({ loadings }) => numbers.brief(loadings[j] ?? 0))]),
        ]}
      />
      <p className={styles.about}>{words.signs}</p>
      <LineOfR line={fitted.lineOfR} />
    </>
  )
}

import { type Fitting, type FittingState, ways } from '../session/fitting.ts'
import { Select } from '../ui/Select.tsx'
import { BoundedNumber } from './BoundedNumber.tsx'
import styles from './Outcomes.module.css'
import { useOutcomeWords } from './useOutcomeWords.ts'

type Way = FittingState['way']

/** What is made of the formula: a model, one with a penalty, or components. */
export function FitWay({ fitting, way }: { readonly fitting: Fitting; readonly way: Way }) {
  const { fit: words } = useOutcomeWords()
  const kinds = ['plain', 'penalised', 'components'] as const
  return (
    <div className={styles.fields}>
      <Select
        label={words.way}
        value={way.kind}
        options={kinds.map((value) => ({ value, text: words.ways[value] }))}
        onChange={(kind) => fitting.go(ways[kind])}
      />
      {way.kind === 'plain' && (
        <>
          <Select
            label={words.step}
            value={way.step ? 'step' : 'all'}
            options={(['all', 'step'] as const).map((value) => ({ value, text: words.steps[value] }))}
            onChange={(value) => fitting.go({ ...way, step: value === 'step' })}
          />
          <Select
            label={words.intervals}
            value={way.profile ? 'profile' : 'wald'}
            options={(['wald', 'profile'] as const).map((value) => ({ value, text: words.intervalsBy[value] }))}
            onChange={(value) => fitting.go({ ...way, profile: value === 'profile' })}
          />
        </>
      )}
      {way.kind === 'penalised' && <Penalty fitting={fitting} way={way} />}
      {way.kind === 'components' && (
        <Select
          label={words.scaling}
          value={way.scaled ? 'scaled' : 'plain'}
          options={(['scaled', 'plain'] as const).map((value) => ({ value, text: words.scalings[value] }))}
          onChange={(value) => fitting.go({ kind: 'components', scaled: value === 'scaled' })}
        />
      )}
    </div>
  )
}

type Penalised = Extract<Way, { kind: 'penalised' }>
const alphas = { ridge: 0, elastic: 0.5, lasso: 1 } as const

function Penalty({ fitting, way }: { readonly fitting: Fitting; readonly way: Penalised }) {
  const { fit: words } = useOutcomeWords()
  const names = ['ridge', 'elastic', 'lasso'] as const
  const { lambda } = way
  const said = typeof lambda === 'number' ? 'said' : lambda
  const change = (next: Partial<Penalised>): void => fitting.go({ ...way, ...next })
  return (
    <>
      <Select
        label={words.penalty}
        value={names.find((name) => alphas[name] === way.alpha) ?? 'elastic'}
        options={names.map((value) => ({ value, text: words.penalties[value] }))}
        onChange={(name) => change({ alpha: alphas[name] })}
      />
      <Select
        label={words.lambda}
        value={said}
        options={(['best', 'simplest', 'said'] as const).map((value) => ({ value, text: words.lambdas[value] }))}
        onChange={(value) => change({ lambda: value === 'said' ? 0.1 : value })}
      />
      {typeof lambda === 'number' ? (
        <BoundedNumber
          label={words.lambdaValue}
          value={lambda}
          isFit={(value) => value > 0}
          range={words.lambdaRange}
          onChange={(value) => change({ lambda: value })}
        />
      ) : (
        <>
          <BoundedNumber
            label={words.folds}
            value={way.folds}
            isFit={(folds) => Number.isInteger(folds) && folds >= 3 && folds <= 100}
            range={words.foldsRange}
            onChange={(folds) => change({ folds })}
          />
          <BoundedNumber
            label={words.seed}
            value={way.seed}
            isFit={(seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32}
            range={words.seedRange}
            onChange={(seed) => change({ seed })}
          />
        </>
      )}
    </>
  )
}

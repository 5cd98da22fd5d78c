import { useState } from 'react'
import { type Clicked, type ClickedColumn, polynomialInR } from '../../study/clicked.ts'
import type { Fitting } from '../session/fitting.ts'
import { Button } from '../ui/Button.tsx'
import { Select } from '../ui/Select.tsx'
import { ColumnChoice } from './ColumnChoice.tsx'
import styles from './Outcomes.module.css'
import { useOutcomeWords } from './useOutcomeWords.ts'

export interface ClickedProps {
  readonly fitting: Fitting
  readonly columns: readonly ClickedColumn[]
  readonly clicked: Clicked
}

/** The columns that explain, the squares and polynomials of numbers, and products. */
export function FitTerms({ fitting, columns, clicked }: ClickedProps) {
  const { fit: words } = useOutcomeWords()
  const { outcome, failures, terms, squares, polynomials, crossed } = clicked
  const names = columns.map(({ name }) => name)
  const placesOf = (wanted: readonly string[]): number[] => wanted.map((name) => names.indexOf(name))
  const namesAt = (places: readonly number[]): string[] => places.map((place) => names[place] ?? '')
  const numbers = columns.flatMap(({ kind, name }, i) => (kind === 'number' && terms.includes(name) ? [i] : []))
  const straight = numbers.filter((i) => !polynomials.some(({ name }) => name === names[i]))
  return (
    <>
      <ColumnChoice
        legend={words.terms}
        header={names}
        columns={names.flatMap((name, i) => (name === outcome || name === failures ? [] : [i]))}
        chosen={placesOf(terms)}
        onChoose={(places) => fitting.take(namesAt(places))}
      />
      {straight.length > 0 && (
        <ColumnChoice
          legend={words.squares}
          header={names}
          columns={straight}
          chosen={placesOf(squares)}
          onChoose={(places) => fitting.change({ squares: namesAt(places) })}
        />
      )}
      {numbers.length > 0 && <Polynomials fitting={fitting} names={namesAt(numbers)} polynomials={polynomials} />}
      {terms.length > 1 && <Products fitting={fitting} terms={terms} crossed={crossed} />}
    </>
  )
}

interface PolynomialsProps {
  readonly fitting: Fitting
  readonly names: readonly string[]
  readonly polynomials: Clicked['polynomials']
}

const degrees = ['2', '3', '4', '5', '6'] as const

function Polynomials({ fitting, names, polynomials }: PolynomialsProps) {
  const { fit: words } = useOutcomeWords()
  const [wanted, setWanted] = useState({ name: '', degree: '2', raw: false })
  const name = names.includes(wanted.name) ? wanted.name : (names[0] ?? '')
  return (
    <>
      <div className={styles.fields}>
        <Select
          label={words.polynomialOf}
          value={name}
          options={names.map((each) => ({ value: each, text: each, isData: true }))}
          onChange={(next) => setWanted({ ...wanted, name: next })}
        />
        <Select
          label={words.degree}
          value={wanted.degree}
          options={degrees.map((value) => ({ value, text: value }))}
          onChange={(degree) => setWanted({ ...wanted, degree })}
        />
        <Select
          label={words.polynomialKind}
          value={wanted.raw ? 'raw' : 'orthogonal'}
          options={(['orthogonal', 'raw'] as const).map((value) => ({ value, text: words.polynomialKinds[value] }))}
          onChange={(kind) => setWanted({ ...wanted, raw: kind === 'raw' })}
        />
        <Button onPress={() => fitting.bend({ ...wanted, name, degree: Number(wanted.degree) })}>
          {words.addPolynomial}
        </Button>
      </div>
      {polynomials.length > 0 && (
        <ul className={styles.products} aria-label={words.polynomials}>
          {polynomials.map((each) => (
            <li key={each.name}>
              <span translate="no">{polynomialInR(each)}</span>
              <Button
                onPress={() => fitting.bend({ ...each, degree: 1 })}
                label={words.removeTerm(polynomialInR(each))}
              >
                {words.remove}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

interface ProductsProps {
  readonly fitting: Fitting
  readonly terms: readonly string[]
  readonly crossed: Clicked['crossed']
}

function Products({ fitting, terms, crossed }: ProductsProps) {
  const { fit: words } = useOutcomeWords()
  const [pair, setPair] = useState<readonly [string, string]>(['', ''])
  const [a = '', b = ''] = pair.map((name, i) => (terms.includes(name) ? name : (terms[i] ?? '')))
  const options = terms.map((name) => ({ value: name, text: name, isData: true }))
  return (
    <>
      <div className={styles.fields}>
        <Select label={words.productOf} value={a} options={options} onChange={(name) => setPair([name, b])} />
        <Select label={words.and} value={b} options={options} onChange={(name) => setPair([a, name])} />
        <Button onPress={() => fitting.cross(a, b, true)} disabled={a === b}>
          {words.addProduct}
        </Button>
      </div>
      {crossed.length > 0 && (
        <ul className={styles.products} aria-label={words.products}>
          {crossed.map(([left, right]) => (
            <li key={`${left}:${right}`}>
              <span translate="no">{`${left}:${right}`}</span>
              <Button onPress={() => fitting.cross(left, right, false)} label={words.removeTerm(`${left}:${right}`)}>
                {words.remove}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

import { ColumnName } from './ColumnName.tsx'
import styles from './ScoresStep.module.css'

interface ColumnChoiceProps {
  readonly legend: string
  readonly header: readonly string[]
  /** The columns that there are to choose from. */
  readonly columns: readonly number[]
  readonly chosen: readonly number[]
  readonly onChoose: (columns: readonly number[]) => void
}

/** Some of the file's columns, by check boxes. */
export function ColumnChoice({ legend, header, columns, chosen, onChoose }: ColumnChoiceProps) {
  const choose = (column: number, checked: boolean): void =>
    onChoose(columns.filter((each) => (each === column ? checked : chosen.includes(each))))
  return (
    <fieldset className={styles.own}>
      <legend>{legend}</legend>
      {columns.map((column) => (
        <label key={column}>
          <input
            type="checkbox"
            checked={chosen.includes(column)}
            onChange={({ currentTarget }) => choose(column, currentTarget.checked)}
          />
          <ColumnName header={header} column={column} />
        </label>
      ))}
    </fieldset>
  )
}

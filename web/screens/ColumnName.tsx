import { Data } from '../ui/Data.tsx'
import { useWords } from './useWords.ts'

interface ColumnNameProps {
  readonly header: readonly string[]
  readonly column: number
}

/** A column of the file by its name; one without a name by its place. */
export function ColumnName({ header, column }: ColumnNameProps) {
  const words = useWords().columns
  const name = header[column]?.trim()
  return name ? <Data>{name}</Data> : words.unnamed(column + 1)
}

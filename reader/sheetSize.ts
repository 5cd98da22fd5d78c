import type { Card } from '../core/card/card.ts'

/** What a sheet of an .xlsx workbook can hold. */
export const sheetSize = { rows: 1_048_576, columns: 16_384, characters: 32_767 } as const

/** Whether so many rows, the header among them, and columns fit in a sheet. */
export function fitsSheet(rows: number, columns: number): boolean {
  return rows <= sheetSize.rows && columns <= sheetSize.columns
}

/** Columns that scoring may add beside those of the card's own. */
const added = 8

/** Whether a file's rows, with all that scoring adds to them, fit in a sheet. */
export function scoresFitSheet({ heads, responses, reasons }: Card, rows: number, columns: number): boolean {
  const own = heads.length + responses.length + (reasons?.characteristics.length ?? 0)
  return fitsSheet(rows + 1, columns + own + added)
}

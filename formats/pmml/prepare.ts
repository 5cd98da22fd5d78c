import type { Column, Columns } from './columns.ts'
import type { DataField, MiningField } from './fields.ts'
import type { Range } from './intervals.ts'
import { prepareCategory } from './prepareCategory.ts'
import { prepareNumber } from './prepareNumber.ts'

/** A field as the model sees it: missing, invalid and outlying values treated as the MiningSchema says. */
export function prepareField(
  columns: Columns,
  data: DataField,
  mining: MiningField,
  statistics: Range | undefined,
): Column {
  const optype = data.dataType === 'date' ? 'categorical' : (mining.optype ?? data.optype)
  return optype === 'continuous'
    ? prepareNumber(columns, data, mining, statistics)
    : prepareCategory(columns, data, mining)
}

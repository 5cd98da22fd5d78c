import type { FileMetaData, SchemaElement, SchemaTree } from 'hyparquet'

/** A column of a Parquet file, by its place. */
export interface ParquetColumn {
  readonly name: string
  /** A value with the digits that make it. */
  readonly textOf: (value: unknown) => unknown
}

/**
 * The columns of a file, whose metadata is changed so that they are read by their places and exactly: the library finds
 * columns by names, of which two may be the same, and makes doubles of decimals.
 */
export function exactly(metadata: FileMetaData, columns: readonly SchemaTree[]): ParquetColumn[] {
  const places = columns.flatMap((column, place) => leavesOf(column).map(() => place))
  const found = columns.map(({ element }) => ({ name: element.name, textOf: exactText(element) }))
  for (const [place, { element }] of columns.entries()) element.name = placeName(place)
  for (const group of metadata.row_groups) {
    for (const [leaf, { meta_data }] of group.columns.entries()) {
      const place = places[leaf]
      if (meta_data && place !== undefined) meta_data.path_in_schema[0] = placeName(place)
    }
  }
  return found
}

function placeName(place: number): string {
  return `column ${place}`
}

function leavesOf(column: SchemaTree): SchemaTree[] {
  return column.children.length === 0 ? [column] : column.children.flatMap(leavesOf)
}

/** How a column's values are written, told before they are read. */
function exactText(element: SchemaElement): (value: unknown) => unknown {
  if (element.type === 'FLOAT') return singleText
  const { scale = 0 } = element
  if (element.converted_type !== 'DECIMAL') return (value) => value
  if (element.type === 'BYTE_ARRAY') return (value) => (typeof value === 'number' ? value.toFixed(scale) : value)
  // Without their annotation the values come as they are stored: integers, not yet divided by the scale.
  delete element.converted_type
  delete element.logical_type
  return (value) => {
    const unscaled = integerOf(value)
    return unscaled === null ? value : decimalText(unscaled, scale)
  }
}

/** An integer as it is stored: as one, or as big-endian bytes in two's complement. */
function integerOf(value: unknown): bigint | null {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return BigInt(value)
  if (!(value instanceof Uint8Array)) return null
  let unscaled = 0n
  for (const byte of value) unscaled = (unscaled << 8n) | BigInt(byte)
  return BigInt.asIntN(8 * value.length, unscaled)
}

/** "-1.05" of -105 and scale 2. */
function decimalText(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const fraction = digits.slice(digits.length - scale)
  return `${unscaled < 0n ? '-' : ''}${whole}${scale > 0 ? `.${fraction}` : ''}`
}

/** A single-precision number with the fewest digits that make it: 0.1, not 0.10000000149011612. */
function singleText(value: unknown): unknown {
  if (typeof value !== 'number' || !Number.isFinite(value)) return value
  for (let digits = 6; digits < 9; digits++) {
    const text = value.toPrecision(digits)
    if (Math.fround(Number(text)) === value) return String(Number(text))
  }
  return value
}

/**
 * A Parquet file of one row group of required columns, one plain page each, with its metadata in Thrift's compact
 * protocol (parquet-format, parquet.thrift): enough to read, small enough to be made here.
 */

type Column =
  | { readonly type: 'text'; readonly values: readonly string[] }
  | { readonly type: 'double' | 'float'; readonly values: readonly number[] }
  | { readonly type: 'int64'; readonly values: readonly bigint[] }

const physical = { int64: 2, float: 4, double: 5, text: 6 } as const

/** A page's compression: its number in the format, and what does it. */
export interface Codec {
  readonly number: number
  readonly compress: (page: Uint8Array) => Uint8Array
}

const uncompressed: Codec = { number: 0, compress: (page) => page }

export function parquet(columns: Readonly<Record<string, Column>>, codec = uncompressed): Uint8Array<ArrayBuffer> {
  const magic = [...new TextEncoder().encode('PAR1')]
  const bytes = [...magic]
  const rows = Object.values(columns)[0]?.values.length ?? 0
  const chunks = Object.entries(columns).map(([name, column]) => {
    const data =
      column.type === 'text' ? column.values.flatMap(plainText) : column.values.flatMap((v) => plain(column.type, v))
    const packed = codec.compress(Uint8Array.from(data))
    const start = bytes.length
    const dataPage = struct([1, i32(rows)], [2, i32(0)], [3, i32(3)], [4, i32(3)])
    const page = struct([1, i32(0)], [2, i32(data.length)], [3, i32(packed.length)], [5, dataPage])
    bytes.push(...page.bytes, ...packed)
    const size = bytes.length - start
    const meta = struct(
      [1, i32(physical[column.type])],
      [2, list(i32(0))],
      [3, list(text(name))],
      [4, i32(codec.number)],
      [5, i64(rows)],
      [6, i64(page.bytes.length + data.length)],
      [7, i64(size)],
      [9, i64(start)],
    )
    return { size, chunk: struct([2, i64(start)], [3, meta]) }
  })
  const leaves = Object.entries(columns).map(([name, { type }]) =>
    struct([1, i32(physical[type])], [3, i32(0)], [4, text(name)], ...(type === 'text' ? [[6, i32(0)] as const] : [])),
  )
  const total = chunks.reduce((sum, { size }) => sum + size, 0)
  const group = struct([1, list(...chunks.map(({ chunk }) => chunk))], [2, i64(total)], [3, i64(rows)])
  const schema = list(struct([4, text('schema')], [5, i32(leaves.length)]), ...leaves)
  const footer = struct([1, i32(1)], [2, schema], [3, i64(rows)], [4, list(group)])
  const length = new Uint8Array(Uint32Array.of(footer.bytes.length).buffer)
  return Uint8Array.from([...bytes, ...footer.bytes, ...length, ...magic])
}

function plain(type: 'double' | 'float' | 'int64', value: number | bigint): number[] {
  const view = new DataView(new ArrayBuffer(type === 'float' ? 4 : 8))
  if (type === 'int64') view.setBigInt64(0, value as bigint, true)
  else if (type === 'float') view.setFloat32(0, value as number, true)
  else view.setFloat64(0, value as number, true)
  return [...new Uint8Array(view.buffer)]
}

function plainText(value: string): number[] {
  const own = new TextEncoder().encode(value)
  return [...new Uint8Array(Uint32Array.of(own.length).buffer), ...own]
}

interface Thrift {
  readonly kind: number
  readonly bytes: readonly number[]
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
}

const i32 = (value: number): Thrift => ({ kind: 5, bytes: varint(2 * value) })
const i64 = (value: number): Thrift => ({ kind: 6, bytes: varint(2 * value) })

function text(value: string): Thrift {
  const own = new TextEncoder().encode(value)
  return { kind: 8, bytes: [...varint(own.length), ...own] }
}

function list(...items: readonly Thrift[]): Thrift {
  return { kind: 9, bytes: [items.length * 16 + (items[0]?.kind ?? 0), ...items.flatMap(({ bytes }) => bytes)] }
}

function struct(...fields: readonly (readonly [id: number, value: Thrift])[]): Thrift {
  let last = 0
  const bytes = fields.flatMap(([id, { kind, bytes }]) => {
    const head = (id - last) * 16 + kind
    last = id
    return [head, ...bytes]
  })
  return { kind: 12, bytes: [...bytes, 0] }
}

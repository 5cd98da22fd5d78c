import { root } from '../setting.ts'

/** Workbooks and Parquet files, made by what the unit tests of their readers make theirs with. */

type Cell = string | number | boolean | null

export async function workbook(sheets: Readonly<Record<string, readonly (readonly Cell[])[]>>): Promise<Uint8Array> {
  const made = (await import(new URL('reader/test/workbook.ts', root).href)) as {
    workbook(sheets: Readonly<Record<string, readonly (readonly Cell[])[]>>): Uint8Array
  }
  return made.workbook(sheets)
}

type Column =
  | { readonly type: 'text'; readonly values: readonly string[] }
  | { readonly type: 'double'; readonly values: readonly number[] }
  | { readonly type: 'int64'; readonly values: readonly bigint[] }

export async function parquet(
  columns: Readonly<Record<string, Column>>,
  codec: { readonly number: number; readonly compress: (page: Uint8Array) => Uint8Array },
): Promise<Uint8Array> {
  const made = (await import(new URL('reader/test/parquetFile.ts', root).href)) as {
    parquet: (...all: Parameters<typeof parquet>) => Uint8Array
  }
  return made.parquet(columns, codec)
}

import * as z from 'zod/mini'

/** Shapes of what is stored as JSON. */

export const hex = (digits: number) => z.string().check(z.regex(new RegExp(`^[0-9a-f]{${digits}}$`)))
export const count = z.int().check(z.gte(0))

export const writeJson = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

/** Null for what has not that shape. */
export function readJson<T extends z.ZodMiniType>(shape: T, bytes: Uint8Array | null): z.infer<T> | null {
  if (bytes === null) return null
  try {
    const read = z.safeParse(shape, JSON.parse(new TextDecoder().decode(bytes)))
    return read.success ? read.data : null
  } catch {
    return null
  }
}

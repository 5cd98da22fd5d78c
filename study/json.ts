import * as z from 'zod/mini'

/** What a JSON text says; undefined, which none says, for a text that is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What a JSON text of one shape says; null for every other text. */
export function shapedJson<Shape extends z.ZodMiniType>(shape: Shape, text: string): z.output<Shape> | null {
  const result = z.safeParse(shape, jsonOf(text))
  return result.success ? result.data : null
}

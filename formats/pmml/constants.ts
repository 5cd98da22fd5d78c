import type { Typed } from './typed.ts'

/** The text of an expression that is a constant. */
export function constantOf({ expression }: Typed): string | undefined {
  if (typeof expression === 'number') return String(expression)
  return 'constant' in expression && expression.constant !== null ? expression.constant : undefined
}

import { fail } from '../faults.ts'

/** Deep enough for any transformation that people write, shallow enough for every stack that will walk it. */
const deepest = 400

/**
 * Throws `model/invalid` for a parsed JSON value with more than 400 levels of lists and objects. Walks without
 * recursion, so that it is safe to ask first.
 */
export function limitNesting(value: unknown): void {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) fail('model/invalid', 'nesting', { deepest })
    const next: unknown[] = []
    for (const part of level) {
      if (typeof part !== 'object' || part === null) continue
      for (const member of Object.values(part)) if (typeof member === 'object' && member !== null) next.push(member)
    }
    level = next
  }
}

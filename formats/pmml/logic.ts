import { apply, firstPresent, joined, missingValue, type Typed, truthValue } from './typed.ts'

/**
 * PMML's three-valued logic on top of expressions, in which missing makes every operation missing: 'and' is false as
 * soon as one part is false, 'or' true as soon as one is true, however many parts are unknown.
 */
export type Condition =
  | { readonly op: 'leaf'; readonly value: Typed }
  | { readonly op: 'and' | 'or' | 'xor' | 'surrogate'; readonly parts: readonly Condition[] }

export function leaf(value: Typed): Condition {
  return { op: 'leaf', value }
}

/** 1 where the condition is true, 0 where it is false or unknown. */
export function isTrue(condition: Condition): Typed {
  if (condition.op === 'and' || condition.op === 'or') return joined(condition.op, condition.parts.map(isTrue))
  const value = truthOf(condition)
  return value.mayMiss ? apply('if', value, truthValue(true), truthValue(false)) : value
}

/** 1 where the condition is false, 0 where it is true or unknown. */
export function isFalse(condition: Condition): Typed {
  if (condition.op === 'and' || condition.op === 'or') {
    return joined(condition.op === 'and' ? 'or' : 'and', condition.parts.map(isFalse))
  }
  const value = apply('not', truthOf(condition))
  return value.mayMiss ? apply('if', value, truthValue(true), truthValue(false)) : value
}

/** 1, 0, or missing where the condition is unknown. */
export function truthOf(condition: Condition): Typed {
  switch (condition.op) {
    case 'leaf':
      return condition.value
    case 'xor':
      return condition.parts.map(truthOf).reduce((x, y) => apply('notEqual', x, y))
    case 'surrogate':
      return firstPresent(condition.parts.map(truthOf))
    default: {
      const parts = condition.parts.map(truthOf)
      if (!parts.some((part) => part.mayMiss)) return joined(condition.op, parts)
      const unlessTrue = apply('if', isTrue(condition), truthValue(true), missingValue('truth'))
      return apply('if', isFalse(condition), truthValue(false), unlessTrue)
    }
  }
}

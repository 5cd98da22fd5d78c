import type { Column } from './columns.ts'
import { addNumber, addTruth, Head } from './heads.ts'
import type { Scope } from './scope.ts'
import { apply, numberValue, type Typed, textValue } from './typed.ts'
import type { XmlElement } from './xml.ts'

/** Where a segment does not hold, its categories have this text, which nothing weighs. */
const elsewhere = '(another segment)'

/**
 * A linear predictor where a public condition holds, and 0 elsewhere, times a public `share` where there is one. Its
 * weights stay private: what is public is each of its columns where the condition holds.
 */
export function gated(head: Head, holds: Typed, share: Typed | undefined, at: XmlElement, scope: Scope): Head {
  const result = new Head(head.name, 0, head.role)
  const zero = numberValue(0)
  const counting = (value: Typed): Typed =>
    apply('if', holds, share === undefined ? value : apply('multiply', value, share), zero)
  if (share === undefined) addTruth(result, holds, 'segment', head.intercept, at, scope)
  else
    addNumber(
      result,
      scope.columns.derive(at, counting(numberValue(1)), { hint: 'share of the segment' }),
      head.intercept,
      at,
      scope,
    )
  for (const { column: name, level, weight } of head.terms.values()) {
    const column = scope.columns.named(name)
    if (level === undefined) {
      const value = counting({ ...column.typed, kind: 'number' })
      const made = scope.columns.derive(at, value, { hint: `${column.name} in a segment` })
      result.add(made.name, undefined, weight)
    } else if (share === undefined) {
      result.add(gatedCategory(column, holds, level, at, scope).name, level, weight)
    } else {
      const here = apply('equal', categoryOf(column, scope), textValue(level))
      const value = counting({ ...here, kind: 'number' })
      result.add(
        scope.columns.derive(at, value, { hint: `${column.name} = ${level} in a segment` }).name,
        undefined,
        weight,
      )
    }
  }
  return result
}

/** A category as terms see it: of no level where it is missing and then counts nothing. */
function categoryOf(column: Column, scope: Scope): Typed {
  return scope.columns.countsNothing(column) ? apply('coalesce', column.typed, textValue(elsewhere)) : column.typed
}

function gatedCategory(column: Column, holds: Typed, level: string, at: XmlElement, scope: Scope): Column {
  const { texts: _, ...text } = categoryOf(column, scope)
  const value = apply('if', holds, text, textValue(elsewhere))
  const made = scope.columns.derive(at, value, { hint: `${column.name} in a segment` })
  scope.columns.useLevel(made, level, at)
  return made
}

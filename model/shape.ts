import type * as z from 'zod/mini'

/** What is wrong with the shape of a file: where, and what would be right. */

type Issue = z.core.$ZodIssue

export type ShapeFault = {
  readonly path: readonly string[]
  /** What the innermost part of the path that has a name is called. */
  readonly name: string | null
  /** One reason, or one for each kind that the part might be meant to be of. */
  readonly reasons: readonly ShapeReason[]
}

export type ShapeReason =
  | { readonly why: 'stranger'; readonly member: string }
  | { readonly why: 'type'; readonly expected: string }
  | { readonly why: 'choice'; readonly choices: readonly string[] }
  | { readonly why: 'most'; readonly limit: number; readonly of: string }
  | { readonly why: 'least'; readonly limit: number; readonly inclusive: boolean; readonly of: string }
  | { readonly why: 'form' | 'kind' | 'name' | 'other' }

/** The first fault of a file that a schema refuses. Has names of members, and no value. */
export function shapeFault(error: z.core.$ZodError, value: unknown): ShapeFault {
  const { path, reasons } = faultOf(error.issues[0] as Issue)
  return { path: path.map(String), name: nameAt(value, path) ?? null, reasons }
}

interface Fault {
  readonly path: readonly PropertyKey[]
  readonly reasons: readonly ShapeReason[]
}

function faultOf(issue: Issue): Fault {
  const at = (reason: ShapeReason): Fault => ({ path: issue.path, reasons: [reason] })
  switch (issue.code) {
    case 'unrecognized_keys': {
      const [first = ''] = issue.keys
      return at({ why: 'stranger', member: clip(first) })
    }
    case 'invalid_type':
      return at({ why: 'type', expected: issue.expected })
    case 'invalid_value':
      return at({ why: 'choice', choices: issue.values.slice(0, 30).map(String) })
    case 'too_big':
      return at({ why: 'most', limit: Number(issue.maximum), of: issue.origin })
    case 'too_small':
      return at({
        why: 'least',
        limit: Number(issue.minimum),
        inclusive: issue.inclusive !== false,
        of: issue.origin,
      })
    case 'invalid_format':
      return at({ why: 'form' })
    case 'invalid_union': {
      // The kind that came closest: whose fault lies deepest.
      const faults = issue.errors.flatMap(([first]) => (first ? [faultOf(first as Issue)] : []))
      const deepest = faults.reduce<Fault | undefined>(
        (best, fault) => (best === undefined || fault.path.length > best.path.length ? fault : best),
        undefined,
      )
      if (deepest === undefined) return at({ why: 'kind' })
      const reasons = faults.filter(({ path }) => path.length === deepest.path.length).flatMap((fault) => fault.reasons)
      const distinct = new Map(reasons.map((reason) => [JSON.stringify(reason), reason]))
      return { path: [...issue.path, ...deepest.path], reasons: [...distinct.values()].slice(0, 4) }
    }
    case 'invalid_key':
      return at({ why: 'name' })
    default:
      return at({ why: 'other' })
  }
}

function nameAt(value: unknown, path: readonly PropertyKey[]): string | undefined {
  let name: string | undefined
  let here = value
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) break
    here = (here as Record<PropertyKey, unknown>)[key]
    const own =
      typeof here === 'object' && here !== null ? Object.getOwnPropertyDescriptor(here, 'name')?.value : undefined
    if (typeof own === 'string') name = clip(own)
  }
  return name
}

function clip(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}

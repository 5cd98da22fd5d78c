import type * as z from 'zod/mini'

/** What is wrong with the shape of a file, in words: where, and what would be right. */

type Issue = z.core.$ZodIssue

/** The first fault of a file that a schema refuses, as `place: reason`. Shows names of members, and no value. */
export function shapeFault(error: z.core.$ZodError, value: unknown): string {
  const { path, reason } = faultOf(error.issues[0] as Issue)
  const place = path.map(String).join('.').slice(0, 400) || 'the file'
  const name = nameAt(value, path)
  return `${place}${name === undefined ? '' : ` ("${name}")`}: ${reason}`
}

interface Fault {
  readonly path: readonly PropertyKey[]
  readonly reason: string
}

function faultOf(issue: Issue): Fault {
  const at = (reason: string): Fault => ({ path: issue.path, reason })
  switch (issue.code) {
    case 'unrecognized_keys': {
      const [first = ''] = issue.keys
      return at(`there is no member "${clip(first)}"`)
    }
    case 'invalid_type':
      return at(`${issue.expected} expected`)
    case 'invalid_value':
      return at(`one of ${issue.values.slice(0, 30).map(String).join(', ')} expected`)
    case 'too_big':
      return at(`at most ${issue.maximum} ${unitOf(issue.origin)}`)
    case 'too_small':
      return at(`${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum} ${unitOf(issue.origin)}`)
    case 'invalid_format':
      return at('the text is not of the form that it must have')
    case 'invalid_union': {
      // The kind that came closest: whose fault lies deepest.
      const faults = issue.errors.flatMap(([first]) => (first ? [faultOf(first as Issue)] : []))
      const deepest = faults.reduce<Fault | undefined>(
        (best, fault) => (best === undefined || fault.path.length > best.path.length ? fault : best),
        undefined,
      )
      if (deepest === undefined) return at('of no kind that is known')
      const reasons = new Set(faults.filter(({ path }) => path.length === deepest.path.length).map((f) => f.reason))
      return { path: [...issue.path, ...deepest.path], reason: [...reasons].slice(0, 4).join('; or ') }
    }
    case 'invalid_key':
      return at('a name that is not allowed')
    default:
      return at('not as it should be')
  }
}

function unitOf(origin: string): string {
  return origin === 'string' ? 'characters' : origin === 'array' ? 'members' : ''
}

/** What the innermost part of the path that has a name is called. */
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

import { columnsOf, type Expression } from '../../core/card/expression.ts'
import { BlindscoreError } from '../../core/errors.ts'
import { optionalText, optionalTruth } from './attributes.ts'
import { expressionOf } from './expressions.ts'
import { complement, Head, type ModelDraft } from './heads.ts'
import { clip } from './refuse.ts'
import type { Scope } from './scope.ts'
import { apply, numberValue, type Typed, textValue } from './typed.ts'
import { childOf, childrenOf, type XmlElement } from './xml.ts'

/** Output: what a prediction is called, and what is made of it in the end. */

const featureOf = (field: XmlElement): string => optionalText(field, 'feature') ?? 'predictedValue'
const isMade = (field: XmlElement): boolean => ['transformedValue', 'decision'].includes(featureOf(field))

/** The fields of the Output, and of that of the last model of a chain; not those of a segment alone. */
export function outputFields(model: XmlElement, draft: Pick<ModelDraft, 'output'>): XmlElement[] {
  const lists = [childOf(model, 'Output'), draft.output].filter((list) => list !== undefined)
  return lists
    .flatMap((list) => childrenOf(list, 'OutputField'))
    .filter((field) => optionalText(field, 'segmentId') === undefined)
}

/** The responses by the file's names, and what the Output makes of them; the rest of it is left out, with a note. */
export function applyOutput(model: XmlElement, draft: ModelDraft, scope: Scope): ModelDraft {
  const fields = outputFields(model, draft)
  const named = beforeTargets(nameResponses(fields, draft, scope))
  const { outputs, decision, given } = lastSteps(fields, named, scope)
  const read = ['predictedValue', 'probability', 'reasonCode']
  const ignored = fields.filter((field) => !read.includes(featureOf(field)) && !given.has(field))
  if (ignored.length > 0) {
    const left = ignored
      .slice(0, 5)
      .map((field) => ({ name: clip(optionalText(field, 'name') ?? '?'), feature: clip(featureOf(field)) }))
    scope.notes.add('outputsLeftOut', { outputs: left, count: ignored.length })
  }
  if (outputs.length === 0 && decision === undefined) return named
  const made = [...given].map((field) => optionalText(field, 'name') ?? '?')
  scope.notes.add('outputsPublic', { outputs: [...(named.outputs ?? []).map(({ name }) => name), ...made].map(clip) })
  return {
    ...named,
    responses: namesOf(named),
    ...(outputs.length > 0 && { outputs }),
    ...(decision !== undefined && { decision }),
  }
}

/** A binary model gives one probability: the one that Output asks for. */
function nameResponses(fields: readonly XmlElement[], draft: ModelDraft, scope: Scope): ModelDraft {
  if (draft.categories === undefined) {
    const name = fields.find((field) => featureOf(field) === 'predictedValue')?.attributes.get('name')
    return name === undefined || draft.responses !== undefined || name === '' ? draft : { ...draft, responses: [name] }
  }
  const [only] = draft.categories
  if (draft.other === undefined || only === undefined) return { ...draft, responses: draft.categories }
  const asked = fields
    .filter((field) => featureOf(field) === 'probability')
    .map((field) => optionalText(field, 'value'))
  const flipped = complement(draft.link)
  const chosen = asked.length === 1 && asked[0] === draft.other && flipped !== undefined
  const [category, other] = chosen ? [draft.other, only] : [only, draft.other]
  if (draft.link !== 'identity') scope.notes.add('probabilityOf', { category: clip(category), other: clip(other) })
  if (!chosen) return { ...draft, responses: [only] }
  const heads = draft.heads.map((head) => {
    const negative = new Head(draft.other)
    negative.addHead(head, -1)
    return negative
  })
  return { ...draft, heads, link: flipped, categories: [draft.other], other: only, responses: [draft.other] }
}

/** What Targets make of the response has its name, and the response another: no name may carry another quantity. */
function beforeTargets(draft: ModelDraft): ModelDraft {
  if (draft.treated === undefined) return draft
  const [name] = namesOf(draft) as [string]
  const response = 'score_before_targets'
  return {
    ...draft,
    responses: [response],
    outputs: [{ name, expression: unmarked(draft.treated(responseOf(response)).expression) }],
  }
}

/** The names of the link's responses. */
function namesOf({ responses, heads }: ModelDraft): readonly string[] {
  if (responses !== undefined) return responses
  const scored = heads.filter(({ role }) => role === undefined)
  return scored.map(({ name }, i) => name ?? (scored.length === 1 ? 'score' : `head${i + 1}`))
}

/** Marks a response in an expression, which fields of the record have no part in. */
const mark = '\u0000'

interface LastSteps {
  readonly outputs: NonNullable<ModelDraft['outputs']>
  readonly decision: Expression | undefined
  /** The fields that are given. */
  readonly given: ReadonlySet<XmlElement>
}

/**
 * Fields that are made of the model's own results alone: numbers are responses of their own; the first text is the
 * label, where the model gives none. Fields that are no final results only help to make others.
 */
function lastSteps(fields: readonly XmlElement[], draft: ModelDraft, scope: Scope): LastSteps {
  const names = namesOf(draft)
  const outputs = [...(draft.outputs ?? [])]
  const given = new Set<XmlElement>()
  const taken = new Set([...names, ...outputs.map(({ name }) => name)])
  let decision: Expression | undefined
  for (const field of fields) {
    const name = optionalText(field, 'name')
    const typed = isMade(field) ? made(field, scope) : resultOf(field, draft, names)
    if (name === undefined || typed === undefined) continue
    scope.addOutput(name, typed)
    if (!isMade(field)) continue
    const isFinal = optionalTruth(field, 'isFinalResult') ?? true
    if (!isFinal) given.add(field)
    else if (typed.kind === 'number' && !taken.has(name)) {
      const label = optionalText(field, 'displayName')
      outputs.push({ name, ...(label !== undefined && { label }), expression: unmarked(typed.expression) })
      taken.add(name)
      given.add(field)
    } else if (typed.kind !== 'number' && decision === undefined && draft.label !== true) {
      decision = unmarked(textOf(typed).expression)
      given.add(field)
    }
  }
  const shown = outputs.length > 0 || decision !== undefined
  return { outputs, decision, given: shown ? given : new Set() }
}

function textOf(typed: Typed): Typed {
  return typed.kind === 'truth' ? apply('if', typed, textValue('true'), textValue('false')) : typed
}

/** What a field makes of the model's results; undefined where it needs anything else, or what cannot be computed. */
function made(field: XmlElement, scope: Scope): Typed | undefined {
  try {
    const typed = expressionOf(field, scope, undefined)
    return [...columnsOf(typed.expression)].every((column) => column.startsWith(mark)) ? typed : undefined
  } catch (thrown) {
    if (thrown instanceof BlindscoreError) return undefined
    throw thrown
  }
}

/** A result of the model, as it is among the responses. */
function resultOf(field: XmlElement, draft: ModelDraft, names: readonly string[]): Typed | undefined {
  const response = (name: string | undefined): Typed | undefined =>
    name === undefined || !names.includes(name) ? undefined : responseOf(name)
  const feature = featureOf(field)
  const { categories, other, link } = draft
  if (categories === undefined) {
    const isPredicted = feature === 'predictedValue' && !(typeof link === 'object' && 'survival' in link)
    const predicted = isPredicted ? response(names[0]) : undefined
    return predicted === undefined ? undefined : (draft.treated?.(predicted) ?? predicted)
  }
  if (link === 'identity' || link === 'argmax') return undefined
  const first = response(categories[0])
  if (feature === 'predictedValue' && other !== undefined && first !== undefined)
    return apply('if', apply('less', first, numberValue(0.5)), textValue(other), textValue(categories[0] as string))
  if (feature !== 'probability') return undefined
  const value = optionalText(field, 'value')
  if (value !== undefined && value === other && first !== undefined) return apply('subtract', numberValue(1), first)
  return value !== undefined && categories.includes(value) ? response(value) : undefined
}

function responseOf(name: string): Typed {
  return { expression: { column: `${mark}${name}` }, kind: 'number', mayMiss: false, size: 1, depth: 1 }
}

/** The expression with its responses by their names. */
function unmarked(expression: Expression): Expression {
  if (typeof expression === 'number' || 'constant' in expression) return expression
  if ('column' in expression) return { column: expression.column.slice(mark.length) }
  return { ...expression, args: expression.args.map(unmarked) } as Expression
}

import type { ExtendedLink } from '../extended.ts'
import { type Element, isColumn, isOutcome, type Linear, type Outcome } from './element.ts'
import { fail } from './faults.ts'
import { limits } from './limits.ts'
import { areOpposite, isLabel, type Response, responseOf } from './link.ts'
import type { OnnxNode } from './protobuf.ts'
import { unsupported } from './refuse.ts'
import type { Run } from './run.ts'
import type { Tensor } from './tensor.ts'

/** What the graph's outputs amount to: heads, their link and their names. */
export interface Heads {
  readonly forms: readonly Linear[]
  readonly link: ExtendedLink
  /** Names of heads and responses; undefined where there is one and nothing names it. */
  readonly names: readonly string[] | undefined
  readonly label: boolean
}

export interface Output {
  readonly name: string
  readonly value: Tensor
  readonly node: OnnxNode
}

interface Read {
  readonly output: Output
  readonly responses: readonly Response[]
}

/** Finds the model's responses among the graph's outputs. Throws `model/unsupported`, naming the node in the way. */
export function readHeads(run: Run, outputs: readonly Output[]): Heads {
  const labels = outputs.map(({ value }) => value.data[0]).filter(isLabel)
  const reads: Read[] = []
  const unread: { output: Output; element: Element }[] = []
  for (const output of outputs) {
    const { value, node } = output
    const elements = Array.from(value.data as ArrayLike<Element>)
    if (elements.length === 0 || value.type === 'string' || isLabel(elements[0])) continue
    // What does not depend on the record is no prediction.
    if (elements.every((x) => typeof x === 'number')) continue
    if (elements.length > limits.heads) unsupported(node, 'makesTooMuch', { what: 'responses', most: limits.heads })
    const responses = elements.map((x) => responseOf(node, run, x))
    if (responses.every((response) => response !== undefined)) reads.push({ output, responses })
    else unread.push({ output, element: elements[responses.indexOf(undefined)] as Element })
  }
  const chosen = choose(run, reads)
  const [labelled] = labels
  if (chosen.length === 0) {
    const [first] = unread
    if (first) refuseOutput(first.output, first.element)
    if (labelled) return fromLabel(run, outputs, labelled)
    fail('model/unsupported', 'outputsConstant')
  }
  for (const { output } of unread) run.notes.add('outputUnlinked', { output: output.name })
  const classes = labelled?.labels ?? chosen.find(({ output }) => output.value.names)?.output.value.names
  return headsOf(run, chosen, classes, labelled)
}

/** The outputs that carry the prediction: those behind a link before raw sums, weighted sums before passed columns. */
function choose(run: Run, reads: readonly Read[]): readonly Read[] {
  const passes = ({ output }: Read): boolean => Array.from(output.value.data as ArrayLike<Element>).every(isColumn)
  const sealed = reads.filter((read) => !passes(read))
  const candidates = sealed.length > 0 ? sealed : reads
  const linked = candidates.filter(({ responses }) => responses.some(({ link }) => link !== 'identity'))
  const chosen = linked.length > 0 ? linked : candidates
  for (const { output } of reads) {
    if (chosen.some((read) => read.output === output)) continue
    run.notes.add('outputSpare', { output: output.name, carriers: chosen.map((read) => read.output.name) })
  }
  return chosen
}

/** One of the responses to a group of linear forms, and a response to a form of its own. */
type Grouped = Extract<Response, { forms: unknown }>
type Single = Extract<Response, { form: Linear }>

function headsOf(
  run: Run,
  reads: readonly Read[],
  classes: readonly string[] | undefined,
  labelled: Outcome | undefined,
): Heads {
  const responses = reads.flatMap((read) => read.responses)
  const [first] = responses as [Response]
  if (responses.some(({ link }) => JSON.stringify(link) !== JSON.stringify(first.link))) {
    fail('model/unsupported', 'linksDiffer')
  }
  if ('forms' in first) return groupHeads(run, reads, responses as readonly Grouped[], classes, labelled)
  const singles = responses as readonly Single[]
  return oppositeHeads(run, reads, singles, classes, labelled) ?? ownHeads(run, reads, singles, classes, labelled)
}

/** A group of forms under one link: all of its classes are scored, whichever of them the graph gives. */
function groupHeads(
  run: Run,
  reads: readonly Read[],
  groups: readonly Grouped[],
  classes: readonly string[] | undefined,
  labelled: Outcome | undefined,
): Heads {
  const { forms, link } = groups[0] as Grouped
  const isShared = (each: Grouped): boolean =>
    each.forms.length === forms.length && each.forms.every((form, i) => isSame(form, forms[i] as Linear))
  if (!groups.every(isShared)) unsupported((reads[0] as Read).output.node, 'classesMixed')
  if (groups.length !== forms.length) run.notes.add('allClasses')
  const label = labelled?.op === 'argmax' && classes !== undefined
  return { forms, link, names: namesFor(classes, forms.length), label }
}

/** The scores of two classes that are each other's opposite: one head, of the second. Undefined for others. */
function oppositeHeads(
  run: Run,
  reads: readonly Read[],
  singles: readonly Single[],
  classes: readonly string[] | undefined,
  labelled: Outcome | undefined,
): Heads | undefined {
  const [a, b] = singles
  if (singles.length !== 2 || !a || !b || !areOpposite(a.form, b.form)) return undefined
  if (a.link !== 'logit' && a.link !== 'identity') return undefined
  const name = classes?.length === 2 ? positiveClass(run, b.form, classes, labelled) : outputNames(reads)[1]
  run.notes.add(a.link === 'logit' ? 'probabilityOfTwo' : 'decisionOfTwo', { name: name ?? null })
  return { forms: [b.form], link: a.link, names: name === undefined ? undefined : [name], label: false }
}

/** A head for each response. */
function ownHeads(
  run: Run,
  reads: readonly Read[],
  singles: readonly Single[],
  classes: readonly string[] | undefined,
  labelled: Outcome | undefined,
): Heads {
  const forms = singles.map(({ form }) => form)
  const { link, form } = singles[0] as Single
  if (forms.length === 1 && classes?.length === 2) {
    const name = positiveClass(run, form, classes, labelled)
    if (link === 'logit') run.notes.add('probabilityOfClass', { name })
    return { forms, link, names: [name], label: false }
  }
  const hasArgMax = labelled?.op === 'argmax'
  const label = hasArgMax && rising.has(link) && classes?.length === forms.length && forms.length > 1
  const outputs = reads.length > 1 || forms.length > 1 ? outputNames(reads) : undefined
  return {
    forms,
    link: label && link === 'identity' ? 'argmax' : link,
    names: namesFor(classes, forms.length) ?? outputs,
    label,
  }
}

/** Links under which the largest sum has the largest response. */
const rising: ReadonlySet<ExtendedLink> = new Set([
  'identity',
  'logit',
  'probit',
  'cauchit',
  'cloglog',
  'loglog',
  'log',
  'log1p',
])

/** The class that a rising form speaks for: the second, unless the graph's own label says otherwise. */
function positiveClass(run: Run, form: Linear, classes: readonly string[], labelled: Outcome | undefined): string {
  const [first, second] = classes as [string, string]
  if (labelled?.args.length !== 2 || !(labelled.op === 'argmax' || labelled.op === 'argmin')) return second
  const response = responseOf(labelled.node, run, labelled.args[1] as Element)
  const [term] = response && 'form' in response ? [...response.form.terms].filter(([, weight]) => weight !== 0) : []
  if (!term) return second
  const rises = Math.sign(form.terms.get(term[0]) ?? 0) === Math.sign(term[1])
  return rises === (labelled.op === 'argmax') ? second : first
}

/** A graph that gives a class and nothing else: its decision values are the prediction. */
function fromLabel(run: Run, outputs: readonly Output[], label: Element): Heads {
  const node = (outputs.find(({ value }) => value.data[0] === label) as Output).node
  if (!isOutcome(label)) return unsupported(node, 'classByRule')
  const group = label.args.map((x) => (typeof x === 'number' ? undefined : responseOf(node, run, x)))
  const forms = group.flatMap((each) => (each && 'form' in each && each.link === 'identity' ? [each.form] : []))
  if (forms.length !== label.args.length || !(label.op === 'argmax' || label.op === 'argmin')) {
    return unsupported(label.node, 'classAlone')
  }
  const signed =
    label.op === 'argmax'
      ? forms
      : forms.map(
          ({ constant, terms }): Linear => ({
            kind: 'linear',
            constant: -constant,
            terms: new Map([...terms].map(([column, weight]) => [column, -weight])),
          }),
        )
  return {
    forms: signed,
    link: 'argmax',
    names: namesFor(label.labels, forms.length) ?? forms.map((_, i) => String(i)),
    label: true,
  }
}

function namesFor(classes: readonly string[] | undefined, count: number): readonly string[] | undefined {
  return classes?.length === count && new Set(classes).size === count && !classes.includes('') ? classes : undefined
}

function outputNames(reads: readonly Read[]): readonly string[] {
  return reads.flatMap(({ output, responses }) =>
    responses.length === 1 ? [output.name] : responses.map((_, i) => output.value.names?.[i] ?? `${output.name}_${i}`),
  )
}

function isSame(a: Linear, b: Linear): boolean {
  if (a === b) return true
  return (
    a.constant === b.constant && a.terms.size === b.terms.size && [...a.terms].every(([c, w]) => b.terms.get(c) === w)
  )
}

function refuseOutput(output: Output, element: Element): never {
  if (!isOutcome(element)) unsupported(output.node, 'outputUnlinked', { output: output.name })
  unsupported(element.node, 'stepUnlinked', { output: output.name, deep: deepSteps.has(element.op) })
}

/** Steps between the layers of a network. */
const deepSteps: ReadonlySet<string> = new Set(['relu', 'leakyRelu', 'tanh', 'softplus', 'norm'])

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

function headsOf(
  run: Run,
  reads: readonly Read[],
  classes: readonly string[] | undefined,
  labelled: Outcome | undefined,
): Heads {
  const hasArgMax = labelled?.op === 'argmax'
  const responses = reads.flatMap((read) => read.responses)
  const [first] = responses as [Response]
  const place = reads[0]?.output as Output
  if (responses.some(({ link }) => JSON.stringify(link) !== JSON.stringify(first.link))) {
    fail('model/unsupported', 'linksDiffer')
  }
  if ('forms' in first) {
    const { forms, link } = first
    const groups = responses as readonly Extract<Response, { forms: unknown }>[]
    if (groups.some((each) => each.forms.length !== forms.length || each.forms.some((form, i) => form !== forms[i]))) {
      const sameForms = groups.every((each) => each.forms.every((form, i) => isSame(form, forms[i] as Linear)))
      if (!sameForms) unsupported(place.node, 'classesMixed')
    }
    if (groups.length !== forms.length) {
      run.notes.add('allClasses')
    }
    return { forms, link, names: namesFor(classes, forms.length), label: hasArgMax && classes !== undefined }
  }
  const forms = (responses as readonly Extract<Response, { form: Linear }>[]).map(({ form }) => form)
  const outputs = reads.length > 1 || forms.length > 1 ? outputNames(reads) : undefined
  const [a, b] = forms as [Linear, Linear | undefined]
  if (forms.length === 2 && b && areOpposite(a, b) && (first.link === 'logit' || first.link === 'identity')) {
    const positive = classes?.length === 2 ? positiveClass(run, b, classes, labelled) : outputs?.[1]
    if (first.link === 'logit') run.notes.add('probabilityOfTwo', { name: positive ?? null })
    else run.notes.add('decisionOfTwo', { name: positive ?? null })
    return { forms: [b], link: first.link, names: positive === undefined ? undefined : [positive], label: false }
  }
  const label = hasArgMax && rising.has(first.link) && classes?.length === forms.length && forms.length > 1
  const single = forms.length === 1 && classes?.length === 2 ? positiveClass(run, a, classes, labelled) : undefined
  if (single !== undefined && first.link === 'logit') run.notes.add('probabilityOfClass', { name: single })
  return {
    forms,
    link: label && first.link === 'identity' ? 'argmax' : first.link,
    names: single === undefined ? (namesFor(classes, forms.length) ?? outputs) : [single],
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

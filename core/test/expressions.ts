import * as fc from 'fast-check'
import type { Interval } from '../../model/interval.ts'
import type { Value } from '../card/evaluate.ts'
import type { Expression } from '../card/expression.ts'

/** Random expressions over the columns x, y, z (numbers in [-3, 4], [0, 1000], [2, 2.5]) and t (a text). */
export const numbers: ReadonlyMap<string, Interval> = new Map([
  ['x', { min: -3, max: 4 }],
  ['y', { min: 0, max: 1000 }],
  ['z', { min: 2, max: 2.5 }],
])
export const names = ['x', 'y', 'z', 't']
export const indexOf: ReadonlyMap<string, number> = new Map(names.map((name, i) => [name, i]))

const inside = ({ min, max }: Interval) =>
  fc.oneof(fc.double({ min, max, noNaN: true }), fc.constantFrom(min, max), fc.constant(null))
export const anyRecord: fc.Arbitrary<readonly Value[]> = fc.tuple(
  ...[...numbers.values()].map(inside),
  fc.constantFrom('a', 'b', 'A ', null),
)

const small = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ min: -10, max: 10, noNaN: true }))
const ascending = (least: number) =>
  fc
    .uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: least, maxLength: 5 })
    .map((list) => list.sort((a, b) => a - b))

const { number } = fc.letrec<{ number: Expression; text: Expression }>((tie) => {
  const n = tie('number')
  const t = tie('text')
  const one = (...ops: string[]) => fc.tuple(fc.constantFrom(...ops), n).map(([op, a]) => ({ op, args: [a] }))
  const two = (...ops: string[]) => fc.tuple(fc.constantFrom(...ops), n, n).map(([op, a, b]) => ({ op, args: [a, b] }))
  const many = (...ops: string[]) =>
    fc.tuple(fc.constantFrom(...ops), fc.array(n, { minLength: 1, maxLength: 4 })).map(([op, args]) => ({ op, args }))
  const as = (arbitrary: fc.Arbitrary<unknown>) => arbitrary as fc.Arbitrary<Expression>
  return {
    number: fc.oneof(
      { maxDepth: 5, depthIdentifier: 'e' },
      as(fc.constantFrom('x', 'y', 'z').map((column) => ({ column }))),
      as(small),
      as(one('negate', 'abs', 'exp', 'expm1', 'ln', 'ln1p', 'log10', 'log2', 'sqrt', 'square')),
      as(one('floor', 'ceil', 'round', 'sign', 'sin', 'cos', 'tan', 'atan', 'tanh', 'float32', 'not')),
      as(two('subtract', 'divide', 'power', 'modulo', 'equal', 'notEqual', 'less', 'lessOrEqual', 'greater')),
      as(fc.tuple(n, fc.integer({ min: -3, max: 4 })).map(([a, k]) => ({ op: 'power', args: [a, k] }))),
      as(many('add', 'multiply', 'min', 'max', 'and', 'or', 'coalesce')),
      as(fc.tuple(n, n, n).map((args) => ({ op: 'if', args }))),
      as(fc.tuple(n).map((args) => ({ op: 'missing', args }))),
      as(fc.tuple(t, t).map((args) => ({ op: 'equal', args }))),
      as(t.map((a) => ({ op: 'length', args: [a] }))),
      as(
        fc
          .tuple(t, fc.constantFrom('a', '[ab]+', '^.$', ''))
          .map(([a, pattern]) => ({ op: 'matches', args: [a], pattern })),
      ),
      as(
        fc.tuple(t, fc.constantFrom('a', 'b')).map(([a, word]) => ({
          op: 'countTerm',
          args: [a],
          term: [word],
          words: { by: 'words', pattern: '\\w' },
        })),
      ),
      as(
        fc.tuple(t, fc.option(small)).map(([a, otherwise]) => ({
          op: 'lookup',
          args: [a],
          rows: [
            ['a', 1.5],
            ['b', -2],
            ['low', 7],
          ],
          otherwise,
        })),
      ),
      as(
        fc
          .tuple(n, ascending(2), fc.infiniteStream(small), fc.constantFrom('extend', 'clamp', 'missing'))
          .map(([a, xs, ys, outside]) => ({
            op: 'piecewise',
            args: [a],
            points: xs.map((x) => [x, ys.next().value as number]),
            outside,
          })),
      ),
    ),
    text: fc.oneof(
      { maxDepth: 5, depthIdentifier: 'e' },
      as(fc.constant({ column: 't' })),
      as(fc.constantFrom('a', 'B', null).map((constant) => ({ constant }))),
      as(fc.tuple(fc.constantFrom('uppercase', 'lowercase', 'trim'), t).map(([op, a]) => ({ op, args: [a] }))),
      as(fc.tuple(t, t).map((args) => ({ op: 'concat', args }))),
      as(
        fc
          .tuple(t, fc.integer({ min: 0, max: 4 }), fc.integer({ min: -1, max: 3 }))
          .map((args) => ({ op: 'substring', args })),
      ),
      as(t.map((a) => ({ op: 'replace', args: [a], pattern: '(a)|B', by: ['<', 1, '>'] }))),
      as(
        fc.tuple(n, ascending(1), fc.constantFrom('left', 'right')).map(([a, edges, closed]) => ({
          op: 'bin',
          args: [a],
          edges,
          closed,
          labels: ['low', ...edges.map((_, i) => `bin ${i}`)],
        })),
      ),
    ),
  }
})

export const anyNumber: fc.Arbitrary<Expression> = number

/** Steps that two right implementations may round otherwise. All others give what is exactly so. */
const rounds = new Set(
  'exp expm1 ln ln1p log10 log2 sqrt square sin cos tan atan tanh subtract divide power add multiply piecewise'.split(
    ' ',
  ),
)
const tiny = 2 ** -40

/** So many expressions like this one, in which every step that rounds is off by about `tiny` to one side or the other. */
export function perturbed(part: Expression, count: number): Expression[] {
  let state = 1
  const off = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 31 === 0 ? tiny : -tiny
  }
  const nudge = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(nudge)
    if (typeof node !== 'object' || node === null || !('op' in node) || !('args' in node)) return node
    const nudged = { ...node, args: nudge(node.args) }
    if (!rounds.has(String(node.op))) return nudged
    // What lies between two points is rounded as they are, however near to nothing it is itself.
    const size = 'points' in node ? Math.max(...(node.points as number[][]).map(([, y]) => Math.abs(y as number))) : 0
    return { op: 'multiply', args: [{ op: 'add', args: [nudged, size * off()] }, 1 + off()] }
  }
  return Array.from({ length: count }, () => nudge(part) as Expression)
}

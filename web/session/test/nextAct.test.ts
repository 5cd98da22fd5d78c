import { describe, expect, test } from 'vitest'
import { BlindscoreError } from '../../../core/errors.ts'
import type { HandedTold } from '../handOverState.ts'
import { nextAct, partialOf } from '../nextAct.ts'
import { initialState, type SessionState } from '../state.ts'
import { shippedCard } from './partners.ts'

const { card } = shippedCard('salary')
const file = new File(['x'], 'own.csv')
const names = card.features.map(({ name }) => name)
const preview = {
  header: names,
  rows: [names.map(() => '1,5')],
  format: { delimiter: ';', encoding: 'utf-8', decimalMark: '.', rowNames: false },
  headerMayBeRecord: false,
  notes: [],
} as unknown as NonNullable<SessionState['preview']>
const unnamed = { ...preview, headerMayBeRecord: true }
const matches = names.map((_, i) => ({ feature: i, column: i, how: 'name' }) as const)
const report = {
  rows: 10,
  scorable: 10,
  leftOut: 0,
  groups: [],
  suggestions: [],
  mended: [],
  doubts: [],
  policies: [],
  neutralised: 0,
  offsets: [],
} as NonNullable<SessionState['report']>
const error = new BlindscoreError('run/offline', 'serverUnreachable')
const locked = new BlindscoreError('key/locked', 'runWaitsForKey')
const progress = (opened: number, more = {}) =>
  ({
    total: 10,
    records: { read: 10, sealed: 10, sent: 10, answered: opened, opened },
    waiting: 0,
    ...more,
  }) as unknown as Extract<SessionState['run'], { progress: unknown }>['progress']
const run = (change: object) => ({
  status: 'running',
  progress: null,
  stuck: null,
  wait: null,
  again: null,
  resumable: false,
  ...change,
})
const scores = (rows: number) => ({ rows: new Uint32Array(rows), predictors: new Float64Array(rows) })
const handing = (change: object) => ({ what: 'handing', done: 4, total: 10, stuck: null, again: null, ...change })
const back: HandedTold = { what: 'handedBack', stage: 'ready', records: 10 }
const allReady = { what: 'ready', records: 10, leftOut: 0, reach: null }
const doubt = { feature: 0, count: 2, lines: [2], examples: [['1.500', '1.5', '1500']] }

/** The state of a file that is dropped, read and checked, with something changed. */
const of = (change: object): SessionState =>
  ({ ...initialState, file, source: file, card, preview, matches, report, ...change }) as SessionState

/** Every state that a person can be in, and what the bar says is next. */
const states: readonly (readonly [what: string, state: SessionState, expected: object | null])[] = [
  ['nothing was handed in', initialState, null],
  ['a file is read', of({ preview: null, report: null, reading: true }), { what: 'reading' }],
  [
    'a file cannot be read',
    of({ preview: null, report: null, fileProblem: error }),
    { what: 'unreadable', why: error },
  ],
  [
    'a file turned out unreadable in its midst',
    of({ report: null, fileProblem: error }),
    { what: 'unreadable', why: error },
  ],
  ['there is no model', of({ card: null, report: null, matches: [] }), { what: 'noModel' }],
  ['a decimal comma was found', of({ confirmDecimal: true, report: null }), { what: 'comma', cell: '1,5' }],
  [
    'the first line may be a record',
    of({
      report: null,
      preview: { ...preview, headerMayBeRecord: true },
      matches: matches.map((match) => ({ ...match, column: null, how: 'none' })),
    }),
    { what: 'header' },
  ],
  [
    'the first line may be a record, and no model has its cells for columns',
    of({
      card: null,
      matches: [],
      report: null,
      preview: unnamed,
      fits: { preview: unnamed, models: [{ id: 'a', title: 'A', matched: 0, total: 4 }] },
    }),
    { what: 'header' },
  ],
  [
    'a line that may be a record has a model’s columns',
    of({
      card: null,
      matches: [],
      report: null,
      preview: unnamed,
      fits: { preview: unnamed, models: [{ id: 'a', title: 'A', matched: 2, total: 4 }] },
    }),
    { what: 'models', count: 0 },
  ],
  [
    'rows may have names',
    of({ report: null, preview: { ...preview, format: { ...preview.format, rowNames: true } } }),
    { what: 'rowNames' },
  ],
  [
    'columns are to be chosen',
    of({ report: null, matches: [{ feature: 0, column: null, how: 'none' }, ...matches.slice(1)] }),
    { what: 'columns', missing: 1, total: names.length },
  ],
  ['cells are checked', of({ report: null, checking: { rows: 4, bytesRead: 1 } }), { what: 'checking', rows: 4 }],
  ['a mark is in doubt', of({ report: { ...report, doubts: [doubt] } }), { what: 'marks', doubt, column: names[0] }],
  [
    'no row can be scored',
    of({ report: { ...report, scorable: 0, leftOut: 10 } }),
    { what: 'nothingScorable', rows: 10 },
  ],
  [
    'rows would be left out',
    of({ report: { ...report, scorable: 8, leftOut: 2 } }),
    { what: 'leftOut', leftOut: 2, rows: 10 },
  ],
  [
    'rows are left out by the person’s word',
    of({ report: { ...report, scorable: 8, leftOut: 2 }, agreed: true }),
    { what: 'ready', records: 8, leftOut: 2, reach: null },
  ],
  [
    'the hour has no room for all',
    of({ reach: { now: 4, rest: 6, perHour: 5, at: 1000 } }),
    { what: 'ready', records: 10, leftOut: 0, reach: { now: 4, rest: 6, perHour: 5, at: 1000 } },
  ],
  ['all is ready', of({}), { what: 'ready', records: 10, leftOut: 0, reach: null }],
  [
    'a run can be resumed',
    of({
      key: { status: 'ready', publicKey: { fingerprint: 'f' }, held: {} },
      resumableRun: { fits: true, scored: 4, note: { scorable: 10, key: { fingerprint: 'f' } } },
    }),
    { what: 'resumable', left: 6 },
  ],
  [
    'a run waits for another key’s backup',
    of({ resumableRun: { fits: true, scored: 4, note: { scorable: 10, key: { fingerprint: 'f' } } } }),
    { what: 'ready', records: 10, leftOut: 0, reach: null },
  ],
  ['a run waits for its key', of({ run: run({}), key: { status: 'making', set: '' } }), { what: 'makingKey' }],
  ['the server is given the key', of({ run: run({}) }), { what: 'givingKey' }],
  [
    'nothing is sealed yet',
    of({ run: run({ progress: progress(0, { records: { read: 5, sealed: 0, opened: 0 } }) }) }),
    { what: 'makingMasks' },
  ],
  ['a run goes on', of({ run: run({ progress: progress(4) }) }), { what: 'running', opened: 4, total: 10 }],
  [
    'the server is silent',
    of({ run: run({ progress: progress(4, { waiting: 6000 }) }) }),
    { what: 'waiting', milliseconds: 6000 },
  ],
  [
    'the person paused it',
    of({ run: run({ status: 'paused', progress: progress(4) }) }),
    { what: 'paused', why: null, until: null, opened: 4, total: 10 },
  ],
  [
    'it paused itself before it began',
    of({ run: run({ status: 'paused', stuck: locked }) }),
    { what: 'paused', why: locked, until: null, opened: 0, total: 10 },
  ],
  [
    'the server asked to wait',
    of({ run: run({ progress: progress(4), wait: { error, until: 7 } }) }),
    { what: 'held', why: error, until: 7 },
  ],
  [
    'it paused itself and is tried again',
    of({ run: run({ status: 'paused', stuck: error, again: 9, progress: progress(4) }) }),
    { what: 'paused', why: error, until: 9, opened: 4, total: 10 },
  ],
  ['it was cancelled', of({ run: { status: 'cancelled', scored: 4 } }), { what: 'cancelled', scored: 4, total: 10 }],
  [
    'it failed',
    of({ run: { status: 'failed', scored: 0, error } }),
    { what: 'failed', why: error, scored: 0, total: 10 },
  ],
  [
    'the file is handed over',
    of({ handOvers: { runs: [], refused: null, work: handing({}) } }),
    { what: 'handing', done: 4, total: 10 },
  ],
  [
    'the server cannot be reached meanwhile',
    of({ handOvers: { runs: [], refused: null, work: handing({ stuck: error, again: 7 }) } }),
    { what: 'held', why: error, until: 7 },
  ],
  [
    'it waits for somebody',
    of({ handOvers: { runs: [], refused: null, work: handing({ stuck: error }) } }),
    { what: 'held', why: error, until: null },
  ],
  ['a hand-over ended', of({ handOvers: { runs: [], refused: null, work: { what: 'none' } } }), allReady],
  [
    'what was handed over is ready',
    of({ handOvers: { runs: [], refused: null, work: { what: 'none' }, told: back } }),
    back,
  ],
  [
    'what was handed over is ready, and no file is open',
    { ...initialState, handOvers: { runs: [], refused: null, work: { what: 'none' }, told: back } },
    back,
  ],
  ['it is done', of({ run: { status: 'done' }, scores: scores(10) }), { what: 'done', records: 10, saved: false }],
  ['a backup is handed in', of({ handed: { kind: 'backup', file } }), { what: 'handed', kind: 'backup' }],
  ['one is handed in during a run', of({ handed: { kind: 'backup', file }, run: run({}) }), { what: 'givingKey' }],
  [
    'sealed scores are opened',
    { ...initialState, sealed: { status: 'opening', name: 'a', opened: 1, total: 2 } },
    { what: 'opening', opened: 1, total: 2 },
  ],
  [
    'a sealed file cannot be opened, over a sample',
    of({ origin: 'sample', sealed: { status: 'failed', name: 'a', error } }),
    { what: 'sealedFailed', why: error },
  ],
  [
    'sealed scores are open, over the person’s own file',
    of({ sealed: { status: 'done' } }),
    { what: 'ready', records: 10, leftOut: 0, reach: null },
  ],
  ['sealed scores are open', { ...initialState, sealed: { status: 'done' } as never }, { what: 'sealedOpened' }],
  ['sealed records are here', { ...initialState, sealed: { status: 'records' } as never }, { what: 'sealedRecords' }],
]

describe('the one next act', () => {
  for (const [what, state, expected] of states) test(what, () => expect(nextAct(state)).toEqual(expected))

  test('scores that were downloaded are said to be', () => {
    const shown = scores(10)
    const state = of({ run: { status: 'done' }, scores: shown, results: [{ scores: shown, saved: true }] })
    expect(nextAct(state)).toMatchObject({ what: 'done', saved: true })
  })
})

test('what a run scored before its end is found by the file, the model and the count', () => {
  const part = { partial: true, scores: scores(4), of: { preview }, card }
  const ended = of({ run: { status: 'cancelled', scored: 4 }, results: [part] })
  expect(partialOf(ended)).toBe(part)
  expect(partialOf({ ...ended, preview: { ...preview } })).toBeNull()
  expect(partialOf({ ...ended, run: { status: 'cancelled', scored: 5 } })).toBeNull()
  expect(partialOf({ ...ended, run: { status: 'idle' } })).toBeNull()
})

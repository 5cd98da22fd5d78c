import type { BlindscoreError } from '../../core/errors.ts'
import type { HandedTold } from '../session/handOverState.ts'
import type { NextAct } from '../session/nextAct.ts'
import type { Language } from '../words/language.ts'
import type { Parts } from '../words/parts.ts'
import { sentenceOf } from '../words/sentenceOf.ts'

export interface Now {
  /** The device has no network. */
  readonly offline: boolean
  /** Until something is tried again. */
  readonly seconds: number | null
}

/** What the bar says of where everything stands. */
export function barText(
  language: Pick<Language, 'bar' | 'errors'>,
  act: Exclude<NextAct, HandedTold>,
  { offline, seconds }: Now,
): Parts<'data'> {
  const { bar } = language
  const { states: words } = bar
  switch (act.what) {
    case 'checking':
      return [words.checking(act.rows)]
    case 'handed':
      return [bar.handed[act.kind]]
    case 'columns':
      return [words.columns(act.missing, act.total)]
    case 'models':
      return [words.models(act.count)]
    case 'otherModel':
      return words.otherModel(act.fit.title, act.fit.matched, act.fit.total)
    case 'comma':
      return words.comma(act.cell)
    case 'marks':
      return words.marks(act.doubt.examples[0]?.[0] ?? '', act.column)
    case 'nothingScorable':
      return [words.nothingScorable(act.rows)]
    case 'leftOut':
      return [words.leftOut(act.leftOut, act.rows)]
    case 'ready':
      return [words.ready(act.records, act.leftOut, act.reach)]
    case 'resumable':
      return [words.resumable(act.left)]
    case 'opening':
    case 'running':
      return [words[act.what](act.opened, act.total)]
    case 'handing':
    case 'fetching':
      return [words[act.what](act.done, act.total)]
    case 'waiting':
      return [words.waiting(act.milliseconds)]
    case 'held':
      return [bar.held(whyOf(bar, act.why, offline) ?? '', offline || act.until === null ? null : (seconds ?? 1))]
    case 'paused': {
      const why = whyOf(bar, act.why, offline)
      if (why === null) return [words.paused(act.opened, act.total)]
      // Without a network it is not tried: it goes on once that is back.
      return [bar.pausedBy(why, offline ? null : seconds, act.opened, act.total)]
    }
    case 'unreadable':
    case 'sealedFailed':
      return [sentenceOf(language, act.why)]
    case 'cancelled':
      return [words.cancelled(act.scored, act.total)]
    case 'failed':
      return [words.failed(act.scored, act.total, sentenceOf(language, act.why))]
    case 'done':
      return [words.done(act.records, act.saved)]
    default:
      return [words[act.what]]
  }
}

/** States whose text moves by itself: they are not read out at each change. */
export const ticking: ReadonlySet<NextAct['what']> = new Set([
  'checking',
  'opening',
  'running',
  'handing',
  'fetching',
  'waiting',
])

/** States in which something is wrong, and those in which something is asked. */
export const wrong: ReadonlySet<NextAct['what']> = new Set([
  'unreadable',
  'noModel',
  'columns',
  'otherModel',
  'nothingScorable',
  'leftOut',
  'failed',
  'handedFailed',
  'sealedFailed',
])

/** What is waited for, where the bar has a word for it. */
function whyOf(bar: Language['bar'], why: BlindscoreError | null, offline: boolean): string | null {
  if (why === null) return null
  if (offline && why.code === 'run/offline') return bar.deviceOffline
  return Object.hasOwn(bar.why, why.code) ? bar.why[why.code as keyof typeof bar.why] : bar.otherWhy
}

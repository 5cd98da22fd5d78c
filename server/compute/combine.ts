import type { EncryptedNumber } from '../../interop/phe/file.ts'
import { answersOf, refuseCiphertext, type ScoringPlan } from '../../interop/phe/score.ts'
import type { Compute } from './compute.ts'
import { addSpent, type SchemeKey, type Spent, spentNothing } from './tasks.ts'
import { workOfCheck, workOfCombine } from './work.ts'

/** Numbers that were encrypted elsewhere, on their way through the compute threads, in parts, so that clients take turns. */
export interface NumbersWork {
  readonly client: string
  readonly key: SchemeKey
  /** The hash of its card. */
  readonly model: string
  readonly plan: ScoringPlan
  readonly signal: AbortSignal
}

/** Checks every ciphertext before anything is computed with any of them. Throws `request/ciphertext`. */
export async function combineNumbers(
  compute: Pick<Compute, 'check' | 'combine'>,
  { client, key, model, plan, signal }: NumbersWork,
): Promise<{ readonly numbers: EncryptedNumber[][]; readonly spent: Spent }> {
  let spent = spentNothing
  for (const group of plan.groups) {
    const { task } = group
    const { ciphertexts, records } = task
    const request = { key, model, records, ciphertexts }
    const checked = await compute.check(request, { kind: 'score', client, work: workOfCheck(task) }, signal)
    if (checked.invalid >= 0) refuseCiphertext(group, checked.invalid)
    spent = addSpent(spent, checked.spent)
  }
  const computed: Uint8Array[] = []
  for (const { task } of plan.groups) {
    const answered = await compute.combine({ key, task }, { client, work: workOfCombine(task) }, signal)
    computed.push(answered.ciphertexts)
    spent = addSpent(spent, answered.spent)
  }
  return { numbers: answersOf(plan, computed), spent }
}

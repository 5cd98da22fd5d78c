import { type Operation, operations, type Participant, type Preparation } from './operations.ts'
import { interleave, type Pace, type Timing } from './timing.ts'

/** One line of a comparison. Times in microseconds per item. */
export interface Compared {
  readonly operation: Operation
  readonly timings: readonly Timing[]
}

export interface Comparison {
  readonly operations: readonly Compared[]
  readonly participants: readonly Facts[]
  /** Results that are not right, by participant and operation. */
  readonly wrong: readonly string[]
}

/** What a participant is, without its functions. */
export interface Facts {
  readonly name: string
  readonly valuesPerCiphertext: number
  readonly bytesUp: number
  readonly bytesDown: number
  readonly masksInScoring?: boolean
  readonly preparations: Partial<Readonly<Record<Preparation, number>>>
  readonly memory?: number
}

/** Every operation of every participant: checked once, then timed in turns. `only` names the operations wanted. */
export function compare(
  participants: readonly Participant[],
  only: readonly Operation[],
  pace: Pace,
  tell: (line: string) => void,
): Comparison {
  const wrong: string[] = []
  const compared = only.map((operation) => {
    const taking = participants.flatMap((participant) => {
      const work = participant.operations[operation]
      return work ? [{ participant: participant.name, ...work }] : []
    })
    for (const { participant, run, right } of taking) {
      if (!right(run())) wrong.push(`${participant}: ${operations[operation]}`)
    }
    tell(operations[operation])
    return { operation, timings: interleave(taking, pace) }
  })
  return {
    operations: compared,
    participants: participants.map(({ operations: _, ...facts }) => facts),
    wrong,
  }
}

import type { FormatFaults } from '../../formats/faults.ts'
import type { Sentences } from '../sentences.ts'

export const formats: Sentences<FormatFaults> = {
  legacy: ({ text }) => text,
}

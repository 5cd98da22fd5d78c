import type { FilesFaults } from '../../files/faults.ts'
import type { Sentences } from '../sentences.ts'

const holds = { records: 'sealed records', scores: 'sealed scores' } as const
const damages = {
  ends: 'It ends there: the rest is missing',
  trailing: 'Something follows after its end',
  altered:
    'From there on it is not what its sender signed: it was altered, put in another order, or mixed with another file',
  shape: 'What was signed there does not fit the file’s header',
} as const

export const files: Sentences<FilesFaults> = {
  notASealedFile: () => 'This is not a sealed file.',
  sealedVersion: ({ version }) => `This sealed file is of version ${version}, which this program does not read.`,
  sealedContent: (facts) => `This sealed file holds ${holds[facts.holds]}, and something else is needed here.`,
  sealedHeader: () => 'The header of this sealed file does not fit together.',
  sealedDamaged: ({ what, part, block, byte }) =>
    `This sealed file is damaged in ${part === 'block' ? `block ${block}` : `its ${part}`}, at byte ${byte}. ${damages[what]}. Nothing of it was used.`,
  senderOther: ({ expected, found }) =>
    `This file is signed by ${found.slice(0, 16)}…, and not by ${expected.slice(0, 16)}….`,
}

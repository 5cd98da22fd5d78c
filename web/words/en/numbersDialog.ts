import type { Parts } from '../parts.ts'
import { numbers } from './numbers.ts'

/** Keys and numbers of python-paillier. */
export const numbersDialog = {
  title: 'Numbers of python-paillier',
  about:
    'A private key of python-paillier and the numbers that it opens. The key is read and kept by a worker without network, and gone when this is closed.',
  key: (fingerprint: string, bits: number): Parts<'fingerprint'> => [
    `The private key of ${numbers.integer(bits)} bits is here: `,
    { fingerprint },
  ],
  waits: (file: string): Parts<'file'> => [{ file }, ' waits for its private key.'],
  busy: 'Being opened…',
  opened: 'Opened numbers',
  more: (count: number) => `${numbers.integer(count)} more records are in the file that is saved.`,
  chooseKey: 'Choose a private key',
  chooseNumbers: 'Choose numbers',
  save: 'Save as CSV',
}

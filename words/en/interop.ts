import type { InteropFaults } from '../../interop/faults.ts'
import type { Sentences } from '../sentences.ts'

export const interop: Sentences<InteropFaults> = {
  pheNotJson: ({ character }) => `This is no JSON that can be read: see its character ${character}.`,
  pheNesting: ({ depth }) => `The file has more than ${depth} levels of nesting.`,
  pheMemberTwice: ({ member }) => `"${member}" stands twice in one object.`,
  pheMember: ({ member }) => `"${member}" is missing or not what python-paillier writes there.`,
  pheInteger: ({ member }) => `"${member}" is not an integer, or has too many digits.`,
  pheGenerator: () => 'The key’s g is not n + 1.',
  pheNoKey: () => 'The file names no public key ("public_key").',
  pheValues: () => 'The encrypted numbers ("values") are not pairs of a ciphertext and an exponent.',
  pheExponent: ({ number, least, most }) => `The exponent of number ${number} is not between ${least} and ${most}.`,
  pheCiphertext: ({ number }) => `Number ${number} is no ciphertext of the key.`,
  pheInputs: ({ record, inputs, found }) =>
    `The model takes ${inputs} numbers for a record, in the order of its card’s inputs; record ${record} has ${found}.`,
  pheNotThisKey: () => 'The numbers are encrypted under another key.',
  pheNumber: ({ number }) => `Value ${number} is not a decimal number.`,
  pheTooLarge: () => 'A number is too large for the key.',
  pheOverflow: () => 'An opened number overflowed: it is beyond what the key, or a double, has room for.',
  phePrivateKey: () => 'This is no private key of python-paillier.',
  phePrivateOther: () => 'The private numbers do not make the key that the file names.',
}

import type { CoreFaults } from '../../core/faults.ts'
import type { Sentences } from '../sentences.ts'

const chunkFaults: Sentences<{ [W in CoreFaults['notAChunk']['what']]: CoreFaults['notAChunk'] }> = {
  type: () => 'a member has another type than it should',
  head: () => 'a length is too long or indefinite',
  ends: () => 'it ends too early',
  count: ({ limit }) => `it is not a map of ${limit} members`,
  member: () => 'a member is unknown or stands twice',
  large: ({ member }) => `"${member}" is too large`,
  length: ({ member, limit }) => `"${member}" is not ${limit} bytes`,
  trailing: () => 'bytes follow its end',
}

const integrityFaults: Readonly<Record<CoreFaults['integrity']['what'], string>> = {
  bits: 'bits above the last slot are set',
  slot: 'a slot is outside its bound',
  padding: 'unused slots differ',
}

export const core: Sentences<CoreFaults> = {
  cancelled: () => 'Cancelled.',
  unforeseen: ({ what }) => `Something failed that should not have (${what}).`,
  inputColumn: () => 'An input of the card names no column.',
  expressionColumn: ({ column }) => `An expression names the column "${column}", which does not exist before it.`,
  binLabels: () => 'A bin needs one label more than it has edges.',
  lookupWidth: () => 'A row of a lookup has another width than its arguments.',
  outputName: ({ output }) => `The output "${output}" is not among the responses, in its place.`,
  patternUnread: ({ op }) => `The pattern of "${op}" is not one that can be read.`,
  notAscending: ({ what }) => `The ${what} of a ${what === 'edges' ? 'bin' : 'line'} do not ascend.`,
  nesting: ({ deepest }) => `The model file has more than ${deepest} levels of nesting.`,
  keySize: ({ sizes }) => `A key has exactly ${sizes.join(', ')} bits.`,
  noSuchKeySize: () => 'There is no such size of key.',
  modulusEven: () => 'The modulus is even.',
  modulusFactor: ({ limit }) => `The modulus has a prime factor below ${limit}.`,
  modulusPower: () => 'The modulus is a power of an integer.',
  modulusPrime: () => 'The modulus is a prime.',
  proofSize: ({ roots, bytes }) => `A proof is ${roots} roots of ${bytes} bytes.`,
  proofFails: () => 'The proof that n and φ(n) have no common factor does not hold.',
  primeFactors: () => 'A factor of the key is no prime.',
  primeSizes: () => 'The primes do not have the size that the key needs.',
  primesNotDistinct: () => 'The primes are not distinct.',
  primesMakeNoKey: () => 'The primes do not make a Paillier key.',
  keyLetGo: () => 'The key has been let go of.',
  recordFitsNot: ({ bits }) => `A record of this model does not fit a key of ${bits} bits.`,
  ciphertextNotInvertible: () => 'A ciphertext is not invertible.',
  returnedCiphertext: () => 'A returned ciphertext is out of range.',
  integrity: ({ what }) => `The answer failed its integrity check: ${integrityFaults[what]}. No score of it is shown.`,
  wireVersion: ({ version }) => `This end speaks version ${version} of the wire format.`,
  notAChunk: (facts, say) => `Not a chunk: ${chunkFaults[facts.what](facts, say)}.`,
}

import type { ErrorCode } from '../../core/errors.ts'

/** The titles of the server's problem documents (RFC 9457): the same for every problem of a code. */
export const titles: Partial<Record<ErrorCode, string>> = {
  'sealed/format': 'This is no sealed file of records',
  'sealed/damaged': 'The sealed file is damaged',
  'key/size': 'The key has a size that is not accepted',
  'key/even': 'The key’s modulus is even',
  'key/prime': 'The key’s modulus is a prime',
  'key/power': 'The key’s modulus is a power',
  'key/small-factor': 'The key’s modulus has a small factor',
  'key/proof': 'The key’s proof does not hold',
  'key/fingerprint': 'The fingerprint is not the key’s',
  'key/unknown': 'The key is not held: send it again',
  'model/unknown': 'There is no such model',
  'model/changed': 'The model is not the one that the records were sealed for',
  'request/syntax': 'The body cannot be read',
  'request/shape': 'The counts do not fit together',
  'request/ciphertext': 'A ciphertext is not valid',
  'request/conflict': 'The same chunk came with other bytes',
  'request/too-large': 'The body is too large',
  'request/media-type': 'The media type is not accepted',
  'request/encoding': 'Compressed bodies are not accepted',
  'request/budget': 'The budget is used up for now',
  'request/busy': 'The server is busy',
  'request/not-found': 'There is nothing here',
  'request/host': 'This server has another name',
  'run/out-of-date': 'The two ends speak different versions',
  'run/cancelled': 'The request was cancelled',
  'phe/syntax': 'The encrypted numbers cannot be read',
  'phe/shape': 'The numbers are not the model’s inputs',
  'phe/exponent': 'An exponent is out of range',
  'phe/key': 'The numbers are of more than one key',
}

export const failedTitle = 'The server failed'
export const failedDetail = 'Something failed that should not have.'

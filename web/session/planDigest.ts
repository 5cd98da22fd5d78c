import { textDigest } from './textDigest.ts'

/** What a plan says besides its card: equal texts read a file's cells in the same way. */
export const planDigest = (reading: object): Promise<string> => textDigest(JSON.stringify(reading))

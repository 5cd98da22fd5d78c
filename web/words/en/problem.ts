import { numbers } from './numbers.ts'

/** What stands around the sentence of an error. */
export const problem = {
  /** The sentence with the line that it is about, where it does not name a line itself. */
  atLine: (sentence: string, line: number) =>
    /\bline\b/i.test(sentence) ? sentence : `${sentence} Line ${numbers.integer(line)}.`,
  deviceOffline: {
    message: 'This device is offline, so the scoring server cannot be reached.',
    next: 'Nothing is lost. The page goes on by itself when the connection is back.',
  },
  reload: 'Reload the page',
  copyDetails: 'Copy details',
  copyDetailsOf: (code: string) => `Copy details: ${code}`,
  copied: 'Copied',
}

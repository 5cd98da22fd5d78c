/** Tells who typed the command something that is not what it was asked for. */
export type Say = (line: string) => void

/** On standard error, or not at all under `--quiet`. */
export const sayUnless =
  (quiet = false): Say =>
  (line) => {
    if (!quiet) process.stderr.write(`${line}\n`)
  }

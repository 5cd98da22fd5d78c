import { rename, writeFile } from 'node:fs/promises'

/** A file that only its owner reads is the old one or the new one, whenever a machine stops. */
export async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 })
  await rename(`${path}.new`, path)
}

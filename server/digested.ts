import { sha256Hex } from './digest.ts'

/**
 * An object as JSON that holds its own SHA-256, by which what was altered where it lies is found. Against who can write there it proves
 * nothing.
 */
export function writeDigested(value: object, indent?: number): string {
  return JSON.stringify({ ...value, digest: sha256Hex(JSON.stringify(value)) }, null, indent)
}

/** What such a text holds; null where it is none, or not as it was written. One without a digest, as earlier versions wrote, is as it is. */
export function readDigested(text: string): unknown {
  try {
    const read = JSON.parse(text)
    if (Array.isArray(read) || typeof read !== 'object') return null
    const { digest, ...value } = read
    return digest === undefined || digest === sha256Hex(JSON.stringify(value)) ? value : null
  } catch {
    return null
  }
}

import { open, readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { type Outcome, outcomeOf } from '../core/errors.ts'
import { readModel } from '../formats/read.ts'
import { largestFile } from '../formats/table.ts'
import { type OpeningOf, reviewModel, type ServedModel } from '../model/verdict.ts'
import { sha256 } from '../platform/digest.ts'
import { errorOf } from './faults.ts'

/** Reading one model file, in whatever thread: see `modelReader.ts`. */

/** Of a model file, and of the ranges that may stand beside it. */
export type FilePaths = readonly [file: string, ranges: string]

/** What a file came to, and the text that is another one after each change of it, or of its ranges: as of before that. */
export interface FileRead {
  readonly stamp: string
  readonly outcome: Outcome<ServedModel>
}

export type ReadModelFile = (paths: FilePaths) => Promise<FileRead>

/** How often a file is read that changes meanwhile. */
const tries = 5

/** Reads and reviews a file; one that is not fit comes to its error. The model is as structured cloning leaves it. */
export async function readModelFile(paths: FilePaths, openingOf?: OpeningOf): Promise<FileRead> {
  const { stamp, content } = await restingContentOf(paths)
  const outcome = await outcomeOf(async () => {
    const [bytes, ranges] = await content
    return reviewModel(readModel(basename(paths[0]), bytes, ranges ?? undefined).file, sha256, openingOf)
  })
  return { stamp, outcome }
}

export async function stampOf(paths: FilePaths): Promise<string> {
  const found = await Promise.all(paths.map((path) => stat(path).catch(() => null)))
  return found.map((each) => (each ? `${each.ino} ${each.size} ${each.mtimeMs} ${each.ctimeMs}` : 'none')).join()
}

/** What is in a file and its ranges at one moment, unless they never rest, and the stamp of that moment. */
async function restingContentOf(paths: FilePaths) {
  for (let left = tries; ; left--) {
    const stamp = await stampOf(paths)
    const content = contentOf(paths)
    await content.catch(() => {})
    if (left === 1 || stamp === (await stampOf(paths))) return { stamp, content }
  }
}

/** Throws `model/invalid` for what is no file, cannot be read or is too large. */
async function contentOf([file, ranges]: FilePaths): Promise<readonly [Uint8Array, Uint8Array | null]> {
  return [(await contentAt(file)) ?? unreadable(), await contentAt(ranges)]
}

/** Null where there is nothing. */
async function contentAt(path: string): Promise<Uint8Array | null> {
  const isThere = await isFile(path)
  return isThere === null ? null : isThere ? bytesOf(path) : unreadable()
}

/** Whether it is a file, and no folder, nor a pipe, which would wait for who writes to it; null where there is nothing. */
async function isFile(path: string): Promise<boolean | null> {
  try {
    return (await stat(path)).isFile()
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'ENOENT' ? null : false
  }
}

export async function canRead([file, ranges]: FilePaths): Promise<boolean> {
  const can = await Promise.all([file, ranges].map(canReadAt))
  return can[0] === true && can[1] !== false
}

/** Null where there is nothing. */
async function canReadAt(path: string): Promise<boolean | null> {
  const isThere = await isFile(path)
  if (!isThere) return isThere
  try {
    const opened = await open(path)
    await opened.read({ length: 1 }).finally(() => opened.close())
    return true
  } catch {
    return false
  }
}

function unreadable(): never {
  throw errorOf('model/invalid', 'modelFileUnreadable')
}

/** A file's bytes, unless it is larger than a model file may be. */
export async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    if ((await stat(path)).size <= largestFile) return await readFile(path)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') throw thrown
    unreadable()
  }
  throw errorOf('model/invalid', 'modelFileTooLarge')
}

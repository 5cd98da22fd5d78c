import { fail } from './faults.ts'

/** What a compressed file may come to, so that a small one does not fill the device. */
const mostBytes = 4 * 1024 ** 3

/**
 * A gzip file's content, as a browser or Node unpacks it.
 * Throws `file/unreadable` where it is damaged, cut or too large.
 */
export async function gunzip(file: Blob): Promise<Blob> {
  let bytes = 0
  const counted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(piece, to) {
      bytes += piece.length
      if (bytes > mostBytes) to.error(new RangeError('too large'))
      else to.enqueue(piece)
    },
  })
  const unpacked = file.stream().pipeThrough(new DecompressionStream('gzip')).pipeThrough(counted)
  try {
    return await new Response(unpacked).blob()
  } catch {
    return fail('file/unreadable', bytes > mostBytes ? 'unpackedTooLarge' : 'gzipDamaged')
  }
}

/** A compressed file's name without what says so: "people.csv.gz" is "people.csv". */
export function unpackedName(name: string): string {
  return name.replace(/\.gz(?:ip)?$/i, '') || name
}

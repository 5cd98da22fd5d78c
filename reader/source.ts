/** A file's bytes, read in pieces: a browser's `Blob`, or a file of Node's. */
export interface FileSource {
  /** In bytes. */
  readonly size: number
  slice(from: number, to: number): { arrayBuffer(): Promise<ArrayBuffer> }
}

const pieceBytes = 256 * 1024

/** All of a file, piece by piece. */
export async function* piecesOf(source: FileSource): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < source.size; at += pieceBytes) {
    yield new Uint8Array(await source.slice(at, Math.min(source.size, at + pieceBytes)).arrayBuffer())
  }
}

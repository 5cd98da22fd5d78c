/** A file's bytes, read in pieces: a browser's `Blob`, or a file of Node's. */
export interface FileSource {
  /** In bytes. */
  readonly size: number
  slice(from: number, to: number): { arrayBuffer(): Promise<ArrayBuffer> }
}

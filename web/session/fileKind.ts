import { tableKind } from '../../reader/format.ts'

/** What a file is that a person hands in, whatever its name. */
export type FileKind =
  /** Records to score; also what nothing can be made of, which the reader of records then says. */
  | 'table'
  /** Sealed records, or their sealed scores. */
  | 'sealed'
  /** A key or numbers of python-paillier. */
  | 'numbers'
  /** A backup of a key of this page. */
  | 'backup'
  /** A receipt of a run. */
  | 'receipt'
  /** One of a run that was handed over. */
  | 'run'
  /** A vendor's model. */
  | 'model'
  /** Scores that this page or the command saved, with the rows that they are of. */
  | 'scores'

/** The bytes that are looked at. */
const looked = 64 * 1024

/** The first bytes of a sealed file: files/frames.ts. */
const sealedBegins = [0x89, 0x42, 0x4c, 0x44]
/** Members of a model in ONNX by their tags, one of which stands after the version that it begins with. */
const onnxTags = [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42]

/**
 * The members with which a key or a file of numbers begins. A record may begin with a member of one letter too, but none has a
 * number of so many digits in it, or an exponent before a ciphertext.
 */
const numbersBegin =
  /^\s*"?\{\s*\\?"(?:(?:public_key|pubkey|private_key|values|kty|key_ops|alg|kid|pub|lambda|mu)\\?"\s*:|[npqv]\\?"\s*:\s*\\?"?[\w-]{30}|e\\?"\s*:\s*-?\d+\s*,\s*\\?"v\\?")/

/** The names of what a saved file of scores has beside its rows, as cells of one of the first lines: reader/scoredTable.ts. */
const cellOf = (name: string): RegExp => new RegExp(`(?:^|[,;\\t|])"?${name}"?(?=[,;\\t|]|$)`)
const scoredColumns = [cellOf('scored_by'), cellOf('(?:linear_predictor|score)(?:\\.[^,;\\t|"]*)?')]
/** A header may stand below titles. */
const headerLines = 10

const ownFormats = { key: 'backup', receipt: 'receipt', run: 'run', model: 'model' } as const satisfies Record<
  string,
  FileKind
>

/** What a file is, by what is in it: its name counts only where that says nothing. */
export async function fileKind(file: File): Promise<FileKind> {
  const bytes = new Uint8Array(
    await file
      .slice(0, looked)
      .arrayBuffer()
      // A file that is gone is read, and then said to be, as a table.
      .catch(() => new ArrayBuffer(0)),
  )
  if (sealedBegins.every((byte, i) => bytes[i] === byte)) return 'sealed'
  const kind = tableKind(bytes)
  if (kind !== null && kind !== 'json') return 'table'
  const text = textOf(bytes)
  // What is left of a sealed file that somebody took for text.
  if (text === null) return isOnnx(bytes) ? 'model' : /\.(?:blind|scored)$/i.test(file.name) ? 'sealed' : 'table'
  if (numbersBegin.test(text)) return 'numbers'
  const own = /^\s*\{/.test(text)
    ? /"format"\s*:\s*"blindscore-(key|receipt|run|model)\/\d+"/.exec(text)?.[1]
    : undefined
  if (own) return ownFormats[own as keyof typeof ownFormats]
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/, headerLines)
  if (lines.some((line) => scoredColumns.every((column) => column.test(line)))) return 'scores'
  if (/^\s*</.test(text) && /<(?:\w+:)?PMML[\s>]/.test(text)) return 'model'
  return 'table'
}

/** The text, where it is some; UTF-16 is left to the reader of records. */
function textOf(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null
  try {
    // The last character may be cut in two.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
  } catch {
    return null
  }
}

/** A message that begins with the version of ONNX's intermediate representation. */
function isOnnx(bytes: Uint8Array): boolean {
  const [tag, version = 0, next = 0] = bytes
  return tag === 0x08 && version > 0 && version < 0x20 && onnxTags.includes(next)
}

import type { Card } from '../../core/card/card.ts'

/** The same run from code: for the model and the mapping at hand, and never with a cell, a score or a key in it. */
export interface CodeInput {
  /** The page's address without its hash, and the scoring server's. */
  readonly page: string
  readonly server: string
  readonly card: Card
  /** Per feature, the name of the file's column, or null where there is none yet. */
  readonly columns: readonly (string | null)[]
}

export type CodeLanguage = 'curl' | 'typescript' | 'playwright'

export function codeFor(language: CodeLanguage, input: CodeInput): string {
  return { curl, typescript, playwright }[language](input)
}

/** The page's address for a model on a server: what is after "#" names both and holds no data. */
export function deepLink({ page, server, card }: Omit<CodeInput, 'columns'>, sample?: string): string {
  const elsewhere = new URL(page).origin !== server
  const hash = new URLSearchParams({ ...(elsewhere && { server }), model: card.id, ...(sample && { sample }) })
  return `${page}#${hash}`
}

/** A text as a shell's single-quoted word. */
function shell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function curl({ server, card }: CodeInput): string {
  const model = `${server}/v1/models/${encodeURIComponent(card.id)}`
  return `# The model's public card: its columns, ranges and tolerance.
curl ${shell(model)}

# One sealed chunk, as the page sent it: open a request under "What the server saw" and save its bytes.
# The answer is as sealed as the question; only the tab that holds the key can open it.
curl ${shell(`${model}/scores`)} \\
  -H 'Content-Type: application/cbor' -H 'Accept: application/cbor' \\
  --data-binary @request.cbor --output answer.cbor

# The whole API, as OpenAPI 3.1.
curl ${shell(`${server}/openapi.json`)}
`
}

function playwright(input: CodeInput): string {
  const { card, columns } = input
  const choices = card.features.flatMap(({ name }, f) => {
    const column = columns[f]
    return column == null || column === name ? [] : [`  [${JSON.stringify(name)}, ${JSON.stringify(column)}],`]
  })
  const matching =
    choices.length === 0
      ? ''
      : `
// The columns that do not have the model's own names.
for (const [feature, column] of [
${choices.join('\n')}
]) {
  await page.getByRole('combobox', { name: \`Column for \${feature}\`, exact: true }).selectOption({ label: column })
}
`
  return `// Drives the page itself, which seals and opens. npm install playwright
import { chromium } from 'playwright'

const [records = 'records.csv', scores = 'scores.csv'] = process.argv.slice(2)
const browser = await chromium.launch()
const page = await browser.newPage()
await page.goto(${JSON.stringify(deepLink(input))})
await page.getByRole('region', { name: 'Records' }).locator('input[type=file]').setInputFiles(records)
${matching}
const leaveOut = page.getByRole('checkbox', { name: /^Leave out [\\d,]+ rows?$/ })
const score = page.getByRole('button', { name: /^Score [\\d,]+ records?$/ })
await score.waitFor()
if (await leaveOut.isVisible()) await leaveOut.check()
await score.click()
const save = page.getByRole('button', { name: 'Download CSV' })
await save.waitFor({ timeout: 0 })
const [file] = await Promise.all([page.waitForEvent('download', { timeout: 0 }), save.click()])
await file.saveAs(scores)
await browser.close()
`
}

function typescript({ server, card, columns }: CodeInput): string {
  const fields = card.features.map(({ name }, f) => `  ${JSON.stringify(columns[f] ?? name)}, // ${comment(name)}`)
  return `// Seals, sends and opens with this project's own modules. Save it in the folder of a built clone.
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { type Card, slotsPerCiphertext } from './dist/core/card.js'
import { fromBytes, fromHex, toBytes, toHex } from './dist/core/bytes.js'
import { makeEncoder } from './dist/core/encode.js'
import { keyFingerprint } from './dist/core/key.js'
import { pack } from './dist/core/pack.js'
import { makePrivateKey, proveKey } from './dist/core/private/key.js'
import { ownerTwin } from './dist/core/private/twin.js'
import { readPredictors, responses } from './dist/core/score.js'
import { decodeChunk, encodeChunk } from './dist/core/wire.js'

const server = ${JSON.stringify(server)}
const model = ${JSON.stringify(card.id)}
const bits = 3072
/** The columns of your records, in the order in which the model takes them. */
const columns = [
${fields.join('\n')}
]

/** Scores some records (one object per record, with every value as text): as many as one ciphertext carries. */
export async function score(records: readonly Record<string, string>[]): Promise<number[][]> {
  const card: Card = await (await fetch(\`\${server}/v1/models/\${model}\`)).json()
  const slots = slotsPerCiphertext(card.slotBits, bits)
  if (records.length > slots) throw new Error(\`At most \${slots} records at a time.\`)

  // A key, and its public half with a proof for the server.
  const { p, q } = generateKeyPairSync('rsa', { modulusLength: bits }).privateKey.export({ format: 'jwk' })
  const number = (text = '') => fromBytes(Buffer.from(text, 'base64url'))
  const key = makePrivateKey(number(p), number(q), bits)
  const sha256 = async (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest())
  const n = toBytes(key.n, bits / 8)
  const fingerprint = await keyFingerprint(n, sha256)
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
  const proof = await proveKey(key, sha256)
  const registered = await fetch(\`\${server}/v1/keys/\${toHex(fingerprint)}\`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ n: text(n), proof: text(proof) }),
  })
  if (!registered.ok) throw new Error(await registered.text())

  // Cells to integers, integers into plaintexts, plaintexts into ciphertexts.
  const encoder = makeEncoder(card)
  const inputs = card.inputs.length
  const integers = new Float64Array(inputs * records.length)
  records.forEach((record, r) => {
    const [problem] = encoder.encode(columns.map((name) => record[name] ?? ''), integers, records.length, r)
    if (problem) throw new Error(\`Record \${r + 1}, \${columns[problem.feature]}: \${problem.expected}\`)
  })
  const plaintexts = new Uint8Array((inputs * bits) / 8)
  for (let j = 0; j < inputs; j++) {
    const values = integers.subarray(j * records.length, (j + 1) * records.length)
    plaintexts.set(pack(values, card.slotBits, bits / 8), (j * bits) / 8)
  }
  const arithmetic = ownerTwin.privateKey(toBytes(key.p, bits / 16), toBytes(key.q, bits / 16))
  const ciphertexts = arithmetic.seal(plaintexts, arithmetic.residues(inputs, randomBytes))

  const body = encodeChunk({
    card: fromHex(card.hash),
    key: fingerprint,
    run: new Uint8Array(randomBytes(16)),
    chunk: 0,
    records: records.length,
    ciphertexts,
  })
  const answer = await fetch(\`\${server}/v1/models/\${model}/scores\`, {
    method: 'POST',
    headers: { 'content-type': 'application/cbor', accept: 'application/cbor' },
    body,
  })
  if (!answer.ok) throw new Error(await answer.text())

  // Opened: one plaintext per head, one slot per record.
  const opened = arithmetic.open(decodeChunk(new Uint8Array(await answer.arrayBuffer())).ciphertexts)
  const heads = card.heads.map((_, h) => {
    const predictors = new Float64Array(slots)
    readPredictors(card, opened.subarray((h * bits) / 8, ((h + 1) * bits) / 8), records.length, {}, predictors, 0)
    return predictors
  })
  return records.map((_, r) => responses(card, heads.map((predictors) => predictors[r] ?? Number.NaN)))
}
`
}

function comment(text: string): string {
  return text.replaceAll(/[\r\n\u2028\u2029]/g, ' ')
}

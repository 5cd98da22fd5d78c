import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { findingsText } from '../../cli/auditText.ts'
import { type Checkpoint, readCheckpoint } from '../../files/checkpoint.ts'
import type { AuditedAnswer } from '../audit/audit.ts'
import { AuditLog, type AuditOptions } from '../audit/auditLog.ts'
import { type Line, readLine, writeLine } from '../audit/line.ts'
import { fileOfLog } from '../audit/tail.ts'
import { type AuditFindings, linesOf, type RawLine, verifyLog } from '../audit/verify.ts'
import { silentLog } from '../log.ts'
import { beganAt } from '../runningProcess.ts'
import { secretOf } from '../secret.ts'
import { answerOf, Client, chunkRequest, makeWorld, tiny } from './support/world.ts'

vi.mock('../runningProcess.ts', async (original) => {
  const real = await original<typeof import('../runningProcess.ts')>()
  return { ...real, beganAt: vi.fn(real.beganAt) }
})

const secret = secretOf(new Uint8Array(32).fill(7), true)
const other = secretOf(new Uint8Array(32).fill(8), true)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const openLog = (options: Partial<AuditOptions> = {}) => AuditLog.open({ folder, secret, log: silentLog, ...options })
const answer = (chunk: number, outcome = 'answered'): AuditedAnswer => ({
  kind: 'scores',
  request: `request-${chunk}`,
  who: 'key 1a2b3c4d',
  model: 'tiny',
  version: '3',
  card: 'c'.repeat(64),
  run: 'f'.repeat(32),
  chunk,
  records: 10,
  slots: 12,
  outcome,
})

const verify = (checkpoints: Checkpoint[] = [], signer: string | null = null): Promise<AuditFindings> =>
  verifyLog(linesOf(folder), checkpoints, signer)
const kindsOf = ({ faults }: AuditFindings) => faults.map(({ kind, seq }) => `${kind} ${seq}`)
const logFiles = () =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
const firstFile = () => join(folder, logFiles()[0] ?? '')
const textLines = () => readFileSync(firstFile(), 'utf8').split('\n').slice(0, -1)
const put = (lines: readonly string[]) => writeFileSync(firstFile(), `${lines.join('\n')}\n`)

/** The lines of a file that begins with the third entry, and is nowhere. */
async function* piecesOf(bytes: Buffer): AsyncGenerator<RawLine> {
  const file = fileOfLog(3)
  const parts = bytes.toString('latin1').split('\n')
  const last = parts.pop() ?? ''
  for (const [i, part] of parts.entries()) yield { file, line: i + 1, bytes: Buffer.from(part, 'latin1'), ended: true }
  if (last !== '') yield { file, line: parts.length + 1, bytes: Buffer.from(last, 'latin1'), ended: false }
}

/** A log of so many answers, closed. Its first two entries open and sign it, its last two close and sign it. */
async function written(answers: number): Promise<Checkpoint> {
  const log = await openLog()
  for (let i = 0; i < answers; i++) await log.append(answer(i))
  const checkpoint = await log.checkpoint()
  await log.close()
  return checkpoint
}

describe('a log', () => {
  test('has an entry for each answer, numbered, chained and signed, and goes on where it ended', async () => {
    const first = await written(3)
    const second = await written(2)
    const lines = textLines().map((text) => readLine(text) as Line)
    expect(lines.map(({ kind }) => kind).join(' ')).toBe(
      'opened checkpoint scores scores scores closed checkpoint resumed checkpoint scores scores closed checkpoint',
    )
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, i) => i + 1))
    expect([first.seq, second.seq]).toEqual([5, 11])
    expect(lines[4]).toMatchObject({ hash: first.head, who: 'key 1a2b3c4d', slots: 12 })
    expect(readCheckpoint(JSON.parse(JSON.stringify(first)))).toEqual(first)
    const findings = await verify([first, second], first.signer)
    expect(findings).toMatchObject({ entries: 13, first: 1, last: 13, faults: [], tears: [], signedTo: 12 })
    expect(kindsOf(await verify([], toHexKey(other)))).toEqual([
      'signature 2',
      'signature 7',
      'signature 9',
      'signature 13',
    ])
  })

  test('keeps the order of what is written at once, in as many files as it takes', async () => {
    const log = await openLog({ fileBytes: 3000 })
    await Promise.all(Array.from({ length: 40 }, (_, i) => log.append(answer(i))))
    for (let i = 40; i < 60; i++) await log.append(answer(i))
    const checkpoint = await log.checkpoint()
    await log.close()
    const files = logFiles()
    expect(files.length).toBeGreaterThan(2)
    expect(await verify([checkpoint])).toMatchObject({ faults: [], first: 1 })
    rmSync(join(folder, files[0] ?? ''))
    const later = await verify([checkpoint])
    expect(later.faults).toEqual([])
    expect(later.first).toBe(Number(/\d+/.exec(files[1] ?? '')?.[0]))
    rmSync(join(folder, files[2] ?? ''))
    expect((await verify([checkpoint])).faults).toEqual([expect.objectContaining({ kind: 'missing' })])
  })

  test('says whatever a name holds as text of one line', async () => {
    const odd = [
      '\n{"seq":2}\n',
      `","hash":"${'0'.repeat(64)}"}`,
      '\u2028\0\ud800\u202e',
      '{"kind":"closed"}',
      'é'.repeat(4000),
    ]
    const log = await openLog()
    for (const text of odd) await log.append({ ...answer(0), who: `oidc:${text}`, model: text, version: text })
    await log.close()
    expect(await verify()).toMatchObject({ faults: [], tears: [], entries: 4 + odd.length })
    const told = textLines().map((text) => readLine(text) as Line & AuditedAnswer)
    expect(told.filter(({ kind }) => kind === 'scores').map(({ who }) => who)).toEqual(
      odd.map((text) => `oidc:${text}`),
    )
    await written(1)
    expect((await verify()).faults).toEqual([])
  })

  test('is of one process at a time, and of none whose secret is not kept', async () => {
    const log = await openLog()
    await expect(openLog()).rejects.toMatchObject({ code: 'audit/log', fault: 'auditInUse' })
    await log.close()
    await expect(openLog({ secret: secretOf(new Uint8Array(32), false) })).rejects.toMatchObject({ code: 'audit/log' })
    writeFileSync(join(folder, 'lock'), '999999999 of a process that is gone')
    await (await openLog()).close()
  })

  test('is a process’s that is there, also where its beginning is hidden from this one', async () => {
    const lock = join(folder, 'lock')
    writeFileSync(lock, `${process.ppid} of another start`)
    await (await openLog()).close()
    writeFileSync(lock, `${process.ppid} of another start`)
    vi.mocked(beganAt).mockResolvedValueOnce('1').mockResolvedValueOnce(null)
    await expect(openLog()).rejects.toMatchObject({ code: 'audit/log', fault: 'auditInUse' })
  })

  test('that somebody else writes to answers nothing until it is looked at, and nothing at all once it is cut', async () => {
    const log = await openLog()
    await log.append(answer(0))
    const before = readFileSync(firstFile()).length
    appendFileSync(firstFile(), '{"half')
    await expect(log.append(answer(1))).rejects.toMatchObject({ code: 'request/busy', fault: 'auditGone' })
    await log.append(answer(2))
    expect(await verify()).toMatchObject({ faults: [], tears: [{ bytes: 6 }] })
    truncateSync(firstFile(), before)
    for (let i = 0; i < 3; i++) await expect(log.append(answer(3))).rejects.toMatchObject({ code: 'request/busy' })
    await log.close().catch(() => {})
  })
})

function toHexKey({ signer }: typeof secret): string {
  return Buffer.from(signer.publicKey).toString('hex')
}

describe('what was done to a log afterwards is found, with the number of the entry', () => {
  test('any byte that is another one', async () => {
    await written(3)
    const lines = textLines()
    // A file that begins with the third entry, as after those before were taken away: there is no signature in it, which costs its time.
    const bytes = Buffer.from(`${lines.slice(2, 5).join('\n')}\n`)
    const verified = async (changed: Buffer) => kindsOf(await verifyLog(piecesOf(changed), []))
    expect(await verified(bytes)).toEqual([])
    let seq = 3
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect([at, (await verified(changed))[0]]).toEqual([at, `altered ${seq}`])
      if (bytes[at] === 10) seq += 1
    }
    const signed = lines[1] ?? ''
    for (let at = 0; at < signed.length; at += 30) {
      const changed = `${signed.slice(0, at)}${String.fromCharCode(signed.charCodeAt(at) ^ 1)}${signed.slice(at + 1)}`
      put(lines.with(1, changed))
      expect([at, kindsOf(await verify())[0]]).toEqual([at, 'altered 2'])
    }
  })

  test('an entry that is gone, one that stands elsewhere, one that is there twice', async () => {
    await written(4)
    const lines = textLines()
    put(lines.toSpliced(3, 1))
    expect(kindsOf(await verify())).toEqual(['missing 4'])
    put(lines.slice(1))
    expect(kindsOf(await verify())).toEqual(['missing 1'])
    put(lines.toSpliced(2, 3))
    expect((await verify()).faults).toEqual([{ kind: 'missing', seq: 3, to: 5 }])
    put(lines.toSpliced(3, 2, lines[4] ?? '', lines[3] ?? ''))
    expect(kindsOf(await verify())).toContain('outOfOrder 4')
    put(lines.toSpliced(4, 0, lines[3] ?? ''))
    expect(kindsOf(await verify())).toContain('outOfOrder 4')
  })

  test('a tail that was cut, by a checkpoint that left before', async () => {
    const checkpoint = await written(4)
    put(textLines().slice(0, 4))
    expect(kindsOf(await verify())).toEqual([])
    expect((await verify()).signedTo).toBe(1)
    expect((await verify([checkpoint])).faults).toEqual([{ kind: 'cut', seq: 6, last: 4 }])
  })

  test('entries that were written anew, without the key by the next signature, and with it by a checkpoint', async () => {
    const checkpoint = await written(3)
    const anew = (signs: typeof secret): string[] => {
      let prev = '0'.repeat(64)
      return textLines().map((text) => {
        const { hash: _, seq, chain, at, prev: before, ...body } = readLine(text) as Line
        const said = body.kind === 'scores' ? { ...body, records: 1 } : body
        const { signature } = signs.signCheckpoint({ chain, seq: seq - 1, head: prev, at })
        const signed = said.kind === 'checkpoint' ? { ...said, signature } : said
        const written = writeLine({ seq, chain, at, prev }, signed)
        expect(before).toHaveLength(64)
        prev = written.hash
        return written.text.trimEnd()
      })
    }
    const [without, withKey] = [anew(other), anew(secret)]
    put(without)
    expect(kindsOf(await verify())).toEqual(['signature 2', 'signature 7'])
    put(withKey)
    expect(kindsOf(await verify())).toEqual([])
    expect(kindsOf(await verify([checkpoint]))).toEqual(['rewritten 5'])
  })

  test('entries after those that were put aside, by a checkpoint of the last of these; of one before it is said that it says nothing', async () => {
    const log = await openLog({ fileBytes: 1500 })
    const checkpoints: Checkpoint[] = []
    for (let i = 0; i < 16; i++) {
      await log.append(answer(i))
      checkpoints.push(await log.checkpoint())
    }
    await log.close()
    const [second = '', third = ''] = logFiles().slice(1)
    const firstSeq = Number(/\d+/.exec(third)?.[0])
    for (const name of [logFiles()[0] ?? '', second]) rmSync(join(folder, name))
    const last = checkpoints.find(({ seq }) => seq === firstSeq - 1) ?? expect.fail('no checkpoint of the last entry')
    const earlier = checkpoints.filter(({ seq }) => seq < last.seq)
    expect(earlier.length).toBeGreaterThan(0)
    const found = await verify(checkpoints)
    expect([found.faults, found.before]).toEqual([[], earlier.map(({ seq }) => seq)])
    expect(findingsText(found, checkpoints.length, false)).not.toContain('No checkpoint')
    expect(findingsText(await verify(earlier), earlier.length, false)).toContain('No checkpoint from elsewhere is held')
    // Another first entry of the same number, by who has the key.
    const [head, ...more] = textLines()
    const { hash: _, seq, chain, at, prev: __, ...body } = readLine(head ?? '') as Line
    const anew = writeLine({ seq, chain, at, prev: 'a'.repeat(64) }, body)
    put([anew.text.trimEnd(), ...more])
    expect(kindsOf(await verify([last]))).toContain(`rewritten ${last.seq}`)
  })

  test('a clock that was put back, which is no fault', async () => {
    const times = ['2030-01-01T00:00:00.000Z', '2030-01-02T00:00:00.000Z', '2030-01-01T12:00:00.000Z']
    const at = (i: number) => (): Date => new Date(times[i] as string)
    for (const i of [0, 1]) await (await openLog({ now: at(i) })).close()
    const { back, last } = await verify()
    expect(back).toEqual([])
    await (await openLog({ now: at(2) })).close()
    const found = await verify()
    expect([found.faults, found.back]).toEqual([[], [last + 1]])
    expect(findingsText(found, 0, false)).toContain(`Entry ${last + 1} is of an earlier time`)
  })

  test('a checkpoint of another log is not taken, nor one that somebody else signed', async () => {
    const elsewhere = await written(1)
    rmSync(firstFile())
    const checkpoint = await written(1)
    expect(kindsOf(await verify([checkpoint]))).toEqual([])
    expect(kindsOf(await verify([elsewhere]))).toEqual(['foreignCheckpoint 3'])
    expect(readCheckpoint({ ...checkpoint, seq: 2 })).toBeNull()
    expect(readCheckpoint({ ...checkpoint, signer: toHexKey(other) })).toBeNull()
  })
})

describe('a process that was ended in the middle of a line', () => {
  test('left the beginning of one, which is told from tampering, and the log goes on', async () => {
    await written(1)
    const bytes = readFileSync(firstFile())
    const last = bytes.lastIndexOf(10, -2) + 1
    const ends = [
      last + 1,
      last + 2,
      last + 100,
      bytes.length - 70,
      bytes.length - 3,
      bytes.length - 2,
      bytes.length - 1,
    ]
    for (const end of ends) {
      writeFileSync(firstFile(), bytes.subarray(0, end))
      // The last line without its end, or but for that: nothing was lost of it then.
      const whole = end === bytes.length - 1
      expect(await verify()).toMatchObject({ faults: [], tears: whole ? [] : [{ seq: 5, bytes: end - last }] })
      await written(1)
      expect(await verify()).toMatchObject({ faults: [], tears: whole ? [] : [{ seq: 5, bytes: end - last }] })
      writeFileSync(firstFile(), bytes)
    }
  })

  test('at the end of a full file, or as soon as it had begun another', async () => {
    const options = { fileBytes: 1500 }
    const full = async (): Promise<void> => {
      const log = await openLog(options)
      for (let i = 0; i < 5; i++) await log.append(answer(i))
      await log.close()
    }
    const last = () => join(folder, logFiles().at(-1) ?? '')
    await full()
    appendFileSync(last(), `{"seq":${'x'.repeat(1500)}`)
    await full()
    expect(await verify()).toMatchObject({ faults: [], tears: [{ bytes: 1507 }] })
    for (const [i, begun] of ['', '\n', '{', '{"seq":'].entries()) {
      const next = Number((await verify()).last) + 1
      writeFileSync(join(folder, fileOfLog(next)), begun)
      await full()
      const { faults, tears } = await verify()
      expect([begun, faults, tears.length]).toEqual([begun, [], 1 + i])
    }
  })

  test('after one that is longer than many, which names all models that are served', async () => {
    const served = Array.from({ length: 1000 }, (_, i) => ({
      model: `m${i}`,
      version: '9'.repeat(200),
      card: 'c'.repeat(64),
    }))
    for (const torn of ['', '{"seq":']) {
      const log = await openLog()
      await log.append({ kind: 'models', served })
      // As it is when the process is killed.
      const bytes = Buffer.concat([readFileSync(firstFile()), Buffer.from(torn)])
      await log.close()
      writeFileSync(firstFile(), bytes)
    }
    await written(1)
    expect(await verify()).toMatchObject({ faults: [], tears: [{ bytes: 7 }] })
  })

  test('more than once', async () => {
    await written(1)
    const torn = (): void => truncateSync(firstFile(), readFileSync(firstFile()).length - 20)
    torn()
    await written(1)
    torn()
    const checkpoint = await written(1)
    expect(await verify([checkpoint])).toMatchObject({ faults: [], tears: [{}, {}] })
  })

  test('is no cover for an entry that was altered: such a log is not gone on with', async () => {
    await written(1)
    const lines = textLines()
    put([...lines.slice(0, -1), (lines.at(-1) ?? '').replace('"kind"', '"KIND"')])
    await expect(openLog()).rejects.toMatchObject({ code: 'audit/log', fault: 'auditDamaged' })
    // Nor is one whose end was taken off for that.
    put([...lines.slice(0, 2), (lines[2] ?? '').slice(0, -3), ...lines.slice(3)])
    expect(kindsOf(await verify())).toEqual(['altered 3'])
  })
})

describe('a server', () => {
  const scored = '/v1/models/tiny/scores'
  const shown = () => textLines().map((text) => readLine(text) as Line)
  const answers = () => shown().filter((line): line is Line & AuditedAnswer => line.kind === 'scores')

  test('writes down who was answered what before it answers, and no cell, number or key of it', async () => {
    const client = await Client.make()
    const audit = await openLog()
    const world = await makeWorld({ audit })
    await world.ask(`/v1/keys/${client.fingerprint}`, client.keyRequest())
    const chunk = client.seal(tiny.card, [['40', '123.45', 'south']])
    await answerOf(await world.ask(scored, chunkRequest(chunk)))
    const bad = { ...chunk, ciphertexts: new Uint8Array(chunk.ciphertexts.length) }
    expect((await world.ask(scored, chunkRequest(bad), '10.0.0.1')).status).toBe(400)
    expect((await world.ask(`/v1/models/nobody/scores`, chunkRequest(chunk))).status).toBe(404)
    const [first, second, ...more] = answers()
    const run = Buffer.from(chunk.run).toString('hex')
    const same = {
      model: 'tiny',
      version: '3',
      card: tiny.card.hash,
      run,
      key: client.fingerprint.slice(0, 8),
      chunk: 0,
    }
    expect(first).toMatchObject({ ...same, who: 'public address', records: 1, outcome: 'answered' })
    expect(first?.slots).toBeGreaterThanOrEqual(1)
    expect(second).toMatchObject({ ...same, who: 'private address', outcome: 'request/ciphertext' })
    expect(more).toEqual([])

    const given = readCheckpoint(await (await world.ask('/v1/audit/checkpoint')).json())
    expect(given).toMatchObject({ seq: shown().length, head: shown().at(-1)?.hash, signer: toHexKey(secret) })
    const list = (await (await world.ask('/v1/models')).json()) as { audit: object }
    expect(list.audit).toEqual({ signer: toHexKey(secret) })
    expect(await (await world.ask('/metrics')).text()).toContain('blindscore_audit_entries_total{result="written"} 2')
    await world.close()
    await audit.close()
    const text = readFileSync(firstFile(), 'utf8')
    const numbers = Buffer.from(chunk.ciphertexts)
    for (const secretText of ['123.45', 'south', client.fingerprint, numbers.toString('hex').slice(0, 40), '192.0.2']) {
      expect(text).not.toContain(secretText)
    }
    expect((await verify(given ? [given] : [])).faults).toEqual([])
  })

  test('answers nothing that it could not write down', async () => {
    const client = await Client.make()
    const audit = await openLog()
    const world = await makeWorld({ audit })
    await world.ask(`/v1/keys/${client.fingerprint}`, client.keyRequest())
    appendFileSync(firstFile(), '{"half')
    const chunk = chunkRequest(client.seal(tiny.card, [['40', '123.45', 'south']]))
    const refused = await world.ask(scored, chunk)
    expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('server-timing')]).toEqual([
      503,
      '5',
      null,
    ])
    expect(await refused.json()).toMatchObject({ code: 'request/busy', fault: 'auditGone' })
    await answerOf(await world.ask(scored, chunk))
    await world.close()
    await audit.close()
  })

  test('that keeps no log says nothing of one', async () => {
    const world = await makeWorld()
    expect(await (await world.ask('/v1/audit/checkpoint')).json()).toMatchObject({ code: 'request/not-found' })
    expect(await (await world.ask('/v1/models')).json()).not.toHaveProperty('audit')
    await world.close()
  })
})

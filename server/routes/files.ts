import { describeRoute } from 'hono-openapi'
import { asBlindscoreError } from '../../core/errors.ts'
import { toHex } from '../../core/number/bytes.ts'
import { parameterSet, schemeOf } from '../../core/protocol/schemes.ts'
import { type RecordsFile, readRecordsFile } from '../../files/recordsFile.ts'
import type { ServedModel } from '../../model/verdict.ts'
import { sha256 } from '../../platform/digest.ts'
import { tellerOf } from '../audit/tell.ts'
import { sha256Hex } from '../digest.ts'
import { errorOf, fail } from '../faults.ts'
import { FileCharge, type Payable } from '../files/charge.ts'
import { type FilePlace, FilePlaces } from '../files/filePlaces.ts'
import { checkCard, scoreFile } from '../files/scoreFile.ts'
import type { Spool } from '../files/spool.ts'
import { mediaType, readPieces } from '../http/body.ts'
import { turnsOf } from '../http/intake.ts'
import { problems } from '../http/openapi.ts'
import { shortFingerprint } from '../log.ts'
import { type App, clientOfRequest, type Service, useOf, versionsOfRequest } from '../service.ts'

const bytesType = 'application/octet-stream'
const content = { [bytesType]: { schema: { type: 'string', format: 'binary' } as const } }

/** As how many more requests a file counts: its signatures are held against it on the event loop, twice before it is scored. */
const ofFile = 19

/** Scoring of sealed files: one file in, its answer out. */
export function fileRoutes(app: App, service: Service): void {
  const { models, limits, proxies, openSpool, pace, now } = service
  const underWay = new FilePlaces(limits, now)

  app.post(
    '/v1/models/:id/files',
    describeRoute({
      summary: 'Score a sealed file',
      description: [
        'The body is a sealed file of records, the answer one of scores (files/README.md has their bytes). All of the file is held',
        'against its sender’s signatures before anything of it is scored. An answer that ends without its trailer is none: send the',
        'file again. What is charged are the slots of its blocks, once.',
      ].join(' '),
      requestBody: { required: true, content },
      responses: {
        200: { description: 'The sealed scores', content },
        ...problems(400, 401, 403, 404, 409, 413, 415, 429, 503),
      },
    }),
    async (c) => {
      const client = clientOfRequest(c, proxies)
      const versions = versionsOfRequest(c, models)
      c.get('facts').model = versions.id
      if (mediaType(c.req.raw) !== bytesType) fail('request/media-type', 'mediaType', { accepted: [bytesType] })
      await pace.enter(client, ofFile)
      const place = underWay.take(client)
      const spool = await openSpool().catch((thrown: unknown) => {
        place.leave()
        throw thrown
      })
      const tell = tellerOf(service, c, 'file')
      const end = async (): Promise<void> => {
        place.leave()
        await spool.close()
      }
      try {
        const turn = turnsOf(pace, client, c.req.raw)
        for await (const piece of place.coming(readPieces(c.req.raw, limits.fileBytes, place.lost))) {
          await turn()
          await spool.write(piece)
        }
        const file = await readRecordsFile(spool.read())
        const model = versions.forCard(file.header.card.hash)
        checkCard(file.header, model)
        const charge = new FileCharge(service, client, (records) => useOf(c, model, records))
        const { header } = await paidFor(file, model, charge, () => pace.turn(client))
        c.get('facts').key = shortFingerprint(header.key.fingerprint)
        Object.assign(c.get('facts'), { records: header.records, slots: charge.slots })
        const answer = await answerOf(service, { client, model, spool, charge, signal: c.req.raw.signal })
        await tell('begun')
        return new Response(streamOf(answer, { place, end, tell }), { headers: { 'Content-Type': bytesType } })
      } catch (thrown) {
        await end()
        throw thrown
      }
    },
  )
}

/** Reads all of a file, a block in each turn, which throws where it is damaged, and pays for its blocks. */
async function paidFor(
  file: RecordsFile,
  { card }: ServedModel,
  charge: FileCharge,
  turn: () => Promise<void>,
): Promise<RecordsFile> {
  const blocks: Payable[] = []
  for await (const { chunk } of file.blocks()) {
    await turn()
    const digest = toHex(await sha256(chunk.ciphertexts))
    const once = sha256Hex(card.hash, chunk.key, chunk.run, `${chunk.chunk} ${chunk.records} `, digest).slice(0, 32)
    blocks.push({ records: chunk.records, once })
  }
  charge.mustFit(file.shape.layout, blocks)
  for (const each of blocks) await charge.pay(file.shape.layout, each)
  return file
}

interface Asked {
  readonly client: string
  readonly model: ServedModel
  readonly spool: Spool
  readonly charge: FileCharge
  readonly signal: AbortSignal
}

/** The pieces of the answer. What can be refused at once, the key, is: the first piece is made before any is sent. */
async function answerOf(
  service: Service,
  { client, model, spool, charge, signal }: Asked,
): Promise<AsyncGenerator<Uint8Array>> {
  const file = await readRecordsFile(spool.read())
  const pieces = scoreFile(file, {
    service,
    model,
    client,
    signer: service.fileSigner,
    begun: null,
    charged: (block, digest, work) => charge.answer(block, digest, work),
    signal,
  })
  const begin = async () => {
    service.answers.bound(client, schemeOf(parameterSet(file.header.key.set)), charge.slots)
    return pieces.next()
  }
  const first = await begin().catch(async (thrown: unknown) => {
    await charge.giveBack()
    throw thrown
  })
  return (async function* () {
    try {
      if (!first.done) yield first.value
      yield* pieces
    } catch (thrown) {
      service.log.warn({ code: asBlindscoreError(thrown).code }, 'the answer to a file was broken off')
      throw thrown
    } finally {
      await charge.giveBack()
    }
  })()
}

interface Answering {
  readonly place: FilePlace
  readonly end: () => Promise<void>
  readonly tell: (outcome: string) => Promise<void>
}

/** Pulled by who reads the answer. An error breaks it off, so that it has no trailer. */
function streamOf(pieces: AsyncGenerator<Uint8Array>, { place, end, tell }: Answering): ReadableStream<Uint8Array> {
  let untaken = 0
  const broken = async (outcome: string): Promise<void> => {
    await pieces.return(undefined)
    await end()
    await tell(outcome).catch(() => {})
  }
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const lose = (): void => {
        controller.error(errorOf('request/busy', 'busy'))
        broken('request/busy').catch(() => {})
      }
      place.lost.addEventListener('abort', lose, { once: true })
    },
    async pull(controller) {
      try {
        place.moved(untaken)
        const { done, value } = await pieces.next()
        if (!done) {
          controller.enqueue(value)
          untaken = value.length
          place.wait()
          return
        }
        await end()
        await tell('answered')
        controller.close()
      } catch (thrown) {
        await end()
        await tell(asBlindscoreError(thrown).code).catch(() => {})
        controller.error(thrown)
      }
    },
    cancel: () => broken('run/cancelled'),
  })
}

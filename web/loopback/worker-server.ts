import type { ModelFile } from '../../model/modelFile.ts'
import type { RequestMessage } from '../../rpc/httpMessage.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'
import { AppServer } from './appServer.ts'
import { ComputeThread } from './computeThread.ts'
import { serveThread } from './threadPort.ts'

/** The script of the server's workers: one is the server, the others are its compute threads. */

const server = new AppServer()
const api = {
  connect: (port: MessagePort) => server.connect(port),
  start: () => server.start(),
  serve: (file: ModelFile) => server.serve(file),
  answer: (id: number, message: RequestMessage) => server.answer(id, message),
  cancel: (id: number) => server.cancel(id),
}

export type PageServerApi = typeof api

const computeApi = { connect: (port: MessagePort) => serveThread(port, new ComputeThread()) }

export type ComputeApi = typeof computeApi
// They share most of their code, so a page fetches it once.
serveIsolated(self.name === 'compute' ? computeApi : api)

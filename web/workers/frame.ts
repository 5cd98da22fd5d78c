import { isolatedFramePolicy } from '../../platform/policies.ts'
import { hearRefusals } from './refusals.ts'
import { trust } from './trust.ts'

/**
 * A hidden frame without network. A worker takes the policy of whoever started it, where its script is a blob; the page
 * must reach its server, so the page's workers are started here, in a document that may reach nothing, whatever headers the
 * page came with. No script runs in the frame itself: the page calls its constructors.
 */
export interface IsolatedFrame {
  /** Starts a worker from a script's text. */
  start(text: string, name: string): Worker
}

let opened: Promise<IsolatedFrame> | null = null

/** The page's one frame, opened when it is first asked for. */
export function isolatedFrame(): Promise<IsolatedFrame> {
  opened ??= openFrame()
  return opened
}

async function openFrame(): Promise<IsolatedFrame> {
  hearRefusals(document)
  const frame = document.createElement('iframe')
  frame.hidden = true
  const policy = trust(window)
  frame.srcdoc = policy.html(
    `<!doctype html><meta http-equiv="Content-Security-Policy" content="${isolatedFramePolicy}"><title>Workers</title>`,
  )
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }))
  document.body.append(frame)
  await loaded
  const inside = frame.contentWindow as (Window & typeof globalThis) | null
  if (!inside?.Worker) throw new Error('The frame did not open.')
  hearRefusals(inside.document)
  const { script } = trust(inside)
  return {
    start(text, name) {
      // As a module it would be as strict, but a page from a disk may start none.
      const address = inside.URL.createObjectURL(new inside.Blob(["'use strict';", text], { type: 'text/javascript' }))
      const worker = new inside.Worker(script(address), { name })
      // The script is fetched from there when the worker starts, which its first message shows.
      worker.addEventListener('message', () => inside.URL.revokeObjectURL(address), { once: true })
      return worker
    },
  }
}

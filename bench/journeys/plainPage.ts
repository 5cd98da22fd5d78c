import { join } from 'node:path'
import type { Browser, CDPSession } from 'playwright'

/**
 * A page that is driven over the developer tools without their network: where that is on, as Playwright has it, the browser
 * tells it the body of every request, which for a run's many megabytes takes longer than to send them.
 */
export interface PlainPage {
  /** Runs an expression in the page; its value must be JSON's. */
  evaluate<T>(expression: string): Promise<T>
  /** Waits until an expression is true, looking ever less often. */
  until(expression: string, patience: number): Promise<void>
  readonly send: Send
  /** Presses the button of that text and keeps what the page then saves, in a folder; resolves to the file's path. */
  download(button: string, folder: string): Promise<string>
}

interface Answer {
  readonly id?: number
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

type Send = (method: string, params?: object) => Promise<unknown>

/** What sends commands to a target over a session of our own, not of Playwright's. */
async function sessionWith(devtools: CDPSession, targetId: string): Promise<Send> {
  const { sessionId } = await devtools.send('Target.attachToTarget', { targetId })
  const waiting = new Map<number, (answer: Answer) => void>()
  devtools.on('Target.receivedMessageFromTarget', ({ sessionId: from, message }) => {
    const answer = JSON.parse(message) as Answer
    if (from === sessionId && answer.id !== undefined) waiting.get(answer.id)?.(answer)
  })
  let last = 0
  return async (method, params = {}) => {
    const id = ++last
    const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve))
    await devtools.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method, params }) })
    const { result, error } = await answered
    waiting.delete(id)
    if (error) throw new Error(`${method}: ${error.message}`)
    return result
  }
}

/** Opens a page in a context of its own, which runs `script` before anything else. */
export async function openPlainPage(browser: Browser, address: string, script: string): Promise<PlainPage> {
  const devtools = await browser.newBrowserCDPSession()
  const { browserContextId } = await devtools.send('Target.createBrowserContext')
  const { targetId } = await devtools.send('Target.createTarget', { url: 'about:blank', browserContextId })
  const send = await sessionWith(devtools, targetId)
  const evaluate = async <T>(expression: string): Promise<T> => {
    const { result, exceptionDetails } = (await send('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    })) as { result: { value: T }; exceptionDetails?: { text: string } }
    if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.text}`)
    return result.value
  }
  await send('Page.enable')
  await send('Page.addScriptToEvaluateOnNewDocument', { source: script })
  await send('Page.navigate', { url: address })
  return {
    evaluate,
    send,
    async until(expression, patience) {
      const end = Date.now() + patience
      for (let wait = 20; !(await evaluate<boolean>(`Boolean(${expression})`)); wait = Math.min(1.2 * wait, 500)) {
        if (Date.now() > end) throw new Error(`The page took too long: ${expression}`)
        await new Promise((resolve) => setTimeout(resolve, wait))
      }
    },
    async download(button, folder) {
      const behaviour = {
        behavior: 'allowAndName',
        browserContextId,
        downloadPath: folder,
        eventsEnabled: true,
      } as const
      await devtools.send('Browser.setDownloadBehavior', behaviour)
      const saved = new Promise<string>((resolve, reject) => {
        devtools.on('Browser.downloadProgress', ({ guid, state }) => {
          if (state === 'completed') resolve(join(folder, guid))
          if (state === 'canceled') reject(new Error('The download was cancelled.'))
        })
      })
      const buttons = "[...document.querySelectorAll('button')]"
      await evaluate(`${buttons}.find(({ textContent }) => textContent === ${JSON.stringify(button)}).click()`)
      return saved
    },
  }
}

/** Drops a file of this machine onto the page, as a person does. */
export async function dropOn(page: PlainPage, path: string): Promise<void> {
  const data = { items: [], files: [path], dragOperationsMask: 1 }
  const { x, y } = await page.evaluate<{ x: number; y: number }>('({ x: innerWidth / 2, y: innerHeight / 2 })')
  for (const type of ['dragEnter', 'dragOver', 'dragOver', 'drop']) {
    await page.send('Input.dispatchDragEvent', { type, x, y, data })
  }
}

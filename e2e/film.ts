import type { CDPSession, Page } from 'playwright'

/**
 * A film of a page, without a program beside the browser: the browser tells of every picture that it has drawn, and a
 * second page draws it on a canvas that its own MediaRecorder writes down.
 */
export class Film {
  readonly #screen: CDPSession
  readonly #studio: Page
  #drawn: Promise<unknown> = Promise.resolve()

  private constructor(screen: CDPSession, studio: Page) {
    this.#screen = screen
    this.#studio = studio
  }

  static async of(page: Page): Promise<Film> {
    const { width, height } = page.viewportSize() ?? { width: 1280, height: 800 }
    const studio = await page.context().newPage()
    await studio.evaluate(record, { width, height })
    await page.bringToFront()
    const screen = await page.context().newCDPSession(page)
    const film = new Film(screen, studio)
    screen.on('Page.screencastFrame', ({ data, sessionId }) => {
      film.#drawn = film.#drawn.then(() => studio.evaluate(draw, data)).catch(() => {})
      void film.#drawn.then(() => screen.send('Page.screencastFrameAck', { sessionId })).catch(() => {})
    })
    await screen.send('Page.startScreencast', { format: 'jpeg', quality: 85, maxWidth: width, maxHeight: height })
    return film
  }

  /** Ends the film. Resolves to the bytes of a WebM file. */
  async end(): Promise<Buffer> {
    await this.#screen.send('Page.stopScreencast')
    await this.#drawn
    const text = await this.#studio.evaluate(finish)
    await this.#studio.close()
    return Buffer.from(text, 'base64')
  }
}

interface Studio {
  canvas: HTMLCanvasElement
  recorder: MediaRecorder
  parts: Blob[]
}

/** For the second page to run: begins to record a canvas. */
function record({ width, height }: { width: number; height: number }): void {
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  document.body.append(canvas)
  const recorder = new MediaRecorder(canvas.captureStream(), {
    mimeType: 'video/webm;codecs=vp8',
    videoBitsPerSecond: 4_000_000,
  })
  const parts: Blob[] = []
  recorder.ondataavailable = ({ data }) => void parts.push(data)
  recorder.start(1000)
  Object.assign(globalThis, { studio: { canvas, recorder, parts } satisfies Studio })
}

/** For the second page to run: the next picture. */
async function draw(jpeg: string): Promise<void> {
  const { canvas } = (globalThis as unknown as { studio: Studio }).studio
  const image = new Image()
  image.src = `data:image/jpeg;base64,${jpeg}`
  await image.decode()
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
}

/** For the second page to run: the film's bytes, in base64. */
async function finish(): Promise<string> {
  const { recorder, parts } = (globalThis as unknown as { studio: Studio }).studio
  const stopped = new Promise((resolve) => recorder.addEventListener('stop', resolve, { once: true }))
  recorder.stop()
  await stopped
  const reader = new FileReader()
  const read = new Promise((resolve) => reader.addEventListener('load', resolve, { once: true }))
  reader.readAsDataURL(new Blob(parts))
  await read
  return String(reader.result).replace(/^[^,]*,/, '')
}

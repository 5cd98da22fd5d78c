/**
 * Browsers that refuse a page something, for `addInitScript`: it runs in the page and in the frame that its workers are started in.
 * Self-contained: the browser gets the text.
 */
export function refuse(what: 'workers' | 'isolation' | 'storage' | 'webassembly'): void {
  const refusing = "{ throw new DOMException('', 'SecurityError') }"
  const inWorkers = {
    workers: '',
    // As where a worker's policy is not its document's.
    isolation: 'self.fetch = async () => new Response();',
    storage: `IDBFactory.prototype.open = () => ${refusing};
      LockManager.prototype.request = async () => ${refusing};`,
    webassembly: 'delete self.WebAssembly;',
  }[what]
  if (what === 'storage') {
    const refused = () => new DOMException('', 'SecurityError')
    IDBFactory.prototype.open = () => {
      throw refused()
    }
    LockManager.prototype.request = async () => {
      throw refused()
    }
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(window, name, {
        get() {
          throw refused()
        },
      })
    }
  }
  if (window === top) return
  if (what === 'workers') {
    globalThis.Worker = class {
      constructor() {
        throw new DOMException('', 'SecurityError')
      }
    } as unknown as typeof Worker
  }
  const Own = globalThis.Blob
  globalThis.Blob = class extends Own {
    constructor([strict = '', ...parts]: BlobPart[] = [], options?: BlobPropertyBag) {
      super([strict, inWorkers, ...parts], options)
    }
  }
}

/**
 * What becomes of each of a stream's items, in their order, with work on at most `lanes` of them under way. The first failure is
 * thrown when its turn comes; what is under way then is let run out.
 */
export async function* inOrder<T, R>(
  items: AsyncIterable<T>,
  lanes: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const underWay: Promise<R>[] = []
  try {
    for await (const item of items) {
      const promise = work(item)
      // It may fail before anybody waits for it.
      promise.catch(() => {})
      underWay.push(promise)
      if (underWay.length >= lanes) yield await (underWay.shift() as Promise<R>)
    }
    for (let next = underWay.shift(); next !== undefined; next = underWay.shift()) yield await next
  } finally {
    await Promise.allSettled(underWay)
  }
}

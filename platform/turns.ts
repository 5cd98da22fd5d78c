/**
 * Lets the messages that wait be handled. A timer of zero would do too, but browsers stretch those to 4 ms, and in a hidden
 * tab to a second each.
 */
export function messagesFirst(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}

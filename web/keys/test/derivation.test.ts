import { describe, expect, it } from 'vitest'
import { BlindscoreError } from '../../../core/errors.ts'
import { answerDerivations, RemoteDerivation } from '../derivation.ts'

const settings = { memory: 19_456, passes: 1, lanes: 1, salt: new Uint8Array(16) }

function connected(derive: (passphrase: string) => Promise<Uint8Array<ArrayBuffer>>) {
  const { port1, port2 } = new MessageChannel()
  answerDerivations(port1, derive)
  const remote = new RemoteDerivation()
  remote.connect(port2)
  return { remote, close: () => port1.close() }
}

describe('a key that is derived in another worker', () => {
  it('is each call’s own, whichever is answered first', async () => {
    const waits = new Map([
      ['slow', 20],
      ['quick', 0],
    ])
    const { remote, close } = connected(async (passphrase) => {
      await new Promise((resolve) => setTimeout(resolve, waits.get(passphrase)))
      return new TextEncoder().encode(passphrase)
    })
    const derived = await Promise.all(['slow', 'quick'].map((each) => remote.derive(each, settings)))
    expect(derived.map((bytes) => new TextDecoder().decode(bytes))).toEqual(['slow', 'quick'])
    close()
  })

  it('is a coded error where it cannot be derived', async () => {
    const { remote, close } = connected(() => Promise.reject(new BlindscoreError('storage/unavailable', 'x')))
    await expect(remote.derive('any', settings)).rejects.toMatchObject({ code: 'storage/unavailable' })
    close()
  })

  it('is not waited for where nobody derives', async () => {
    await expect(new RemoteDerivation().derive('any', settings)).rejects.toThrow('nobody derives')
  })
})

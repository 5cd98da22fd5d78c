import { memo } from 'react'
import { Button } from 'react-aria-components/Button'
import type { Seen } from '../session/traffic.ts'
import grid from '../ui/Grid.module.css'
import { integer } from '../ui/numbers.ts'
import { Scroller } from '../ui/Scroller.tsx'
import styles from './ServerSide.module.css'

/** So many of the last exchanges are listed. */
const most = 100

interface ExchangesProps {
  readonly exchanges: readonly Seen[]
  readonly onOpen: (exchange: number) => void
}

/** The requests, newest first, as they were handed to the network. Those whose bytes are kept can be opened. */
export function Exchanges({ exchanges, onOpen }: ExchangesProps) {
  const listed = exchanges.slice(-most)
  return (
    <Scroller label="Exchanges" className={styles.exchanges}>
      <table className={grid.grid} aria-label="Exchanges with the server">
        <thead>
          <tr>
            <th scope="col">Request</th>
            <th scope="col" className={`${grid.number} ${styles.count}`}>
              Status
            </th>
            <th scope="col" className={`${grid.number} ${styles.size}`}>
              Up
            </th>
            <th scope="col" className={`${grid.number} ${styles.size}`}>
              Down
            </th>
            <th scope="col" className={`${grid.number} ${styles.count}`}>
              ms
            </th>
          </tr>
        </thead>
        <tbody>
          {listed.reverse().map((each) => (
            <Row key={each.number} exchange={each} onOpen={onOpen} />
          ))}
        </tbody>
      </table>
    </Scroller>
  )
}

interface RowProps {
  readonly exchange: Seen
  readonly onOpen: (exchange: number) => void
}

/** Drawn anew only when its exchange changes: the list grows several times a second while a run goes on. */
const Row = memo(function Row({ exchange, onOpen }: RowProps) {
  const { number, method, path, status, bytesUp, bytesDown, milliseconds, bodyHeld, chunk } = exchange
  return (
    <tr>
      <td className={grid.mono} title={`${method} ${path}`}>
        {bodyHeld ? (
          <Button className={styles.open ?? ''} aria-label={`Open request ${number}`} onPress={() => onOpen(number)}>
            {chunk ? `Chunk ${integer(chunk.number)}` : `${method} ${shortPath(path)}`}
          </Button>
        ) : (
          `${method} ${shortPath(path)}`
        )}
      </td>
      <td className={grid.number}>{status === 0 ? 'none' : status}</td>
      <td className={`${grid.number} ${grid.sealed}`}>{integer(bytesUp)}</td>
      <td className={`${grid.number} ${grid.sealed}`}>{integer(bytesDown)}</td>
      <td className={grid.number}>{integer(milliseconds)}</td>
    </tr>
  )
})

/** Enough of a path to tell requests apart in a narrow column; the whole of it is the cell's title. */
function shortPath(path: string): string {
  return path.replace(/^\/v1\//, '').replace(/^models\/[^/]+\/(?=.)/, '…/')
}

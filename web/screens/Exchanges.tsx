import type { Exchange } from '../journey/server.ts'
import grid from '../ui/Grid.module.css'
import { integer } from '../ui/numbers.ts'
import { Scroller } from '../ui/Scroller.tsx'
import styles from './ServerSide.module.css'

/** So many of the last exchanges are listed. */
const most = 100

interface ExchangesProps {
  readonly exchanges: readonly Exchange[]
  /** The number of the last of them, counted from the page's opening. */
  readonly last: number
}

/** The requests, newest first, as they were handed to the network. */
export function Exchanges({ exchanges, last }: ExchangesProps) {
  const listed = exchanges.slice(-most).map((exchange, i, all) => ({
    ...exchange,
    number: last - all.length + i + 1,
  }))
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
          {listed.reverse().map(({ number, method, path, status, bytesUp, bytesDown, milliseconds }) => (
            <tr key={number}>
              <td className={grid.mono} title={`${method} ${path}`}>
                {method} {shortPath(path)}
              </td>
              <td className={grid.number}>{status}</td>
              <td className={`${grid.number} ${grid.sealed}`}>{integer(bytesUp)}</td>
              <td className={`${grid.number} ${grid.sealed}`}>{integer(bytesDown)}</td>
              <td className={grid.number}>{integer(milliseconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  )
}

/** Enough of a path to tell requests apart in a narrow column; the whole of it is the cell's title. */
function shortPath(path: string): string {
  return path.replace(/^\/v1\//, '').replace(/^models\/[^/]+\/(?=.)/, '…/')
}

import type { RunReceipt } from '../../client/runReceipt.ts'
import { saveFile, siblingName } from '../ui/saveFile.ts'

/** Saves the receipt of a run, beside the file of that name. */
export function saveReceipt(receipt: RunReceipt, name: string): void {
  const text = `${JSON.stringify(receipt, null, 2)}\n`
  saveFile(new Blob([text], { type: 'application/json' }), siblingName(name, 'receipt.json'))
}

/*
 * A shared memory begins with one word per slot, 1 while a worker's instance uses it. Slots follow from `slotsFrom` on,
 * then the table. A worker that dies keeps its slot; when none is free, a worker copies the table instead.
 */
export const slotCount = 16
export const slotsFrom = 1024

/** The number of a slot nobody else uses, or −1. */
export function claimSlot(memory: WebAssembly.Memory): number {
  const words = new Int32Array(memory.buffer, 0, slotCount)
  for (let slot = 0; slot < slotCount; slot++) if (Atomics.compareExchange(words, slot, 0, 1) === 0) return slot
  return -1
}

export function releaseSlot(memory: WebAssembly.Memory, slot: number): void {
  Atomics.store(new Int32Array(memory.buffer, 0, slotCount), slot, 0)
}

export function slotsInUse(memory: WebAssembly.Memory): boolean {
  return new Int32Array(memory.buffer, 0, slotCount).some((word) => word !== 0)
}

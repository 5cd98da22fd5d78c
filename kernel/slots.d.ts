export declare const slotCount = 16
export declare const slotsFrom = 1024
/** The number of a slot nobody else uses, or −1. */
export declare function claimSlot(memory: WebAssembly.Memory): number
export declare function releaseSlot(memory: WebAssembly.Memory, slot: number): void
export declare function slotsInUse(memory: WebAssembly.Memory): boolean

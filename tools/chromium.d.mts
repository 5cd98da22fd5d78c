export function findChromium(): Promise<string | null>
export const chromiumSwitches: readonly string[]

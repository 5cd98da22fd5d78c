export function findChromium(): Promise<string | null>
export function isExecutable(path: string): boolean
export const chromiumSwitches: readonly string[]

/** Exact fractions for oracles, apart from the ones that core computes with: doubles by their bits, decimals by text. */
export interface Exact {
  readonly over: bigint
  /** Above zero. */
  readonly under: bigint
}

export function ofDouble(value: number): Exact {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  const exponent = Number((bits >> 52n) & 0x7ffn)
  const fraction = bits & 0xf_ffff_ffff_ffffn
  const magnitude = exponent === 0 ? fraction : fraction | (1n << 52n)
  const power = Math.max(exponent, 1) - 1075
  const signed = bits >> 63n === 1n ? -magnitude : magnitude
  return power >= 0 ? { over: signed << BigInt(power), under: 1n } : { over: signed, under: 1n << BigInt(-power) }
}

/** Plain decimal text: an optional minus, digits, at most one point. */
export function ofText(text: string): Exact {
  const [whole = '', part = ''] = text.split('.')
  return { over: BigInt(whole + part), under: 10n ** BigInt(part.length) }
}

export function plus(a: Exact, b: Exact): Exact {
  return { over: a.over * b.under + b.over * a.under, under: a.under * b.under }
}

export function times(a: Exact, b: Exact): Exact {
  return { over: a.over * b.over, under: a.under * b.under }
}

export function distance(a: Exact, b: Exact): Exact {
  const { over, under } = plus(a, { over: -b.over, under: b.under })
  return { over: over < 0n ? -over : over, under }
}

export function atMost(a: Exact, b: Exact): boolean {
  return a.over * b.under <= b.over * a.under
}

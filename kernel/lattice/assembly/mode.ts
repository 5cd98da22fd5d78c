/** Whether relaxed multiply-adds are used, which must then be fused. The build writes another one for plain SIMD. */
export const FUSED: bool = true

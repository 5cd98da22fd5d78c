/** What an ONNX file may ask for. Far above any linear model, low enough that reading stays within a second or two. */
export const limits = {
  bytes: 64 * 1024 * 1024,
  nodes: 20_000,
  /** Numbers in one tensor or list. */
  elements: 4_000_000,
  rank: 8,
  metadata: 1000,
  /** Columns that depend on a record, in one tensor. */
  columns: 100_000,
  /** Steps of public arithmetic in all. */
  steps: 400_000,
  /** Inputs that steps use, in all, where no two lists are the same. */
  links: 10_000_000,
  /** Heads, as the model file has it. */
  heads: 1000,
  /** Weights in all tensors. */
  terms: 4_000_000,
  /** The characters of one column's expression are about ten times this. */
  expression: 20_000,
} as const

/** Names of the rounding rules; see docs/numeric.md. */
export const roundings = ['native', 'tflite', 'tflite-single'] as const;

export type Rounding = (typeof roundings)[number];

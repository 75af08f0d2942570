/** The curves of a program beyond its data, as people call them. */
export const CURVE_TITLES = [
  ['promptTokens', 'one uncached prompt, tokens'],
  ['contextTokens', '64 decodes, context each'],
  ['requests', 'decoding requests'],
] as const;

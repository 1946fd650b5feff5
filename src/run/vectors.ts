/** Marsaglia's xorshift32: small, and the same everywhere. */
export function randomBytes(count: number, seed: number): Uint8Array {
  let state = (seed * 2654435761 + 1) >>> 0 || 1;
  return Uint8Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state & 0xff;
  });
}

/** The inputs that find overflows and broken borders: all extremes, and both of them in turn. */
export function extremeVectors(bytes: number, bytesPerElement = 1): Uint8Array[] {
  const last = bytesPerElement - 1;
  // Little-endian: the sign is in the last byte of an element.
  const fill = (isLeast: (i: number) => boolean) =>
    Uint8Array.from({ length: bytes }, (_, i) => {
      const sign = i % bytesPerElement === last ? 0x80 : 0;
      return isLeast(Math.floor(i / bytesPerElement)) ? sign : 0xff - sign;
    });
  return [fill(() => true), fill(() => false), fill(i => i % 2 === 0)];
}

/** `count` vectors of random bytes, the same at every call. */
export function randomVectors(count: number, bytes: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => randomBytes(bytes, i + 1));
}

/** Weyl increment: 2^32 divided by the golden ratio, made odd. */
const increment = 0x9e3779b9;

/** FNV-1a over the UTF-16 units of a text, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

/**
 * Pseudo-random numbers that depend on the key alone: a Weyl sequence through the finaliser of MurmurHash3. Integer
 * arithmetic, and float operations that IEEE 754 rounds correctly: the same on every machine.
 */
export class Random {
  private state: number;

  /** @param key one stream per text, such as `1/block1.pw.weight` */
  constructor(key: string) {
    this.state = hash(key);
  }

  /** 0 to 2^32 - 1, all equally likely. */
  word(): number {
    this.state = (this.state + increment) >>> 0;
    let x = this.state;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    return (x ^ (x >>> 16)) >>> 0;
  }

  /** `low` to `high`, `high` excluded; all equally likely. */
  uniform(low: number, high: number): number {
    return low + (high - low) * (this.word() / 2 ** 32);
  }

  /** Bell-shaped, mean 0 and standard deviation 1, within +-3.46: the sum of the four bytes of a word. */
  bell(): number {
    const word = this.word();
    const sum = (word & 0xff) + ((word >>> 8) & 0xff) + ((word >>> 16) & 0xff) + (word >>> 24);
    // A byte has the mean 127.5 and the variance (256^2 - 1) / 12.
    return (sum - 4 * 127.5) / Math.sqrt((4 * (256 ** 2 - 1)) / 12);
  }
}

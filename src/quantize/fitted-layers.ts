/** Results that are kept of each layer: those of the state that others are derived from, and the last ones. */
const kept = 3;

/**
 * What was computed of layers, for a network that is fitted again and again with other widths of weights: a layer depends on its own
 * width and on those before it. All of it stays in memory, so it is for few images.
 */
export class FittedLayers<Float, Fitted> {
  private readonly floats = new Map<string, Float>();
  private readonly fitted = new Map<string, Map<string, Fitted>>();

  /** What the float network computes in a layer, which does not depend on widths. */
  async float(layer: string, compute: () => Promise<Float>): Promise<Float> {
    const result = this.floats.get(layer) ?? (await compute());
    this.floats.set(layer, result);
    return result;
  }

  /** The layer with such widths up to its own. */
  async layer(layer: string, widths: string, compute: () => Promise<Fitted>): Promise<Fitted> {
    const known = this.fitted.get(layer) ?? new Map<string, Fitted>();
    this.fitted.set(layer, known);
    const result = known.get(widths) ?? (await compute());
    // Last in the order, so that what has not been asked for longest comes first.
    known.delete(widths);
    known.set(widths, result);
    const [oldest] = known.keys();
    if (known.size > kept) known.delete(oldest);
    return result;
  }
}

/** Colours of layers in the style sheet: hues that also the colour-blind can tell apart, then the same lighter and darker. */
const colours = 24;

/** The colour of a layer; neighbours differ in hue. */
export const colourOf = (layer: number): number => layer % colours;

/** `1,234,567`, in every locale. */
export function formatCount(n: number): string {
  const [whole = '', fraction] = String(n).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** `8,192 B`: sizes are exact, never rounded to KB. */
export const formatBytes = (n: number): string => `${formatCount(n)} B`;

/** `81.37 %` of a share between 0 and 1. */
export const formatPercent = (share: number): string => `${(share * 100).toFixed(2)} %`;

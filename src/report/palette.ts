/** Colours of layers in the style sheet: hues that also the colour-blind can tell apart, then the same lighter and darker. */
const colours = 24;

/** The colour of a layer; neighbours differ in hue. */
export const colourOf = (layer: number): number => layer % colours;

import type { PlaceView } from './views.js';

/** Sections and memory regions that a target has for parts of a model. */
export interface Placement {
  readonly arena?: PartPlace | undefined;
  readonly weights?: PartPlace | undefined;
}

interface PartPlace {
  readonly section: string;
  readonly region: { readonly origin: number; readonly bytes: number };
}

/** What a linker script has to say about a placement: that of the product as that of the test firmware. */
export function sectionViews({ arena, weights }: Placement): PlaceView[] {
  const view = (part: PartPlace, region: string, noload: boolean, content: string): PlaceView => ({
    section: part.section,
    region,
    ...part.region,
    noload,
    content,
  });
  return [
    ...(arena === undefined ? [] : [view(arena, 'ARENA', true, 'the arena')]),
    ...(weights === undefined ? [] : [view(weights, 'WEIGHTS', false, 'weights and tables')]),
  ];
}

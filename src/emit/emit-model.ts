import type { TemplateEngine } from './engine.js';
import { type ModelParts, modelView } from './model-view.js';
import type { ModelView } from './views.js';

/** The generated files by name, and the view that they were made from. */
export interface EmittedModel {
  readonly files: ReadonlyMap<string, string>;
  readonly view: ModelView;
}

/** Renders the C of a model: `NAME.h`, `NAME.c`, `NAME_weights.h`, `NAME_weights.c`; `NAME_sections.ld` where needed. */
export function emitModel(parts: ModelParts, engine: TemplateEngine): EmittedModel {
  const view = modelView(parts, engine);
  const { name } = view;
  const files = new Map<string, string>([
    [`${name}.h`, engine.render('model/model.h', view)],
    [`${name}.c`, engine.render('model/model.c', view)],
    [`${name}_weights.h`, engine.render('model/weights.h', view)],
    [`${name}_weights.c`, engine.render('model/weights.c', view)],
  ]);
  if (view.places.length > 0) files.set(`${name}_sections.ld`, engine.render('model/sections.ld', view));
  return { files, view };
}

import { join } from 'node:path';
import { escapeControls } from '../diagnostics/text.js';
import { TemplateEngine } from '../emit/engine.js';
import { packageRoot } from '../package-root.js';
import type { CompiledModel, LoadedModel } from '../pipeline/index.js';
import { classTable } from './class-table.js';
import { memoryTable, workTable } from './layer-tables.js';
import type { Measurement } from './measure.js';
import { memoryMap } from './memory-map.js';
import type { PageView } from './page-views.js';
import { qualityTable } from './quality-table.js';
import { reducedTable } from './reduced-table.js';
import { pushCalls, stepLanes } from './step-lanes.js';
import { facts, figures, misfits, orderBars } from './summary.js';

/** Decides everything that the page shows. */
export function pageView(compiled: CompiledModel, loaded: LoadedModel, measurement: Measurement): PageView {
  const { plan, view, firmware } = compiled;
  const measured = measurement.kind === 'measured';
  return {
    model: view.name,
    target: firmware.target.name,
    version: view.version,
    summary: view.summary,
    untrained: typeof loaded.source.weights === 'object',
    misfits: misfits(compiled),
    facts: facts(compiled, loaded, measurement).map(({ label, text }) => ({ label, text: escapeControls(text) })),
    figures: figures(compiled, measurement),
    measured,
    unmeasured: measured ? '' : measurement.reason,
    orders: orderBars(compiled),
    usesArena: view.placesRows,
    map: memoryMap(plan, firmware.target.budget?.ramBytes),
    push: view.push === null ? null : pushCalls(plan.steps.length, view.push.cuts.flat()),
    lanes: stepLanes(plan),
    work: workTable(compiled, measured ? measurement.profile : undefined),
    reduced: reducedTable(compiled.reduced),
    quality: qualityTable(loaded.quality),
    classes: measured ? classTable(compiled, measurement.profile) : null,
    memory: memoryTable(compiled, measured ? measurement.profile : undefined),
  };
}

/**
 * The report as one HTML file that needs nothing else: no scripts, no fonts, no network. The same model and figures give
 * the same bytes.
 */
export function reportPage(compiled: CompiledModel, loaded: LoadedModel, measurement: Measurement): string {
  const engine = new TemplateEngine(join(packageRoot(), 'templates'), { escape: 'html' });
  return engine.render('report/page', pageView(compiled, loaded, measurement));
}

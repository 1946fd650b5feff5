import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportPage } from '../../src/report/report-page.js';
import { type Example, example, madeUp, uncounted, unmeasured } from './models.js';

let tiny: Example;
let directory: string;
beforeAll(async () => {
  tiny = await example('tiny/model.ts');
  directory = mkdtempSync(join(tmpdir(), 'effnetc-report-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('reportPage', () => {
  it('of examples/tiny', async () => {
    const page = reportPage(tiny.compiled, tiny.loaded, madeUp(tiny.compiled));
    await expect(page).toMatchFileSnapshot('__snapshots__/tiny.html');
  });

  it('is the same when it is made again', async () => {
    const again = await example('tiny/model.ts');
    expect(reportPage(again.compiled, again.loaded, unmeasured)).toBe(
      reportPage(tiny.compiled, tiny.loaded, unmeasured),
    );
  });

  it('says why there are no figures of a run', () => {
    const page = reportPage(tiny.compiled, tiny.loaded, unmeasured);
    expect(page).toContain('Instructions, stack and code size are not here: a test made this page.');
    expect(page).not.toContain('<th scope="col" class="n">instructions</th>');
  });

  it('says why nothing was counted', () => {
    const page = reportPage(tiny.compiled, tiny.loaded, uncounted(tiny.compiled));
    expect(page).toContain('<p>Not counted: a test made these figures.</p>');
    expect(page).not.toContain('cycles (estimate)');
    expect(page).toContain('<th scope="col" class="n">code</th>');
  });

  it('calls cycles an estimate, and says what it assumes', () => {
    const page = reportPage(tiny.compiled, tiny.loaded, madeUp(tiny.compiled));
    expect(page).toContain('<th scope="col" class="n">cycles (estimate)</th>');
    expect(page).toMatch(/Cycles are an estimate, after “Cortex-M4 TRM, table 3-1” .* without wait states/);
  });

  it('shows names of files as text, whatever they are', () => {
    const weights = join(directory, '<script>alert(1)</script>&"\'\u202e.safetensors'.replaceAll('/', '∕'));
    writeFileSync(weights, '');
    const loaded = { ...tiny.loaded, source: { ...tiny.loaded.source, weights } };
    const page = reportPage(tiny.compiled, loaded, unmeasured);
    expect(page).not.toContain('<script');
    expect(page).toContain(
      '&lt;script&gt;alert(1)&lt;∕script&gt;&amp;&quot;&#x27;\\u{202e}.safetensors, SHA-256 e3b0c4',
    );
  });

  it('stays small: no block takes more than 200 bytes', async () => {
    const { compiled, loaded } = await example('paper/mobilenet-v1-025-96.ts');
    const bare = reportPage(tiny.compiled, tiny.loaded, unmeasured).length;
    const page = reportPage(compiled, loaded, unmeasured);
    expect(page.length - bare).toBeLessThan(200 * compiled.plan.buffers.blocks.length);
  });

  it('needs nothing from elsewhere', () => {
    const page = reportPage(tiny.compiled, tiny.loaded, unmeasured);
    expect(page).not.toMatch(/https?:|@import|url\((?!#)|<script|<link(?! rel="icon" href="data:,")/);
  });
});

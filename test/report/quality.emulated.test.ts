import { beforeAll, describe, expect, it } from 'vitest';
import { qualityTable } from '../../src/report/quality-table.js';
import { reportPage } from '../../src/report/report-page.js';
import { type Example, example, unmeasured } from './models.js';

const layer = (name: string, signalToNoise?: number) => ({
  name,
  op: 'conv',
  quantisation: { scale: 0.25, zeroPoint: -128 },
  rule: 'mse',
  ...(signalToNoise === undefined ? {} : { signalToNoise }),
  saturation: { low: 0, high: 0.0125 },
  values: [0, 1, 200, 100],
  weights: [5, 0, 0, 10],
});
const layers = [layer('a', 31.5), layer('b', 20), layer('c', 45), layer('d', 22.25), layer('e', 29), layer('f')];

describe('quality of layers', () => {
  it('marks those with the most noise, and draws histograms whose bins do not vanish', () => {
    const rows = qualityTable(layers)?.rows ?? [];
    expect(rows.filter(row => row.worst).map(row => row.name)).toEqual(['b', 'd', 'e']);
    expect(rows[0]).toMatchObject({
      signalToNoise: '31.50',
      percent: '52.5',
      high: '1.25 %',
      scale: '0.2500',
      values: 'M1 20v-1h1v1zM2 20v-20h1v20zM3 20v-10h1v10z',
      weights: 'M0 20v-10h1v10zM3 20v-20h1v20z',
    });
    expect(rows[5]).toMatchObject({ worst: false, signalToNoise: '–' });
  });

  let tiny: Example;
  beforeAll(async () => {
    tiny = await example('tiny/model.ts');
  });

  it('is on the page where the weights file has it, with names escaped', () => {
    const quality = [...layers, layer('<b>'), { ...layer('g'), weightBits: 1 as const }];
    const page = reportPage(tiny.compiled, { ...tiny.loaded, quality }, unmeasured);
    expect(page).toContain('<tr class="worst"><th scope="row">b</th><td class="n">20.00</td>');
    expect(page).toContain('&lt;b&gt;');
    expect(page).toContain('</svg> 1 bit</td>');
    expect(page).not.toContain('8 bits</td>');
    expect(reportPage(tiny.compiled, tiny.loaded, unmeasured)).not.toContain('id="quality"');
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportPage } from '../../src/report/report-page.js';
import { type Look, launch, missingBrowser, open, probes } from './browser.js';
import { example, madeUp, unmeasured } from './models.js';

const skip = missingBrowser !== undefined && process.env.CI !== 'true';
if (skip) console.warn(`skipped: ${missingBrowser}`);

const files = ['tiny', 'svhn', 'resnet8', 'consuming'] as const;
const looks: readonly Look[] = [1200, 400].flatMap(width =>
  (['light', 'dark'] as const).map(colorScheme => ({ width, colorScheme })),
);
const cases = files.flatMap(file => looks.map(look => [file, look.width, look.colorScheme, look] as const));

describe.skipIf(skip)('the page in a browser', () => {
  let directory: string;
  let browser: Browser;
  const path = (file: string): string => join(directory, `${file}.html`);

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'effnetc-browser-'));
    const [tiny, svhn, resnet8, consuming] = await Promise.all([
      example('tiny/model.ts'),
      example('paper/effnet-svhn.ts', 'microbit'),
      example('shapes/resnet8.ts'),
      example('paper/effnet-svhn.ts', 'microbit', true),
    ]);
    const weights = join(directory, '<img src=x onerror=alert(1)>&".safetensors');
    writeFileSync(weights, '');
    const hostile = { ...tiny.loaded, source: { ...tiny.loaded.source, weights } };
    writeFileSync(path('tiny'), reportPage(tiny.compiled, hostile, unmeasured));
    writeFileSync(path('svhn'), reportPage(svhn.compiled, svhn.loaded, madeUp(svhn.compiled)));
    writeFileSync(path('resnet8'), reportPage(resnet8.compiled, resnet8.loaded, madeUp(resnet8.compiled)));
    writeFileSync(path('consuming'), reportPage(consuming.compiled, consuming.loaded, madeUp(consuming.compiled)));
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(directory, { recursive: true });
  });

  it.each(cases)('%s at %i pixels, %s', async (file, _width, _scheme, look) => {
    const { page, complaints } = await open(browser, path(file), look);
    for (const [name, probe] of Object.entries(probes)) expect(await page.evaluate(probe), name).toEqual([]);
    expect(await page.locator('.t path:not(.hatched)').count()).toBeGreaterThan(20);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('would be found wanting', async () => {
    const { page } = await open(browser, path('svhn'), looks[0]);
    const content =
      '.muted { color: #ddd } h1 { width: 3000px } .axis.y span { bottom: 0 !important } ' +
      '.line { pointer-events: all } .line.live { fill: red } .t path { transform: translateX(-9999px) }';
    await page.addStyleTag({ content });
    for (const [name, probe] of Object.entries(probes)) expect(await page.evaluate(probe), name).not.toEqual([]);
    await page.close();
  });

  it('shows a layer in the map when the pointer or the focus is on it', async () => {
    const { page } = await open(browser, path('svhn'), looks[0]);
    const opacity = (layer: number) =>
      page.evaluate<string>(`getComputedStyle(document.querySelector('.t${layer}')).opacity`);
    expect([await opacity(1), await opacity(2)]).toEqual(['1', '1']);
    await page.locator('.lane.k2').hover();
    expect([await opacity(1), await opacity(2)]).toEqual(['0.12', '1']);
    await page.mouse.move(0, 0);
    await page.locator('.lane.k1 a').focus();
    expect([await opacity(1), await opacity(2)]).toEqual(['1', '0.12']);
    await page.close();
  });

  it('is dark where that is asked for', async () => {
    const ground = async (colorScheme: Look['colorScheme']) => {
      const { page } = await open(browser, path('tiny'), { width: 1200, colorScheme });
      const colour = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      await page.close();
      return colour;
    };
    expect(await ground('light')).toBe('rgb(255, 255, 255)');
    expect(await ground('dark')).toBe('rgb(20, 23, 27)');
  });

  it('prints dark on white, tables in full', async () => {
    const { page } = await open(browser, path('resnet8'), { width: 720, colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    const cut = `[...document.querySelectorAll('table')].filter(t => t.scrollWidth > t.parentElement.clientWidth + 1).length`;
    expect(await page.evaluate(cut)).toBe(0);
    await page.close();
  });
});

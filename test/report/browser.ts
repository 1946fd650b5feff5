import { type Browser, chromium, type Page } from 'playwright-core';
import { findTool, missingReason } from '../../src/toolchain/tools.js';

export const missingBrowser = missingReason('browser');

/** The browser that is installed; nothing is downloaded. Without sandbox, which root and containers may not use. */
export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: findTool('browser')?.path ?? '', chromiumSandbox: false });
}

export interface Look {
  readonly width: number;
  readonly colorScheme: 'light' | 'dark';
}

export interface Opened {
  readonly page: Page;
  /** What the console said, what threw, and what was asked for besides the file. */
  readonly complaints: readonly string[];
}

export async function open(browser: Browser, file: string, { width, colorScheme }: Look): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const complaints: string[] = [];
  const url = new URL(`file://${file}`).href;
  page.on('console', message => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', error => complaints.push(`error: ${error.message}`));
  page.on('request', request => {
    if (request.url() !== url && !request.url().startsWith('data:')) complaints.push(`request: ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints };
}

/**
 * What is asked of a page, as text: the tests are compiled without the types of a browser. Each gives a list of what is
 * wrong.
 */
export const probes = {
  /** Blocks of the memory map without size, outside the plot, or without title. */
  blocks: `(() => {
    const plot = document.querySelector('svg.plot').getBoundingClientRect();
    const view = document.querySelector('svg.plot').viewBox.baseVal;
    return [...document.querySelectorAll('.t path:not(.hatched)')].flatMap(path => {
      const own = path.getBBox();
      const seen = path.getBoundingClientRect();
      const wrong = [
        !(own.width > 0 && own.height > 0 && seen.width > 0 && seen.height > 0) && 'no size',
        !(own.x >= 0 && own.y >= 0 && own.x + own.width <= view.width && own.y + own.height <= view.height) && 'outside',
        !(seen.left >= plot.left - 1 && seen.right <= plot.right + 1 && seen.top >= plot.top - 1 && seen.bottom <= plot.bottom + 1) && 'outside on the screen',
        !path.querySelector('title')?.textContent && 'no title',
      ];
      return wrong.filter(Boolean).map(what => path.getAttribute('d') + ': ' + what);
    });
  })()`,
  /** Texts that reach beyond the window or their box: tables scroll by themselves, the marks of an axis may stand out. */
  overflow: `(() => {
    const wide = document.documentElement.scrollWidth > window.innerWidth ? ['the page scrolls sideways'] : [];
    const out = [...document.body.querySelectorAll('*')].filter(e => {
      if (e.closest('.scroll > *') || e.closest('svg') || !e.textContent.trim()) return false;
      const { left, right, width } = e.getBoundingClientRect();
      return width > 0 && (left < 0 || right > window.innerWidth || e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && !e.matches('.scroll, .map, .axis'));
    });
    return [...wide, ...out.map(e => e.tagName + ' ' + e.className + ': ' + e.textContent.trim().slice(0, 40))];
  })()`,
  /** Labels of an axis that lie over each other. */
  labels: `[...document.querySelectorAll('.axis')].flatMap(axis => {
    const shown = [...axis.children].map(e => e.getBoundingClientRect()).filter(r => r.width > 0);
    const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    return shown.flatMap((a, i) => shown.slice(i + 1).filter(b => meet(a, b)).map(() => axis.className));
  })`,
  /** Texts whose contrast with what is after them is below 4.5 to 1. */
  contrast: `(() => {
    const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
    const luminance = colour => {
      const [r, g, b] = numbers(colour).map(c => c / 255).map(c => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = e => {
      const colour = e && getComputedStyle(e).backgroundColor;
      return !e ? 'rgb(255, 255, 255)' : numbers(colour)[3] === 0 ? ground(e.parentElement) : colour;
    };
    return [...document.body.querySelectorAll('*')].flatMap(e => {
      const text = [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join('');
      if (e.closest('svg') || text === '') return [];
      const [a, b] = [luminance(getComputedStyle(e).color), luminance(ground(e))].sort((x, y) => y - x);
      const ratio = (a + 0.05) / (b + 0.05);
      return ratio < 4.5 ? [text.slice(0, 40) + ': ' + ratio.toFixed(2)] : [];
    });
  })()`,
  /** Blocks, of those that a pointer can hit, that are not what it finds in their middle, nor is another block. */
  hover: `(() => {
    document.querySelector('svg.plot').scrollIntoView({ block: 'center' });
    return [...document.querySelectorAll('.t path:not(.hatched)')].flatMap(path => {
      const { left, top, width, height } = path.getBoundingClientRect();
      if (Math.min(width, height) < 2) return [];
      const found = document.elementFromPoint(left + width / 2, top + height / 2);
      return found?.querySelector(':scope > title') ? [] : [path.getAttribute('d') + ' is after ' + found?.outerHTML.slice(0, 80)];
    });
  })()`,
} as const;

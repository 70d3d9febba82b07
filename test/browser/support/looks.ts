import type { Page } from 'playwright-core';

/** Run in the page: what a checker for accessibility would say first, computed by hand. */
const NAMELESS = `
  [...document.querySelectorAll('input, select, textarea, button, a[href], [role=img], dialog, nav, table')]
    .filter((element) => element.checkVisibility() && element.getAttribute('aria-hidden') !== 'true')
    .filter((element) => {
      const labelled = (element.getAttribute('aria-labelledby') ?? '').split(' ').some((id) => document.getElementById(id)?.textContent.trim());
      const name = element.getAttribute('aria-label') || element.getAttribute('title') || [...(element.labels ?? [])].map((label) => label.textContent).join('') ||
        (element.matches('button, a') ? element.textContent : '');
      return !labelled && !name.trim();
    })
    .map((element) => element.outerHTML.slice(0, 160))`;

const PALE = `(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const channels = (color, under) => {
    canvas.fillStyle = 'rgb(' + under.join(' ') + ')';
    canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) layers.unshift(getComputedStyle(one).backgroundColor);
    return layers.reduce((under, color) => channels(color, under), [255, 255, 255]);
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || !element.checkVisibility() || element.closest('.visually-hidden, :disabled, .skip, option')) continue;
    const under = behind(element);
    const [a, b] = [light(channels(getComputedStyle(element).color, under)), light(under)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) found.push(ratio.toFixed(2) + ' ' + element.className + ' ' + node.textContent.trim().slice(0, 40));
  }
  return [...new Set(found)];
})()`;

export interface Faults {
  /** Controls and pictures nobody can call by a name. */
  readonly nameless: readonly string[];
  /** Text with less contrast than 4.5 to 1. */
  readonly pale: readonly string[];
  /** Pixels by which the page is wider than its window. */
  readonly overflow: number;
  readonly headings: number;
}

export async function faultsOf(page: Page): Promise<Faults> {
  return {
    nameless: await page.evaluate(NAMELESS),
    pale: await page.evaluate(PALE),
    overflow: await page.evaluate('Math.max(0, document.documentElement.scrollWidth - innerWidth)'),
    headings: await page.evaluate(`document.querySelectorAll('h1').length`),
  };
}

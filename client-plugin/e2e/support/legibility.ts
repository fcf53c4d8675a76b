import type { Page } from '@playwright/test';
import axe from 'axe-core';

type Axe = typeof axe;

/** Rules beyond WCAG 2.1 AA that pages of ours keep as well. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'];

/** What axe-core finds wrong with a page as it stands, one line for each element. */
export async function faults(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  return page.evaluate(async (tags) => {
    const { axe } = window as unknown as { axe: Axe };
    const { violations } = await axe.run(document, { runOnly: tags });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, any }) => `${id}: ${target.flat().join(' ')} ${any[0]?.message ?? ''}`),
    );
  }, TAGS);
}

/**
 * Controls that nobody can see in full: those that stick out of the window or of what clips them, those whose
 * words do not fit into them, and those that lie under something else.
 */
export function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const all = (root: Document | ShadowRoot): Element[] =>
      [...root.querySelectorAll('*')].flatMap((element) => [
        element,
        ...(element.shadowRoot ? all(element.shadowRoot) : []),
      ]);
    const parentOf = (element: Element): Element | null => {
      const root = element.getRootNode();
      return element.assignedSlot ?? element.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
    };
    const isWithin = (inner: Element | null, outer: Element): boolean => {
      for (let up = inner; up; up = parentOf(up)) if (up === outer) return true;
      return false;
    };
    const topAt = (x: number, y: number): Element | null => {
      let top = document.elementFromPoint(x, y);
      while (top?.shadowRoot) {
        const deeper = top.shadowRoot.elementFromPoint(x, y);
        if (!deeper || deeper === top) break;
        top = deeper;
      }
      return top;
    };
    const modal = all(document).find((element) => element.matches('dialog[open]'));
    for (const element of all(document)) {
      if (!element.matches('button, a[href], select, input:not([type="radio"]), summary, label, h1'))
        continue;
      if (modal && !isWithin(element, modal)) continue;
      if (element.closest('.visually-hidden') || !element.checkVisibility({ checkOpacity: true })) continue;
      const name =
        element.getAttribute('data-testid') ?? element.textContent?.trim().slice(0, 40) ?? element.tagName;
      // A line of text may be broken: its first part says enough.
      const place = () => element.getClientRects()[0] ?? element.getBoundingClientRect();
      let box = place();
      if (box.width === 0) continue;
      if (box.left < -0.5 || box.right > innerWidth + 0.5) found.push(`${name}: beside the window`);
      if (element.matches('button, a.button') && element.scrollWidth > element.clientWidth + 1)
        found.push(`${name}: its words do not fit`);
      for (let up = parentOf(element); up; up = parentOf(up)) {
        const style = getComputedStyle(up);
        if (style.overflowX === 'visible') continue;
        const clip = up.getBoundingClientRect();
        if (box.left < clip.left - 0.5 || box.right > clip.right + 0.5) found.push(`${name}: clipped`);
      }
      element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      box = place();
      const top = topAt(box.left + box.width / 2, box.top + box.height / 2);
      // What a label's tile covers is the label's own.
      if (!element.matches('label, h1') && !isWithin(top, element) && !element.matches(':disabled'))
        found.push(`${name}: under ${top?.className || top?.tagName}`);
    }
    return found;
  });
}

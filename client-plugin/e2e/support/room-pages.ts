import type { Locator, Page } from '@playwright/test';
import { expect } from './patient-expect.ts';

/** The room of the tests, where they do not care for its name. */
export const ROOM = 'lusab-gutih-tugad';

interface Entry {
  name: string;
  /** Whatever follows the room in the address. */
  more?: string;
}

/** Goes in through the pre-join screen, with the test picture unless the address says otherwise. */
export async function enterRoom(
  page: Page,
  url: string,
  { name, more = '&source=test' }: Entry,
): Promise<void> {
  await page.goto(`${url}/studio?room=${ROOM}${more}`);
  await page.getByTestId('name-field').fill(name);
  await page.getByTestId('join').click();
  await expect(page.getByTestId('leave')).toBeVisible();
}

/** Somebody else's tile. */
export const remoteTile = (page: Page, name: string): Locator =>
  page.getByTestId('remote-tile').filter({ has: page.locator('.name', { hasText: name }) });

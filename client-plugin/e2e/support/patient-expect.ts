import { expect as base } from '@playwright/test';

/** How long a condition may take to come true, in milliseconds. */
export const EXPECT_WITHIN_MS = 15_000;

/** Waits as long without Playwright's runner, which knows no configuration then, as with it. */
export const expect = base.configure({ timeout: EXPECT_WITHIN_MS });

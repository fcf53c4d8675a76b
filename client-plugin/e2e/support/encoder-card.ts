import { expect, type Locator, type Page } from '@playwright/test';

/** The card that tells an encoder where to send, and what arrives of it. */
export class EncoderCard {
  readonly page: Page;
  readonly card: Locator;

  constructor(page: Page) {
    this.page = page;
    this.card = page.getByTestId('obs-card');
  }

  /** Chooses the encoder as the source. */
  async choose(): Promise<void> {
    // The card takes the place of the choice: `check` would look at the radio button once more, and wait for it.
    await this.page.getByRole('radio', { name: 'OBS or another encoder' }).click();
    await expect(this.card).toBeVisible();
  }

  /** What somebody copies into their encoder. */
  async access(): Promise<{ whipUrl: string; publishKey: string }> {
    const token = this.card.getByTestId('whip-token');
    await expect(token).toHaveText(/^(•+|[\w-]{43})$/);
    if (/•/.test((await token.textContent()) ?? '')) await this.card.getByTestId('show-whip-token').click();
    await expect(token).toHaveText(/^[\w-]{43}$/);
    const whipUrl = (await this.card.getByTestId('whip-url').textContent()) ?? '';
    return { whipUrl, publishKey: (await token.textContent()) ?? '' };
  }

  get state(): Locator {
    return this.card.getByTestId('encoder-state');
  }

  /** What arrives of one kind, in words. */
  arrival(kind: 'audio' | 'video'): Locator {
    return this.card.getByTestId('arrivals').locator(`[data-kind="${kind}"]`);
  }

  /** The codes of what is to be mended. */
  findings(): Promise<(string | null)[]> {
    return this.card
      .getByTestId('finding')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-code')));
  }
}

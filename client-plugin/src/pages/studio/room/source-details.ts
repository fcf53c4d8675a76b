import { html, nothing, type TemplateResult } from 'lit';
import '../device-selects.ts';
import type { LocalSource } from '../local-source.ts';
import type { ChosenDevices } from '../source-kinds.ts';

/** What there is to say of the chosen source: which devices, or how an encoder is set up. */
export function sourceDetails(local: LocalSource): TemplateResult | typeof nothing {
  const { source } = local;
  if (source?.encoder) {
    return html`<encoder-card
      compact
      data-testid="obs-card"
      .encoder=${source.encoder}
      @renew=${() => local.open('encoder')}
    ></encoder-card>`;
  }
  if (!source?.capture || source.capture.kind === 'screen') return nothing;
  return html`<device-selects
    .stream=${source.stream}
    ?withoutCamera=${source.capture.kind === 'microphone'}
    @choose=${({ detail }: CustomEvent<ChosenDevices>) => local.chooseDevices(detail)}
  ></device-selects>`;
}

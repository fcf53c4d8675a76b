import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit';

/** Icons on a grid of 24, drawn in the colour of the text beside them; they say nothing a label does not. */
function icon(shapes: SVGTemplateResult): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${shapes}</svg>`;
}

/** The Meshlift mark: three people of a mesh, tied together and lifted onto one point. */
export const mark = icon(svg`
  <path d="M12 4 4 17l8 3 8-3-8-13v16" />
  <g fill="currentColor" stroke="none">
    <circle cx="12" cy="4" r="3" /><circle cx="4" cy="17" r="2.2" />
    <circle cx="12" cy="20" r="2.2" /><circle cx="20" cy="17" r="2.2" />
  </g>`);

const slash = svg`<path d="M4 3.5 20 20.5" />`;
const cameraShape = svg`<rect x="2.5" y="6.5" width="12.5" height="11" rx="2.5" /><path d="m15 11 6.5-3.5v9L15 13" />`;
const microphoneShape = svg`<rect x="9" y="3" width="6" height="11.5" rx="3" /><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />`;
const speakerShape = svg`<path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5z" />`;

export const camera = icon(cameraShape);
export const cameraOff = icon(svg`${cameraShape}${slash}`);
export const microphone = icon(microphoneShape);
export const microphoneOff = icon(svg`${microphoneShape}${slash}`);
export const screen = icon(
  svg`<rect x="2.5" y="4.5" width="19" height="12" rx="2" /><path d="M12 16.5V20M8 20h8" />`,
);
export const testCard = icon(svg`
  <rect x="2.5" y="4.5" width="19" height="15" rx="2" />
  <path d="M2.5 15h19M7.3 15v4.5M12 15v4.5M16.7 15v4.5" /><circle cx="12" cy="9.8" r="2.4" />`);
export const eye = icon(
  svg`<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z" /><circle cx="12" cy="12" r="2.8" />`,
);
export const eyeOff = icon(
  svg`<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z" /><circle cx="12" cy="12" r="2.8" />${slash}`,
);
/** A box with a lens and what goes out from it: something that sends by itself. */
export const broadcast = icon(
  svg`<rect x="2.5" y="10" width="13" height="9.5" rx="2" /><circle cx="9" cy="14.8" r="2" /><path d="M13.5 6.5a4.6 4.6 0 0 1 4.6 4.6M13.5 3a8.1 8.1 0 0 1 8.1 8.1" />`,
);
export const copy = icon(
  svg`<rect x="8.5" y="8.5" width="12" height="12" rx="2.5" /><path d="M15.5 8.5V6A2.5 2.5 0 0 0 13 3.5H6A2.5 2.5 0 0 0 3.5 6v7A2.5 2.5 0 0 0 6 15.5h2.5" />`,
);
export const check = icon(svg`<path d="m4.5 12.5 5 5 10-11" />`);
export const renew = icon(
  svg`<path d="M4.5 12a7.5 7.5 0 0 1 13-5.1L20 9.5M19.5 12a7.5 7.5 0 0 1-13 5.1L4 14.5M20 4.5v5h-5M4 19.5v-5h5" />`,
);
export const speaker = icon(
  svg`${speakerShape}<path d="M15.5 9a4.2 4.2 0 0 1 0 6M18 6a8.5 8.5 0 0 1 0 12" />`,
);
export const speakerOff = icon(svg`${speakerShape}<path d="m16 9.5 5 5m0-5-5 5" />`);
export const expand = icon(svg`<path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5" />`);
export const shrink = icon(svg`<path d="M9 4v5H4M20 9h-5V4M15 20v-5h5M4 15h5v5" />`);
export const pictureInPicture = icon(
  svg`<rect x="2.5" y="4.5" width="19" height="15" rx="2" /><rect x="12" y="11.5" width="6.5" height="5" rx="1" fill="currentColor" />`,
);
export const relay = icon(
  svg`<circle cx="12" cy="12" r="2.2" fill="currentColor" /><path d="M8 8a5.7 5.7 0 0 0 0 8M16 8a5.7 5.7 0 0 1 0 8M5 5a9.9 9.9 0 0 0 0 14M19 5a9.9 9.9 0 0 1 0 14" />`,
);
export const info = icon(svg`<circle cx="12" cy="12" r="9" /><path d="M12 11v5.5M12 7.5v.1" />`);
export const alert = icon(svg`<path d="M12 4 2.8 19.5h18.4z" /><path d="M12 10v4.5M12 17v.1" />`);
export const arrow = icon(svg`<path d="M4.5 12h15m-6-6 6 6-6 6" />`);
export const play = icon(svg`<path d="M7 4.5v15l12-7.5z" fill="currentColor" />`);
export const stop = icon(svg`<rect x="6" y="6" width="12" height="12" rx="2" fill="currentColor" />`);
export const direct = icon(svg`
  <path d="M7.2 7.2 16.8 16.8M7.5 6h9M18 7.5v9M6 7.5v9M7.5 18h9M16.8 7.2 7.2 16.8" stroke-width="1.4" />
  <g fill="currentColor" stroke="none">
    <circle cx="6" cy="6" r="2.4" /><circle cx="18" cy="6" r="2.4" />
    <circle cx="6" cy="18" r="2.4" /><circle cx="18" cy="18" r="2.4" />
  </g>`);
export const chat = icon(
  svg`<path d="M4 5.5h16a1.5 1.5 0 0 1 1.5 1.5v8.5A1.5 1.5 0 0 1 20 17h-8l-4.5 3.5V17H4a1.5 1.5 0 0 1-1.5-1.5V7A1.5 1.5 0 0 1 4 5.5z" /><path d="M7.5 11.2v.1M12 11.2v.1M16.5 11.2v.1" />`,
);
export const people = icon(
  svg`<circle cx="9" cy="8.2" r="3.4" /><path d="M2.8 19.5c.4-3.6 2.9-5.6 6.2-5.6s5.8 2 6.2 5.6M15.5 5.3a3.2 3.2 0 0 1 0 5.9M17.8 14.3c2 .7 3.2 2.5 3.5 5.2" />`,
);
export const leave = icon(
  svg`<path d="M13.5 4.5H6.5A1.5 1.5 0 0 0 5 6v12a1.5 1.5 0 0 0 1.5 1.5h7M10.5 12h10m-3.5-3.5 3.5 3.5-3.5 3.5" />`,
);
const padlock = svg`<rect x="5" y="10.5" width="14" height="10" rx="2.2" />`;
export const locked = icon(svg`${padlock}<path d="M8 10.5V8a4 4 0 0 1 8 0v2.5" />`);
export const close = icon(svg`<path d="m6 6 12 12M18 6 6 18" />`);
export const sliders = icon(
  svg`<path d="M4 7h9M18 7h2M4 17h2M11 17h9" /><circle cx="15.5" cy="7" r="2.4" /><circle cx="8.5" cy="17" r="2.4" />`,
);
export const send = icon(svg`<path d="M4 12h14M12.5 5.5 19 12l-6.5 6.5" />`);
export const chevron = icon(svg`<path d="m6.5 9.5 5.5 5.5 5.5-5.5" />`);
export const screenOff = icon(
  svg`<rect x="2.5" y="4.5" width="19" height="12" rx="2" /><path d="M12 16.5V20M8 20h8M9.5 8l5 5m0-5-5 5" />`,
);

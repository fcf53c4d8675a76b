import type { RequestHandler } from 'express';

/**
 * What pages may ask the browser for (https://www.w3.org/TR/permissions-policy/): `self` for what they use, and
 * nothing for whatever else Chromium, Firefox or Safari could let a page have. `/embed` stands in other people's
 * frames, whose `allow` can only take from this, not add to it.
 */
const PLAYING = ['autoplay', 'fullscreen', 'picture-in-picture', 'screen-wake-lock', 'clipboard-write'];
const CAPTURING = ['camera', 'microphone', 'display-capture'];
const NEVER = [
  'accelerometer',
  'browsing-topics',
  'clipboard-read',
  'encrypted-media',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'midi',
  'payment',
  'publickey-credentials-get',
  'serial',
  'usb',
  'xr-spatial-tracking',
];

const policy = (own: string[], none: string[]) =>
  [...own.map((feature) => `${feature}=(self)`), ...none.map((feature) => `${feature}=()`)].join(', ');

const PLAYS = policy(PLAYING, [...CAPTURING, ...NEVER]);
const CAPTURES = policy([...PLAYING, ...CAPTURING], NEVER);

/** Capture devices are for the studio alone, where people send from. */
export const permissionsPolicy: RequestHandler = ({ path }, response, next) => {
  response.setHeader('Permissions-Policy', /^\/studio\/?$/i.test(path) ? CAPTURES : PLAYS);
  next();
};

/**
 * Whoever has the address of a stream or a room can watch or come in, so that no search engine is to have it. What
 * says nothing of anybody may be found.
 */
export const noIndex: RequestHandler = ({ path }, response, next) => {
  if (!/^\/(?:privacy\/?)?$/i.test(path)) response.setHeader('X-Robots-Tag', 'noindex, nofollow');
  next();
};

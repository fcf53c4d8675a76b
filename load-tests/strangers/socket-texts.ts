import { PROTOCOL_VERSION } from '@meshlift/protocol';

/** Between the packets of one payload of long polling. */
export const SEPARATOR = '\x1e';

/** What lets a client in. */
export const CONNECT = `40{"protocol":${PROTOCOL_VERSION}}`;

export const HANDSHAKE = '/socket.io/?EIO=4&transport=polling';

export const DIRECT = '/socket.io/?EIO=4&transport=websocket';

export const upgradeHeaders: readonly string[] = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==',
];

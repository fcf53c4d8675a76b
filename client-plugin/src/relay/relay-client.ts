/**
 * Everything that needs mediasoup-client, in a module of its own: a page loads it when it sends to the relay
 * or receives from it, and not before. It shares no code with the rest of the plugin, so that it can be
 * loaded beside each of its forms.
 */
export { Device } from 'mediasoup-client';
export { ReceivePath } from './receive-path.ts';
export { SendPath } from './send-path.ts';

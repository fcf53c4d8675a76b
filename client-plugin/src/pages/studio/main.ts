import { roomInAddress } from './room-in-address.ts';

// One address, two pages: of the two only the script of the one that is wanted is loaded.
const page = roomInAddress()
  ? import('./room/room-page.ts').then(() => 'meshlift-room')
  : import('./studio-page.ts').then(() => 'meshlift-studio');
void page.then((name) => document.querySelector('noscript')?.before(document.createElement(name)));

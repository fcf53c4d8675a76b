import { takePasswordFromAddress } from './address-fragment.ts';
import { roomInAddress } from './room-in-address.ts';

// Before anything else: what is loaded from here on is asked for from an address without it.
const password = takePasswordFromAddress();

// One address, two pages: of the two only the script of the one that is wanted is loaded.
const page = roomInAddress()
  ? import('./room/room-page.ts').then((page) => page.openRoom(password))
  : import('./studio-page.ts').then(() => document.createElement('meshlift-studio'));
void page.then((element) => document.querySelector('noscript')?.before(element));

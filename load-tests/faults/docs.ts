import { updateFaultsDocument } from './document.ts';
import { faults } from './rows/index.ts';

updateFaultsDocument(import.meta.dirname, faults);

import { updateDocuments } from './lib/report/documents.ts';
import { scenarios } from './scenarios/index.ts';

updateDocuments(import.meta.dirname, scenarios);

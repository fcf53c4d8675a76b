import { updateDocuments } from './documents.ts';

await updateDocuments();

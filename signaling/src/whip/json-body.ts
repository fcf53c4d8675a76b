import express, { type RequestHandler } from 'express';

/** In bytes: a list of four names, or a choice of one layer. */
const LARGEST_BODY = 4 * 1024;

/** Reads a body of JSON, whatever its content type. Refuses more than 4 KiB with `TOO_LARGE`. */
export const jsonBody: RequestHandler = express.json({
  limit: LARGEST_BODY,
  type: () => true,
  strict: false,
});

/** An HTTP answer, as far as strangers care. */
export interface Answer {
  status: number;
  /** By lower-case name; of a name that comes twice, the last. */
  headers: Map<string, string>;
  body: string;
}

const WITHOUT_BODY = new Set([204, 304]);

/**
 * Reads the first answer in these bytes, interim answers left out (RFC 9112).
 *
 * @param ended whether no more bytes will come: some bodies last until the connection ends
 * @returns undefined while it is not complete
 * @throws Error for what is no answer
 */
export function parseAnswer(
  bytes: Buffer,
  method: string,
  ended: boolean,
): { answer: Answer; length: number } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1]);
  if (!status) throw new Error(`this is no answer: ${statusLine.slice(0, 100)}`);
  const bodyStart = headEnd + 4;
  if (status >= 100 && status < 200 && status !== 101) {
    const next = parseAnswer(bytes.subarray(bodyStart), method, ended);
    return next && { answer: next.answer, length: next.length + bodyStart };
  }
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const body = bodyOf(bytes.subarray(bodyStart), { status, method, headers, ended });
  return body && { answer: { status, headers, body: body.text }, length: bodyStart + body.length };
}

function bodyOf(
  bytes: Buffer,
  {
    status,
    method,
    headers,
    ended,
  }: { status: number; method: string; headers: Map<string, string>; ended: boolean },
): { text: string; length: number } | undefined {
  if (method === 'HEAD' || status === 101 || WITHOUT_BODY.has(status)) return { text: '', length: 0 };
  if (headers.get('transfer-encoding') === 'chunked') return chunksOf(bytes);
  const length = headers.get('content-length');
  if (length !== undefined) {
    const size = Number(length);
    return bytes.length < size ? undefined : { text: bytes.toString('utf8', 0, size), length: size };
  }
  return ended ? { text: bytes.toString('utf8'), length: bytes.length } : undefined;
}

function chunksOf(bytes: Buffer): { text: string; length: number } | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const end = lineEnd + 2 + size + 2;
    if (Number.isNaN(size) || bytes.length < end) return undefined;
    chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = end;
    if (size === 0) return { text: Buffer.concat(chunks).toString('utf8'), length: at };
  }
}

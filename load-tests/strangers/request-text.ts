/** A request as it goes over the wire; nothing is added that is not asked for but the length of a body. */
export function requestText(
  method: string,
  target: string,
  {
    version = '1.1',
    headers = [],
    body = '',
  }: { version?: string; headers?: readonly string[]; body?: string } = {},
): string {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const host = version === '1.1' ? ['Host: localhost'] : [];
  return [`${method} ${target} HTTP/${version}`, ...host, ...length, ...headers, '', body].join('\r\n');
}

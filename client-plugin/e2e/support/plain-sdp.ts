/** What WHIP and WHEP have in common, from a page: one `POST`, then `PATCH` and `DELETE` of the session it made. */
class PlainSession {
  #connection: RTCPeerConnection | undefined;
  #authorization: Record<string, string> = {};
  #url = '';
  #etag = '';
  readonly #links = new Map<string, string>();

  /** @throws Error with the status and the body of an answer that is not 201 */
  async open(connection: RTCPeerConnection, endpoint: string, token: string | undefined): Promise<void> {
    this.#connection = connection;
    if (token !== undefined) this.#authorization = { Authorization: `Bearer ${token}` };
    await connection.setLocalDescription();
    const body = connection.localDescription?.sdp ?? '';
    const response = await this.#ask('POST', endpoint, { 'Content-Type': 'application/sdp' }, body);
    this.#url = new URL(response.headers.get('Location') ?? '', endpoint).href;
    this.#etag = response.headers.get('ETag') ?? '';
    for (const [, target = '', rel = ''] of (response.headers.get('Link') ?? '').matchAll(
      /<([^>]*)>[^<]*rel="([^"]*)"/g,
    )) {
      this.#links.set(rel, target);
    }
    await connection.setRemoteDescription({ type: 'answer', sdp: await response.text() });
    void this.#trickle(connection);
  }

  /** Where an extension is to be found; empty when it was not offered. */
  extension(name: string): string {
    return this.#links.get(`urn:ietf:params:whep:ext:core:${name}`) ?? '';
  }

  /** RFC 9725, section 4.3.3. */
  async restart(): Promise<void> {
    const connection = this.#connection;
    const remote = connection?.remoteDescription;
    if (!connection || !remote) throw new Error('there is nothing to restart');
    connection.restartIce();
    await connection.setLocalDescription();
    const response = await this.#patch('*', credentialsOf(connection));
    this.#etag = response.headers.get('ETag') ?? '';
    const theirs = await response.text();
    const sdp = remote.sdp
      .replace(/^a=candidate:.*\r\n/gm, '')
      .replace(/^a=ice-ufrag:.*\r\n/gm, /^a=ice-ufrag:.*\r\n/m.exec(theirs)?.[0] ?? '')
      .replace(/^a=ice-pwd:.*\r\n/gm, /^a=ice-pwd:.*\r\n/m.exec(theirs)?.[0] ?? '')
      .replace(/^a=mid:.*\r\n/m, (mid) => mid + candidatesIn(theirs));
    await connection.setRemoteDescription({ type: 'answer', sdp });
    await this.#trickle(connection);
  }

  async stop(): Promise<void> {
    await this.#ask('DELETE', this.#url, {}, null);
    this.#connection?.close();
  }

  /** Tells of all candidates at once, when the last one is known. */
  async #trickle(connection: RTCPeerConnection): Promise<void> {
    while (connection.iceGatheringState !== 'complete') {
      await new Promise((resolve) => {
        connection.addEventListener('icegatheringstatechange', resolve, { once: true });
      });
    }
    const [, section = ''] = (connection.localDescription?.sdp ?? '').split(/^(?=m=)/m);
    const lines = section.match(/^(?:m=|a=mid:).*\r\n/gm)?.join('') ?? '';
    const fragment = `${credentialsOf(connection)}${lines}${candidatesIn(section)}a=end-of-candidates\r\n`;
    await this.#patch(this.#etag, fragment);
  }

  #patch(etag: string, fragment: string): Promise<Response> {
    const headers = { 'Content-Type': 'application/trickle-ice-sdpfrag', 'If-Match': etag };
    return this.#ask('PATCH', this.#url, headers, fragment);
  }

  async #ask(
    method: string,
    url: string,
    headers: Record<string, string>,
    body: string | null,
  ): Promise<Response> {
    const response = await fetch(url, { method, headers: { ...this.#authorization, ...headers }, body });
    if (!response.ok) {
      throw new Error(`Request rejected with status ${response.status}: ${await response.text()}`);
    }
    return response;
  }
}

const candidatesIn = (sdp: string) => sdp.match(/^a=candidate:.*\r\n/gm)?.join('') ?? '';

const credentialsOf = ({ localDescription }: RTCPeerConnection) =>
  /^a=ice-ufrag:.*\r\na=ice-pwd:.*\r\n/m.exec(localDescription?.sdp ?? '')?.[0] ?? '';

/** A publisher by RFC 9725 that is nothing but an `RTCPeerConnection` and `fetch`. */
export class PlainWhip extends PlainSession {
  publish(connection: RTCPeerConnection, url: string, key: string): Promise<void> {
    return this.open(connection, url, key);
  }
}

/** Something that happened, as the server told it. */
export interface ToldEvent {
  event: string;
  data: unknown;
}

/** A viewer by draft-ietf-wish-whep that is nothing but an `RTCPeerConnection` and `fetch`. */
export class PlainWhep extends PlainSession {
  view(connection: RTCPeerConnection, url: string): Promise<void> {
    return this.open(connection, url, undefined);
  }

  /** @param events fills with what is told from now on */
  async listen(names: readonly string[], events: ToldEvent[]): Promise<void> {
    const url = this.extension('server-sent-events');
    const response = await postJson(url, names);
    const source = new EventSource(new URL(response.headers.get('Location') ?? '', url));
    for (const name of names) {
      source.addEventListener(name, ({ data }) => events.push({ event: name, data: JSON.parse(data) }));
    }
  }

  async selectLayer(choice: unknown): Promise<void> {
    await postJson(this.extension('layer'), choice);
  }

  async unselectLayer(): Promise<void> {
    await fetch(this.extension('layer'), { method: 'DELETE' });
  }
}

async function postJson(url: string, body: unknown): Promise<Response> {
  const headers = { 'Content-Type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`Request rejected with status ${response.status}`);
  return response;
}

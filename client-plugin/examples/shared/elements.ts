/** The Meshlift server that the address names: `?server=http://localhost:8080` unless it says otherwise. */
export const server = new URLSearchParams(location.search).get('server') ?? 'http://localhost:8080';

/** What a page of your own gets by a script tag with this address. */
export async function loadElements(): Promise<typeof import('../../src/elements/index.ts')> {
  return import(/* @vite-ignore */ new URL('/meshlift-elements.mjs', server).href);
}

/** Asks for a stream until there is one, by its ID or any link to it; `?stream=` in the address answers at once. */
export function askForStream(form: HTMLFormElement, play: (streamId: string) => void): void {
  const query = new URLSearchParams(location.search);
  const input = form.elements.namedItem('stream') as HTMLInputElement;
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-studio]')) {
    link.href = `${server}/studio?source=test`;
  }
  const begin = () => {
    const streamId = input.value.trim().split('/').at(-1)?.split(/[?#]/)[0];
    if (streamId) play(streamId);
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    begin();
  });
  input.value = query.get('stream') ?? '';
  begin();
}

export function part<E extends Element>(selector: string): E {
  const found = document.querySelector<E>(selector);
  if (!found) throw new Error(`The page has no part ${selector}.`);
  return found;
}

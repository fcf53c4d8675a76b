/** The password that a fragment such as `#password=...` carries. Undefined without one. */
export function passwordIn(fragment: string): string | undefined {
  for (const part of fragment.replace(/^#/, '').split('&')) {
    const [, value = ''] = /^password=(.*)$/s.exec(part) ?? [];
    if (value !== '') return decoded(value);
  }
  return undefined;
}

/**
 * Takes the password out of the page's address, so that neither the history nor somebody who looks at the
 * window learns it. Browsers send a fragment to nobody (RFC 3986, section 3.5).
 */
export function takePasswordFromAddress(): string | undefined {
  const password = passwordIn(location.hash);
  if (password !== undefined) history.replaceState(history.state, '', location.pathname + location.search);
  return password;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

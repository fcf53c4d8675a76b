/**
 * A document with its generated part brought up to date: what stands between `<!-- name -->` and `<!-- /name -->`.
 *
 * @throws Error when there is no such place in it
 */
export function withGeneratedPart(document: string, name: string, content: string): string {
  const between = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`);
  if (!between.test(document)) throw new Error(`there is no place for the generated part "${name}"`);
  return document.replace(between, (_, start: string, end: string) => `${start}${content}\n${end}`);
}

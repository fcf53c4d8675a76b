/** A line for each thing that is told, the newest first. */
export function logTo(element: HTMLElement): (name: string, value: unknown) => void {
  return (name, value) => {
    element.prepend(`${name} ${JSON.stringify(value)}\n`);
  };
}

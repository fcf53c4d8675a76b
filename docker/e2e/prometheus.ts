import { mapped } from './mapped.ts';

/** An alert, as Prometheus has read it. */
export interface Rule {
  name: string;
  query: string;
  health: string;
}

/** What Prometheus answers to a question: one value for each combination of labels. */
export async function ask(query: string): Promise<number[]> {
  const { result } = await get<{ result: { value: [number, string] }[] }>(
    `query?query=${encodeURIComponent(query)}`,
  );
  return result.map(({ value }) => Number(value[1]));
}

export async function alerts(): Promise<Rule[]> {
  const { groups } = await get<{ groups: { rules: Rule[] }[] }>('rules');
  return groups.flatMap(({ rules }) => rules);
}

async function get<T>(path: string): Promise<T> {
  const response = await fetch(`${mapped.prometheus}/api/v1/${path}`);
  const answer = (await response.json()) as { status: string; error?: string; data: T };
  if (answer.status !== 'success') throw new Error(`Prometheus cannot answer ${path}: ${answer.error}`);
  return answer.data;
}

import { wishesText } from '../report/wishes-text.ts';
import type { Scenario } from '../scenario.ts';

/** How to begin, for whoever has asked for nothing. */
export function usage(scenarios: readonly Scenario[]): string {
  return `npm run load -- <scenario…> [options]

Scenarios:
${list(scenarios)}
  all

Options:
  --quick             a short run with small loads, to see that everything works
  --rounds 5          how often everything is measured
  --seconds 10        how long one measurement counts
  --viewers 50,100    numbers of viewers, where the scenario goes by them
  --out folder        where results go; by default load-tests/results/<date-time>
  --reference         keep the results as the reference run, and show them in load-tests/README.md
  --list              name the scenarios and what they do

Begin with: npm run load -- ${scenarios[0]?.name ?? 'all'} --quick`;
}

/** The scenarios, each in one line. */
export function list(scenarios: readonly Scenario[]): string {
  const width = Math.max(0, ...scenarios.map(({ name }) => name.length));
  return scenarios.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`).join('\n');
}

/** The scenarios, with what each is about and what it does by itself. */
export function longList(scenarios: readonly Scenario[]): string {
  return scenarios
    .map(
      ({ name, title, about, usual }) => `${name}: ${title}\n  ${about}\n  By itself: ${wishesText(usual)}.`,
    )
    .join('\n\n');
}

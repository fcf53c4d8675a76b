import fc from 'fast-check';
import { Coverage } from './coverage.ts';
import { type Handles, ServerUnderTest } from './server-under-test.ts';
import { memberSteps } from './steps/members.ts';
import { pollingSteps } from './steps/polling.ts';
import { rareSteps, requestSteps } from './steps/requests.ts';
import { rareSdpSteps, sdpSteps } from './steps/sdp.ts';
import type { Step } from './steps/step.ts';
import { rareWebSocketSteps, webSocketSteps } from './steps/web-sockets.ts';
import { tour } from './tour.ts';
import { type Tally, Visit } from './visit.ts';

/** The longest list of steps in one run. */
const MOST_STEPS = 25;

/** The server gives up a silent poller after 18 s and a session without media after 30 s. */
const SETTLE_TIMEOUT_MS = 75_000;

/** How long a failing list of steps is made shorter. */
const SHRINK_MS = 60_000;

const PROGRESS_INTERVAL_MS = 10_000;

export interface CampaignOptions {
  seed: number;
  milliseconds: number;
  /** Whether some leave without a goodbye, and the run waits until the server has noticed: up to half a minute. */
  patient?: boolean;
  /** Takes a line about how it goes. */
  report?: (line: string) => void;
}

/** What became of a campaign. */
export interface Outcome {
  seed: number;
  runs: number;
  /** Over all runs, those that made a failure shorter included. */
  tally: Tally;
  handles: Handles | undefined;
  baseline: Handles | undefined;
  stderrBytes: number;
  /** Of the server, when it was told to stop at the end. */
  exitCode: number | null | undefined;
  /** What went wrong first, after how long, and the shortest list of steps to it. */
  failure: { reason: string; afterSeconds: number; steps: string } | undefined;
}

const common = [...pollingSteps, ...webSocketSteps, ...requestSteps, ...sdpSteps];

const listsOf = (steps: fc.Arbitrary<Step>[]) => fc.commands(steps, { maxCommands: MOST_STEPS, size: 'max' });

const polite = fc.tuple(
  listsOf([...common, ...common, ...common, ...rareWebSocketSteps, ...rareSteps]),
  fc.constant(false),
);

/** People with clients of their own, beside whom others come to the same doors. */
const company = fc.tuple(
  listsOf([...memberSteps, ...memberSteps, ...memberSteps, ...sdpSteps, ...sdpSteps, ...common]),
  fc.constant(false),
);

/** What these leave behind the server has to find out by itself. */
const rude = fc.tuple(listsOf([...common, ...rareWebSocketSteps, ...rareSdpSteps]), fc.constant(true));

const RUDE_ONE_IN = 100;

/** Those in a room stay for a second after they have gone, so that fewer of these fit into the time. */
const mannerly = fc.oneof({ weight: 2, arbitrary: polite }, { weight: 1, arbitrary: company });

const runsOf = (patient: boolean) =>
  patient
    ? fc.oneof({ weight: RUDE_ONE_IN - 1, arbitrary: mannerly }, { weight: 1, arbitrary: rude })
    : mannerly;

/** Strangers who visit one server, one party after the other, until the time is over or something is wrong. */
export async function campaign({
  seed,
  milliseconds,
  patient = false,
  report = () => undefined,
}: CampaignOptions): Promise<Outcome> {
  const startedAt = performance.now();
  const tally: Tally = { steps: 0, answers: new Map(), hungUp: 0, coverage: new Coverage() };
  let visits = 0;
  let server: ServerUnderTest | undefined;
  let baseline: Handles | undefined;
  let failure: Outcome['failure'];
  let running: Promise<void> = Promise.resolve();

  const visit = async (steps: Iterable<Step>, rude: boolean) => {
    if (failure && performance.now() - startedAt > failure.afterSeconds * 1_000 + SHRINK_MS) return;
    let visit: Visit | undefined;
    try {
      if (!server) {
        server = await ServerUnderTest.start();
        baseline = await baselineOf(server, tally);
      }
      visits += 1;
      const party = new Visit({ port: server.port, number: visits, tally });
      visit = party;
      await fc.asyncModelRun(
        () => ({ model: { pollers: 1, webSockets: 0, members: 0 }, real: party }),
        steps,
      );
      await party.leave({ manners: !rude });
      await server.assertUnharmed();
      await server.settle(baseline as Handles, SETTLE_TIMEOUT_MS);
      await server.assertUnharmed();
    } catch (error) {
      visit?.vanish();
      // Whatever the strangers noticed, that the server died says more.
      const reason = await server?.assertUnharmed().then(
        () => error,
        (harm: unknown) => harm,
      );
      await server?.stop();
      server = undefined;
      if (!failure) {
        const afterSeconds = (performance.now() - startedAt) / 1_000;
        failure = { reason: `${((reason ?? error) as Error).message}`, afterSeconds, steps: '' };
        report(`failed after ${afterSeconds.toFixed(1)} s; looking for a shorter list of steps`);
      }
      failure.steps = String(steps);
      throw reason ?? error;
    }
  };

  const property = fc.asyncProperty(runsOf(patient), async ([steps, rude]) => {
    running = visit(steps, rude);
    await running;
  });
  const progress = setInterval(() => report(describe(visits, tally, startedAt)), PROGRESS_INTERVAL_MS);
  try {
    await fc.check(property, {
      seed,
      numRuns: Number.MAX_SAFE_INTEGER,
      interruptAfterTimeLimit: milliseconds,
    });
    // The time limit leaves the last visit alone.
    await running.catch(() => undefined);
    const handles = await server?.handles();
    const stderrBytes = server?.stderrBytes ?? 0;
    const exitCode = await server?.stop();
    return { seed, runs: visits, tally, handles, baseline, stderrBytes, exitCode, failure };
  } finally {
    clearInterval(progress);
    await server?.stop();
  }
}

/** What the server holds once it has been visited: some things are loaded on first use and kept. */
async function baselineOf(server: ServerUnderTest, tally: Tally): Promise<Handles> {
  const before = await server.handles();
  const visit = new Visit({ port: server.port, number: 0, tally });
  await tour(visit);
  await visit.leave({ manners: true });
  await server.settle(before, SETTLE_TIMEOUT_MS);
  return await server.handles();
}

function describe(runs: number, { steps, answers, hungUp }: Tally, startedAt: number): string {
  const statuses = [...answers].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
  return `${seconds} s: ${runs} runs, ${steps} steps; answers ${statuses.join(', ')}; hung up ${hungUp}`;
}

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { aptInstall } from '../lib/apt.ts';
import type { Context } from '../lib/context.ts';
import { onPath } from '../lib/on-path.ts';
import { SetupError } from '../lib/setup-error.ts';
import type { Step } from '../lib/step.ts';

/** Of Debian and Ubuntu: the launcher, a Python that speaks GStreamer, webrtcbin with its ICE, codecs and RTP. */
const PACKAGES = [
  'gstreamer1.0-tools',
  ...['python3', 'python3-gi', 'gir1.2-gst-plugins-bad-1.0', 'gstreamer1.0-nice'],
  ...['base', 'good', 'bad', 'ugly'].map((set) => `gstreamer1.0-plugins-${set}`),
];
const OTHERWISE =
  'Install GStreamer 1.22 or later with its plugins (base, good, bad, ugly, nice) and PyGObject, or set MESHLIFT_PYTHON to the path of a Python that has them.';

/** GStreamer, for the tests with native programs: its value is the path of a Python that can use it. */
export function gstreamer(context: Context): Step<string> {
  const script = join(context.root, 'client-plugin', 'e2e', 'native', 'check.py');
  // The distribution's packages are for its own Python; PATH may put another before it.
  const pythons = () => [...new Set(['/usr/bin/python3', ...onPath(['python3'])])];
  const find = () => findPython(process.env.MESHLIFT_PYTHON, pythons(), script);
  return {
    name: 'gstreamer',
    title: 'getting GStreamer for the tests with native programs',
    lock: 'gstreamer',
    check: find,
    work: async (report) => {
      report.step(`missing: ${lacks(pythons(), script)}`);
      const log = join(context.cache, 'logs', 'gstreamer-apt.log');
      await aptInstall(context, { packages: PACKAGES, otherwise: OTHERWISE, log });
      const installed = find();
      if (installed) return installed;
      throw new SetupError(`the installed GStreamer still lacks ${lacks(pythons(), script)}`, OTHERWISE, log);
    },
  };
}

/** The Python a person chose, which has to have everything, or else the first of the others that has. */
export function findPython(chosen: string | undefined, others: string[], script: string): string | undefined {
  if (!chosen) return others.find((python) => lacks([python], script) === '');
  const missing = lacks([chosen], script);
  if (missing === '') return chosen;
  throw new SetupError(`MESHLIFT_PYTHON names ${chosen}, which lacks ${missing}`, OTHERWISE);
}

/** What the first of these that starts does not have, in words; empty when it has everything. */
function lacks(pythons: string[], script: string): string {
  for (const python of pythons) {
    // The first start after an installation looks through all plugins, which takes seconds.
    const { status, stdout } = spawnSync(python, [script], { encoding: 'utf8', timeout: 60_000 });
    if (status === 0) return '';
    if (stdout) return stdout.trim().split('\n').join(', ');
  }
  return 'a Python that starts';
}

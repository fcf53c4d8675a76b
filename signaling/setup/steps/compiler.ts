import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { aptInstall } from '../lib/apt.ts';
import type { Context } from '../lib/context.ts';
import { onPath } from '../lib/on-path.ts';
import { SetupError } from '../lib/setup-error.ts';
import type { Step } from '../lib/step.ts';

const OTHERWISE = 'Install a C compiler called cc and the headers of OpenSSL 1.1 or later.';

/** A C compiler with OpenSSL, for the program that the load tests compare with: its value is the compiler's path. */
export function compiler(context: Context): Step<string> {
  const find = () => onPath(['cc']).find(canUseOpenssl);
  return {
    name: 'compiler',
    title: 'getting a C compiler and OpenSSL',
    lock: 'compiler',
    check: find,
    work: async () => {
      const log = join(context.cache, 'logs', 'compiler-apt.log');
      const packages = ['gcc', 'libc6-dev', 'libssl-dev'];
      await aptInstall(context, { packages, otherwise: OTHERWISE, log });
      const installed = find();
      if (installed) return installed;
      throw new SetupError('the installed compiler cannot use OpenSSL', OTHERWISE, log);
    },
  };
}

/** Links the smallest program there is, and keeps nothing of it. */
function canUseOpenssl(cc: string): boolean {
  const input = '#include <openssl/evp.h>\nint main(void) { return EVP_aes_128_gcm() == 0; }\n';
  const args = ['-x', 'c', '-', '-o', '/dev/null', '-lcrypto'];
  return spawnSync(cc, args, { input, stdio: ['pipe', 'ignore', 'ignore'] }).status === 0;
}

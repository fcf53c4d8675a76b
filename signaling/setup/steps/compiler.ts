import { spawnSync } from 'node:child_process';
import { aptTool } from '../lib/apt.ts';
import type { Context } from '../lib/context.ts';
import { onPath } from '../lib/on-path.ts';
import type { Step } from '../lib/step.ts';

/** A C compiler with OpenSSL, for the program that the load tests compare with: its value is the compiler's path. */
export function compiler(context: Context): Step<string> {
  return aptTool(context, {
    name: 'compiler',
    title: 'getting a C compiler and OpenSSL',
    packages: ['gcc', 'libc6-dev', 'libssl-dev'],
    otherwise: 'Install a C compiler called cc and the headers of OpenSSL 1.1 or later.',
    find: () => onPath(['cc']).find(canUseOpenssl),
    unfound: 'the installed compiler cannot use OpenSSL',
  });
}

/** Links the smallest program there is, and keeps nothing of it. */
function canUseOpenssl(cc: string): boolean {
  const input = '#include <openssl/evp.h>\nint main(void) { return EVP_aes_128_gcm() == 0; }\n';
  const args = ['-x', 'c', '-', '-o', '/dev/null', '-lcrypto'];
  return spawnSync(cc, args, { input, stdio: ['pipe', 'ignore', 'ignore'] }).status === 0;
}

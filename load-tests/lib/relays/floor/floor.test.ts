import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { compileFloor } from './compile.ts';
import { runFloor } from './floor.ts';

const ANY_CORE = { relay: undefined, load: undefined };

describe('the floor', () => {
  it('protects a packet as RFC 7714, section 16.1.1, has it', async () => {
    const header = '8040f17b8041f8d35501a0b2';
    const words = Buffer.from('Gallia est omnis divisa in partes tres').toString('hex');
    const key = '000102030405060708090a0b0c0d0e0f';
    const salt = Buffer.from('Quid pro quo').toString('hex');
    const output = execFileSync(await compileFloor(), ['protect', key, salt, '0', header + words]);
    expect(output.toString().trim()).toBe(
      `${header}f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833` +
        '899d7f27beb16a9152cf765ee4390cce',
    );
  });

  it('sends what was asked for at the pace of the load, and all of it arrives', async () => {
    const load = { viewers: 7, packetsPerPicture: 3, bytes: 1_200, seconds: 0.5, cores: ANY_CORE };
    const run = await runFloor({ ...load, paced: true });
    expect(run.packets % 21).toBe(0);
    expect(run.packets).toBeGreaterThan(0);
    expect(run).toMatchObject({ lost: 0, counts: true });
  });

  it.each([128, 256] as const)('sends without a pause under keys of %i bits', async (keyBits) => {
    const load = { viewers: 50, packetsPerPicture: 5, bytes: 1_200, seconds: 0.5, cores: ANY_CORE };
    const run = await runFloor({ ...load, keyBits });
    expect(run.packets % 250).toBe(0);
    expect(run.packets).toBeGreaterThan(0);
    expect(run.packetsPerCpuSecond).toBeCloseTo(run.packets / run.cpuSeconds);
    expect(run).toMatchObject({ counts: true });
  });

  it('says what is wrong with a load that it cannot send', async () => {
    const load = { viewers: 1, packetsPerPicture: 1, bytes: 5, seconds: 0.1, cores: ANY_CORE };
    await expect(runFloor(load)).rejects.toThrow();
  });
});

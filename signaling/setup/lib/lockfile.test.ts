import { describe, expect, it } from 'vitest';
import { firstMissing, type LockedPackage, workspaceLinks } from './lockfile.ts';

const lockfile = (packages: Record<string, LockedPackage>) => ({ packages });
const wanted = lockfile({
  '': { version: '0.1.0' },
  sfu: { version: '0.1.0' },
  'node_modules/@meshlift/sfu': { resolved: 'sfu', link: true },
  'node_modules/express': { version: '5.0.0' },
  'node_modules/express/node_modules/ms': { version: '2.0.0' },
  'node_modules/for-another-platform': { version: '1.0.0', optional: true },
});

describe('firstMissing', () => {
  it('is satisfied by the same versions, without what npm may leave out', () => {
    const installed = lockfile({
      'node_modules/express': { version: '5.0.0' },
      'node_modules/express/node_modules/ms': { version: '2.0.0' },
    });
    expect(firstMissing(wanted, installed)).toBeUndefined();
  });

  it('is satisfied by more than is wanted, as npm install may bring', () => {
    const installed = lockfile({ ...wanted.packages, 'node_modules/extra': { version: '1.0.0' } });
    expect(firstMissing(wanted, installed)).toBeUndefined();
  });

  it('names a package that is not there, or at another place', () => {
    const installed = lockfile({
      'node_modules/express': { version: '5.0.0' },
      'node_modules/ms': { version: '2.0.0' },
    });
    expect(firstMissing(wanted, installed)).toBe('node_modules/express/node_modules/ms');
  });

  it('names a package of another version', () => {
    const installed = lockfile({ ...wanted.packages, 'node_modules/express': { version: '4.9.0' } });
    expect(firstMissing(wanted, installed)).toBe('node_modules/express');
  });
});

describe('workspaceLinks', () => {
  it('tells where each link is and where it leads', () => {
    expect(workspaceLinks(wanted)).toEqual([['node_modules/@meshlift/sfu', 'sfu']]);
  });
});

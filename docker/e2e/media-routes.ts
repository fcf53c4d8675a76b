import type { Page } from '@playwright/test';

/** By which protocol and to which address and port a page's media travels; media may come before its path is settled. */
export async function mediaRoutes(page: Page): Promise<string[]> {
  const routes = await page.evaluate(async () => {
    const reports = await Promise.all(window.probe.connections.map((connection) => connection.getStats()));
    const stats = reports.flatMap((report) => [...report.values()]);
    const used = stats.filter(({ type, nominated }) => type === 'candidate-pair' && nominated);
    return used.map(({ remoteCandidateId }) => {
      const { protocol, address, port } = stats.find(({ id }) => id === remoteCandidateId) ?? {};
      return `${protocol} ${address}:${port}`;
    });
  });
  return [...new Set(routes)];
}

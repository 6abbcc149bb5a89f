import type { ModelRecord } from '../ports';

/**
 * Returns the version that was active before the active one, to go back to. What was taken back is passed over until it is made
 * active anew: whoever goes back twice comes to the one before, never to that which was found bad.
 *
 * @param models of one detector
 * @returns undefined where there is none
 */
export function earlierVersion(models: readonly ModelRecord[]): string | undefined {
  const active = models.find(({ status }) => status === 'active');
  const standing: string[] = [];
  const takenBack = new Set<string>();
  for (const { version, isBack } of active?.promotions ?? []) {
    // A version that was taken back itself is chosen anew: nothing is taken back for it.
    const place = isBack ? standing.lastIndexOf(version, -2) : -1;
    if (place === -1) standing.push(version);
    else for (const later of standing.splice(place + 1)) takenBack.add(later);
    takenBack.delete(version);
  }
  const choice = new Set(models.map(({ version }) => version));
  return standing
    .filter((version) => choice.has(version) && version !== active?.version && !takenBack.has(version))
    .pop();
}

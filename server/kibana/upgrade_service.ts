import { upgradeSpace, type ElasticsearchClient } from '../elasticsearch';
import type { TaskTarget } from './identifiers';
import type { Services } from './services';

interface Known {
  /** Spaces whose data is where it belongs. */
  readonly moved: Set<string>;
  /** Detectors whose owner sees nothing of version 0.1.0; another owner of the space may. */
  readonly unaware: Set<string>;
  /** In one Kibana one after the other. */
  readonly running: Map<string, Promise<unknown>>;
}
const knownOf = new WeakMap<Services, Known>();

/**
 * Moves what version 0.1.0 has stored of the detector's space before the detector works on: with the rights of its owner, once
 * for each space.
 *
 * @throws DetectionError `forbidden` when the owner sees such data and may not move it, `conflict` while another Kibana does it
 */
export async function ensureUpgraded(
  services: Services,
  client: ElasticsearchClient,
  { space, detectorId }: TaskTarget,
  signal?: AbortSignal,
): Promise<void> {
  const known = knownOf.get(services) ?? { moved: new Set(), unaware: new Set(), running: new Map() };
  knownOf.set(services, known);
  const { moved, unaware, running } = known;
  const name = JSON.stringify([space, detectorId]);
  await running.get(space)?.catch(() => undefined);
  if (moved.has(space) || unaware.has(name)) return;
  const work = upgradeSpace(client, { space, now: () => services.clock.now(), signal });
  running.set(space, work);
  try {
    const { state, documents } = await work;
    if (state === 'nothing') unaware.add(name);
    else moved.add(space);
    if (state === 'moved') {
      services.log.info(
        `${documents} documents of space ${space} were moved from the names of version 0.1.0.`,
      );
    }
  } finally {
    if (running.get(space) === work) running.delete(space);
  }
}

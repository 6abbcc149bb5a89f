import { DetectionError } from '../../../common/detection_error';
import {
  hasUnseenData,
  resultsPattern,
  unseenDataProblem,
  upgradeSpace,
  type ElasticsearchClient,
} from '../../elasticsearch';
import { inSpace } from './detector_repository';
import type { TaskTarget } from '../contracts/identifiers';
import type { Services } from '../contracts/services';

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
 * @throws DetectionError `forbidden` when there is such data that the owner may not move or does not even see, `conflict` while another Kibana does it
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
    if (state === 'nothing') {
      const problem = await unseenData(services, client, space);
      if (problem !== undefined) throw new DetectionError('forbidden', problem);
      unaware.add(name);
    } else {
      await repointDataView(services, space);
      moved.add(space);
    }
    if (state === 'moved') {
      services.log.info(
        `${documents} documents of space ${space} were moved from the names of version 0.1.0.`,
      );
    }
  } finally {
    if (running.get(space) === work) running.delete(space);
  }
}

/** @returns what to do about data of version 0.1.0 that is there and that a client does not see, or undefined */
export async function unseenData(
  { seer, log }: Services,
  client: ElasticsearchClient,
  space: string,
): Promise<string | undefined> {
  if (seer === undefined) return undefined;
  try {
    return (await hasUnseenData(seer, client, space)) ? unseenDataProblem(space) : undefined;
  } catch (error) {
    log.debug(
      `Nobody can tell whether space ${space} has data of version 0.1.0: ${(error as Error).message}`,
    );
    return undefined;
  }
}

/**
 * The data view that was imported with the dashboards keeps its id and finds the new names. The title follows from the space
 * alone, so nobody's rights are needed; one that somebody has changed stays as it is.
 */
async function repointDataView(services: Services, space: string): Promise<void> {
  const savedObjects = inSpace(services.internalSavedObjects, space);
  const id = `log-anomalies-results-${space}`;
  try {
    const { attributes, version } = await savedObjects.get<{ title: string }>('index-pattern', id);
    if (attributes.title !== `${id}-*`) return;
    const change = { ...attributes, title: resultsPattern(space) };
    await savedObjects.create('index-pattern', change, { id, overwrite: true, version });
  } catch (error) {
    if ((error as { output?: { statusCode?: number } }).output?.statusCode === 404) return;
    services.log.warn(
      `The data view ${id} still has the pattern of version 0.1.0; import the dashboards again: ${(error as Error).message}`,
    );
  }
}

import type {
  BackfillReport,
  CandidateState,
  Failure,
  LivePipelineBody,
  ReadinessFinding,
  TrainingReport,
  WatchState,
} from '../../../common/api';
import type { DriftState } from '../../detection/upkeep/measure_drift';
import { attempt, checkpointsIndex, type ElasticsearchClient } from '../../elasticsearch';
import { statusOf as httpStatusOf } from '../../elasticsearch/transport/errors';
import { ensureIndex } from '../../elasticsearch/indices/index_resources';
import { NEVER_RUN, type RunState } from './detector_state';
import { digest } from '../contracts/identifiers';

/** Each part has one writer at a time: the task whose work it tells of. */
interface Parts {
  runs: RunState;
  training: TrainingReport;
  backfill: BackfillReport;
  /** Undefined once it is deleted. */
  pipeline: LivePipelineBody | undefined;
  /** The training, by the time of its request, that somebody has asked to stop. */
  training_cancelled: { requested_at: string };
  /** Id of the backfill that somebody has asked to stop. */
  backfill_cancelled: { id: string };
  drift: DriftState;
  /** Undefined once it is active or was refused. */
  candidate: CandidateState | undefined;
  watch: WatchState;
  /** As it was found by the last training or measurement of drift. */
  readiness: StoredReadiness;
  /** Kept for the whole space, under {@link SAMPLE_OF_SPACE} in the place of a detector. */
  sample: StoredSample;
}
type Part = keyof Parts;

/** Each space has its sample logs at most once. */
export const SAMPLE_OF_SPACE = 'sample';

export interface StoredReadiness {
  readonly at: string;
  readonly findings: readonly ReadinessFinding[];
}

/** Progress of the sample logs, written by their own task; scoring reports by itself. */
export interface StoredSample {
  readonly state: 'none' | 'writing' | 'training' | 'scoring' | 'failed';
  readonly detector_id?: string;
  readonly requested_at?: string;
  readonly written: number;
  readonly total: number;
  readonly failure?: Failure;
}

/** Stored status of detectors, beside their checkpoints and with the rights of their owners. */
export interface StatusStore {
  read(detectorIds: readonly string[]): Promise<Map<string, StoredStatus>>;
  readPart<Name extends Part>(detectorId: string, part: Name): Promise<Parts[Name] | undefined>;
  writePart<Name extends Part>(detectorId: string, part: Name, value: Parts[Name]): Promise<void>;
  /** Reads the state of the upkeep of the model. */
  readUpkeep(detectorId: string): Promise<StoredUpkeep>;
}

export interface StoredUpkeep {
  readonly drift?: DriftState;
  readonly candidate?: CandidateState;
  readonly watch?: WatchState;
}
const UPKEEP = ['drift', 'candidate', 'watch'] as const;

export interface StoredStatus {
  readonly runs: RunState;
  readonly training?: TrainingReport;
  readonly backfill?: BackfillReport;
  readonly pipeline?: LivePipelineBody;
  readonly readiness?: StoredReadiness;
}

const SHOWN = ['runs', 'training', 'backfill', 'pipeline', 'readiness'] as const;

export function createStatusStore(client: ElasticsearchClient, { space }: { space: string }): StatusStore {
  const idOf = (detectorId: string, part: Part): string => digest('status', space, detectorId, part);
  const index = checkpointsIndex(space);
  const what = 'read the status of detectors';
  let isReady: Promise<void> | undefined;

  const get = async (
    keys: readonly { detectorId: string; part: Part }[],
  ): Promise<(Record<string, unknown> | undefined)[]> => {
    if (keys.length === 0) return [];
    const { docs } = await attempt(
      () =>
        client.mget<{ status?: Record<string, unknown> }>({
          index,
          ids: keys.map(({ detectorId, part }) => idOf(detectorId, part)),
        }),
      { what },
    ).catch((error: { details?: { status?: number } }) => {
      if (error.details?.status === 404) return { docs: [] };
      throw error;
    });
    return keys.map((_key, position) => {
      const found = docs[position];
      return found !== undefined && '_source' in found ? found._source?.status : undefined;
    });
  };

  return {
    read: async (detectorIds) => {
      const keys = detectorIds.flatMap((detectorId) => SHOWN.map((part) => ({ detectorId, part })));
      const found = await get(keys);
      return new Map(
        detectorIds.map((detectorId, position): [string, StoredStatus] => {
          const [runs, training, backfill, pipeline, readiness] = found.slice(
            position * SHOWN.length,
            (position + 1) * SHOWN.length,
          );
          return [
            detectorId,
            {
              runs: (runs as RunState | undefined) ?? NEVER_RUN,
              ...(training && { training: training as unknown as TrainingReport }),
              ...(backfill && { backfill: backfill as unknown as BackfillReport }),
              ...(pipeline && { pipeline: pipeline as unknown as LivePipelineBody }),
              ...(readiness && { readiness: readiness as unknown as StoredReadiness }),
            },
          ];
        }),
      );
    },
    readUpkeep: async (detectorId) => {
      const found = await get(UPKEEP.map((part) => ({ detectorId, part })));
      return Object.fromEntries(
        UPKEEP.flatMap((part, place) => (found[place] === undefined ? [] : [[part, found[place]]])),
      );
    },
    readPart: async (detectorId, part) => (await get([{ detectorId, part }]))[0] as never,
    writePart: async (detectorId, part, value) => {
      isReady ??= ensureIndex(client, index, 'checkpoints');
      await isReady;
      await attempt(
        () =>
          client.index({
            index,
            id: idOf(detectorId, part),
            document: { type: 'status', part, space, detector_id: detectorId, status: value },
          }),
        { what: `write the status of the detector "${detectorId}"` },
      );
    },
  };
}

/** A backfill keeps its place under a name of its own, beside that of the detector. */
export const backfillPlace = (detectorId: string, backfillId: string): string =>
  `${detectorId}:backfill:${backfillId}`;

/** Forgets checkpoint, places of backfills and status of a detector of this space. */
export async function deleteStatus(
  client: ElasticsearchClient,
  { space, detectorId }: { space: string; detectorId: string },
): Promise<void> {
  await attempt(
    () =>
      client
        .deleteByQuery({
          index: checkpointsIndex(space),
          query: {
            bool: {
              should: [
                { term: { detector_id: detectorId } },
                { prefix: { detector_id: backfillPlace(detectorId, '') } },
              ],
            },
          },
          conflicts: 'proceed',
        })
        .catch((error: unknown) => {
          if (httpStatusOf(error) !== 404) throw error;
        }),
    { what: `delete the status of the detector "${detectorId}"` },
  );
}

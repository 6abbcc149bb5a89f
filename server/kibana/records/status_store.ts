import type {
  BackfillReport,
  CandidateState,
  Failure,
  LivePipelineBody,
  ReadinessFinding,
  TrainingReport,
  WatchState,
} from '../../../common/api';
import type { AlertsConfig } from '../../notifications';
import type { DriftState } from '../../detection/upkeep/measure_drift';
import type { ElasticsearchClient } from '../../elasticsearch';
import { createStatusDocuments } from '../../elasticsearch/stores/status_documents';
import { NEVER_RUN, type RunState } from './detector_state';

/** Each part has one writer at a time: the task whose work it tells of. */
interface Parts {
  runs: RunState;
  training: TrainingReport;
  backfill: BackfillReport;
  /** Undefined once it is deleted. */
  pipeline: LivePipelineBody | undefined;
  /** Undefined once a training has learned what it says. */
  edited: UntrainedEdit | undefined;
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
  /** Undefined once it was told, or waits for nobody. */
  withheld: Withheld | undefined;
  /** Kept for the whole space, under `KIBANAS_OF_SPACE` in the place of a detector. */
  kibanas: { readonly known: readonly KnownKibana[] };
  /** Kept for the whole space, under {@link SAMPLE_OF_SPACE} in the place of a detector. */
  sample: StoredSample;
}
type Part = keyof Parts;

/** Each space has its sample logs at most once. */
export const SAMPLE_OF_SPACE = 'sample';

/** An edit that takes a new model: it is on record until a training has learned what it says. */
export interface UntrainedEdit {
  /** ISO 8601. */
  readonly at: string;
}

export interface StoredReadiness {
  readonly at: string;
  readonly findings: readonly ReadinessFinding[];
}

/** Progress of the sample logs, written by their own task; scoring reports by itself. */
export interface StoredSample {
  readonly state: 'none' | 'writing' | 'training' | 'scoring' | 'failed';
  /** Absent while somebody has claimed them and makes the detector. */
  readonly detector_id?: string;
  /** Id of the detector that is made with this claim, before it is there; absent in what older versions wrote. */
  readonly claim_id?: string;
  /** Detectors of attempts that have failed, until they are removed. */
  readonly failed_detector_ids?: readonly string[];
  readonly requested_at?: string;
  readonly written: number;
  readonly total: number;
  readonly failure?: Failure;
}

/** One Kibana of the cluster, as it last said of itself when it carried out a run in this space. */
export interface KnownKibana {
  readonly id: string;
  /** `server.name` of kibana.yml. */
  readonly name: string;
  /** Names of the channels that it can send by. */
  readonly channels: readonly string[];
  readonly notify?: AlertsConfig['notify'];
  /** Since when it has had these, and when it was last seen. ISO 8601. */
  readonly since: string;
  readonly at: string;
}

/** Announcements of a detector that another Kibana is to send, by channel: since when, ISO 8601. */
export type Withheld = Readonly<Record<string, string>>;

/** Stored status of detectors, beside their checkpoints and with the rights of their owners. */
export interface StatusStore {
  read(detectorIds: readonly string[]): Promise<Map<string, StoredStatus>>;
  readPart<Name extends Part>(detectorId: string, part: Name): Promise<Parts[Name] | undefined>;
  writePart<Name extends Part>(detectorId: string, part: Name, value: Parts[Name]): Promise<void>;
  /** Writes a part unless `isFree` says no of what is there. It may then be there already, or somebody else's. */
  claimPart<Name extends Part>(
    detectorId: string,
    part: Name,
    value: Parts[Name],
    isFree: (known: Parts[Name] | undefined) => boolean,
  ): Promise<void>;
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
  readonly withheld?: Withheld;
  readonly edited?: UntrainedEdit;
}

const SHOWN = ['runs', 'training', 'backfill', 'pipeline', 'readiness', 'withheld', 'edited'] as const;

/**
 * Writes how the sample logs of a space stand, unless they are those of somebody else.
 *
 * @param isFree is given what was written last
 * @returns false where it is not free, or somebody else was faster
 */
export const claimSample = (
  client: ElasticsearchClient,
  { space }: { space: string },
  sample: StoredSample,
  isFree: (known: StoredSample | undefined) => boolean,
): Promise<boolean> =>
  createStatusDocuments(client, { space }).claim(
    { detectorId: SAMPLE_OF_SPACE, part: 'sample' },
    sample,
    (known) => isFree(known as StoredSample | undefined),
  );

export function createStatusStore(client: ElasticsearchClient, { space }: { space: string }): StatusStore {
  const documents = createStatusDocuments(client, { space });

  return {
    read: async (detectorIds) => {
      const keys = detectorIds.flatMap((detectorId) => SHOWN.map((part) => ({ detectorId, part })));
      const found = await documents.read(keys);
      return new Map(
        detectorIds.map((detectorId, position): [string, StoredStatus] => {
          const [runs, training, backfill, pipeline, readiness, withheld, edited] = found.slice(
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
              ...(withheld && { withheld: withheld as Withheld }),
              ...(edited && { edited: edited as unknown as UntrainedEdit }),
            },
          ];
        }),
      );
    },
    readUpkeep: async (detectorId) => {
      const found = await documents.read(UPKEEP.map((part) => ({ detectorId, part })));
      return Object.fromEntries(
        UPKEEP.flatMap((part, place) => (found[place] === undefined ? [] : [[part, found[place]]])),
      );
    },
    readPart: async (detectorId, part) => (await documents.read([{ detectorId, part }]))[0] as never,
    writePart: (detectorId, part, value) => documents.write({ detectorId, part }, value),
    claimPart: async (detectorId, part, value, isFree) => {
      await documents.claim({ detectorId, part }, value, (known) => isFree(known as never));
    },
  };
}

import { DetectionError } from '../../common/detection_error';
import type { ModelSnapshot } from '../../common/model_snapshot';
import type { connect } from '../../server/elasticsearch';
import { detectorIdOf, loadActiveModel, loadModelFile } from '../command_line/models';
import type { Session } from '../command_line/session';
import type { FollowOptions } from './options';

type Client = ReturnType<typeof connect>;

/** A model in use, and whose results it writes. */
export interface Followed {
  readonly snapshot: ModelSnapshot;
  readonly detectorId: string;
  readonly checkpointPath: string;
}

/**
 * Chooses the models that `detect` is to follow with: files, or the active ones of detectors.
 *
 * @param known stand for detectors without an active model, as of one that was deleted while it was followed
 * @throws DetectionError `invalid_input` for options that do not go together, `not_found` for a detector without an active model
 */
export async function chooseModels(
  session: Session,
  options: FollowOptions,
  client: Client,
  known: readonly Pick<Followed, 'detectorId' | 'snapshot'>[] = [],
): Promise<Followed[]> {
  const inPlace = (id: string | undefined): ModelSnapshot | undefined =>
    known.find(({ detectorId }) => detectorId === id)?.snapshot;
  return shareBudget(await loadModels({ session, client, inPlace }, options), options.alertsPerDay);
}

interface Loading {
  readonly session: Session;
  readonly client: Client;
  /** Returns the model that stands for a detector without an active one. */
  readonly inPlace: (detectorId: string | undefined) => ModelSnapshot | undefined;
}

async function loadModels(loading: Loading, options: FollowOptions): Promise<Followed[]> {
  const { model: paths = [], detectorId: ids = [], checkpoint: checkpoints = [] } = options;
  const count = Math.max(paths.length, ids.length);
  if (count === 0) {
    throw new DetectionError(
      'invalid_input',
      'Neither --model nor --detector-id is given; one of them must name the model.',
    );
  }
  for (const [name, values] of Object.entries({
    '--model': paths,
    '--detector-id': ids,
    '--checkpoint': checkpoints,
  })) {
    if (values.length > 0 && values.length !== count) {
      throw new DetectionError(
        'invalid_input',
        `${name} names ${values.length} of ${count} detectors; it must name all, in the same order, or none.`,
      );
    }
  }
  const followed: Followed[] = [];
  for (let place = 0; place < count; place++) {
    const loaded = await loadModel(loading, paths[place], ids[place]);
    const { detector } = loaded;
    const detectorId = ids[place] ?? detectorIdOf(detector.name);
    const twin = followed.find((each) => each.detectorId === detectorId);
    if (twin !== undefined) {
      throw new DetectionError(
        'invalid_input',
        `Two of the detectors have the id "${detectorId}"; --detector-id must name a different one for each.`,
      );
    }
    followed.push({
      detectorId,
      checkpointPath: checkpoints[place] ?? `.log-anomalies/${detectorId}.json`,
      snapshot: {
        ...loaded,
        detector: {
          ...detector,
          scoring: options.scoring ?? detector.scoring,
          source: { ...detector.source, ...(options.index && { index: options.index }) },
          schedule: { ...detector.schedule, ...(options.delay && { query_delay: options.delay }) },
        },
      },
    });
  }
  if (options.threshold !== undefined && count > 1) {
    throw new DetectionError(
      'invalid_input',
      `--threshold is ${options.threshold} for ${count} detectors; it is only for one, since their scores do not compare.`,
    );
  }
  return followed;
}

async function loadModel(
  { session, client, inPlace }: Loading,
  path: string | undefined,
  id: string | undefined,
): Promise<ModelSnapshot> {
  if (path !== undefined) return (await loadModelFile(path)).snapshot;
  const active = await loadActiveModel(client, session.config.space, id as string);
  const other = active === undefined ? inPlace(id) : undefined;
  if (other !== undefined) return other;
  if (active === undefined) {
    throw new DetectionError(
      'not_found',
      `The detector "${id}" has no active model; deploy one with deploy-model.`,
    );
  }
  return active.snapshot;
}

/** Gives each adaptive threshold an equal part of the budget of all together: rows that become one only make it less. */
function shareBudget(followed: readonly Followed[], alertsPerDay: number | undefined): Followed[] {
  if (alertsPerDay === undefined) return [...followed];
  const adaptive = followed.filter(({ snapshot }) => snapshot.detector.threshold.method === 'adaptive');
  if (adaptive.length === 0) {
    throw new DetectionError(
      'invalid_input',
      `--alerts-per-day is ${alertsPerDay}; no detector has a threshold of the method adaptive that could keep to it.`,
    );
  }
  return followed.map((each) => {
    const { detector } = each.snapshot;
    if (detector.threshold.method !== 'adaptive') return each;
    const threshold = { ...detector.threshold, alerts_per_day: alertsPerDay / adaptive.length };
    return { ...each, snapshot: { ...each.snapshot, detector: { ...detector, threshold } } };
  });
}

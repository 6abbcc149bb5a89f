import type { Client } from '@elastic/elasticsearch';
import { DetectionError } from '../../common/detection_error';
import { decodeModelSnapshot, type ModelSnapshot } from '../../common/model_snapshot';
import { createSnapshotStore } from '../../server/elasticsearch';
import { durationToMilliseconds } from '../../common/detector';
import type { GateLimits } from '../../server/detection/promotion/limit_checks';
import type { Limits } from './config';
import { readBounded } from '../../server/notifications/read_bounded';

const LARGEST_MODEL_MB = 256;

/** @throws DetectionError `invalid_input` naming the file and what is wrong with it */
export async function loadModelFile(path: string): Promise<{ snapshot: ModelSnapshot; text: string }> {
  const text = await readBounded(path, LARGEST_MODEL_MB).catch((error: Error) => {
    throw new DetectionError('invalid_input', `The model ${path} cannot be read: ${error.message}`, {
      cause: error,
    });
  });
  try {
    return { snapshot: decodeModelSnapshot(text), text };
  } catch (error) {
    if (!(error instanceof DetectionError)) throw error;
    throw new DetectionError(error.code, `${path}: ${error.message}`, { cause: error });
  }
}

/** Returns the id of a detector that has none, for indices and checkpoints: its name in simple letters. */
export function detectorIdOf(name: string): string {
  const id = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 100);
  if (id === '')
    throw new DetectionError(
      'invalid_input',
      `The detector name "${name}" has no letter or digit to make an id of; give --detector-id.`,
    );
  return id;
}

/** The version in production, ready to score, or undefined where none was deployed. */
export async function loadActiveModel(
  client: Client,
  space: string,
  detectorId: string,
): Promise<{ snapshot: ModelSnapshot; version: string } | undefined> {
  const store = createSnapshotStore(client, { space });
  const active = await store.active(detectorId);
  if (active === undefined) return undefined;
  return {
    snapshot: decodeModelSnapshot(await store.load(detectorId, active.version), { stored: true }),
    version: active.version,
  };
}

export function gateLimitsOf(limits: Limits): GateLimits {
  const { max_detection_delay, max_lag: _lag, ...rest } = limits;
  return {
    ...rest,
    ...(max_detection_delay && { max_detection_delay_ms: durationToMilliseconds(max_detection_delay) }),
  };
}

import type { ReadinessFinding } from '../../../common/api';
import type { Detector } from '../../../common/detector';
import type { ModelRecord } from '../../detection/ports';
import type { Services } from '../contracts/services';
import { isSureRefusal } from '../keys/save_with_key';
import type { DetectorJob } from './detector_job';
import { needsTraining } from './effective_snapshot';
import type { StatusStore, UntrainedEdit } from './status_store';

/** Puts an edit on record as one of `now`, epoch milliseconds. */
export async function noteEdit(
  status: Pick<StatusStore, 'writePart'>,
  detectorId: string,
  now: number,
): Promise<UntrainedEdit> {
  const edited = { at: new Date(now).toISOString() };
  await status.writePart(detectorId, 'edited', edited);
  return edited;
}

/**
 * Puts an edit on record, before it is saved: whatever happens to the training that it asks for, and also where it asks for none
 * since the detector is stopped. Models that people bring with other settings of training are no edit, and stay.
 *
 * @param save saves the edit; where it is refused, the edit is taken off the record. An answer that was lost is no refusal: one that
 *   stays without having been saved is found by {@link isEditUntrained}
 */
export async function withEditNoted<Saved>(
  status: Pick<StatusStore, 'readPart' | 'writePart'>,
  detectorId: string,
  { before, after, now }: { readonly before: Detector; readonly after: Detector; readonly now: number },
  save: () => Promise<Saved>,
): Promise<Saved> {
  if (!needsTraining(before, after)) return save();
  const earlier = await status.readPart(detectorId, 'edited');
  const noted = await noteEdit(status, detectorId, now);
  try {
    return await save();
  } catch (error) {
    if (!isSureRefusal(error)) throw error;
    const takeBack = async (): Promise<void> => {
      const known = await status.readPart(detectorId, 'edited');
      // Another one may have been noted meanwhile.
      if (known?.at === noted.at) await status.writePart(detectorId, 'edited', earlier);
    };
    await takeBack().catch(() => undefined);
    throw error;
  }
}

/**
 * A training has learned the settings of today: whether its model is good enough is for its gate, and not for another training.
 *
 * @param edited as it stood when the training began; one that was noted since then stays
 */
export async function forgetEdit(
  status: Pick<StatusStore, 'readPart' | 'writePart'>,
  detectorId: string,
  edited: UntrainedEdit | undefined,
): Promise<void> {
  if (edited === undefined || (await status.readPart(detectorId, 'edited'))?.at !== edited.at) return;
  await status.writePart(detectorId, 'edited', undefined);
}

/** @returns true where an edit waits for a model; one that was undone, or never saved, is taken off the record */
export async function isEditUntrained(
  services: Pick<Services, 'models' | 'log'>,
  { target, stored, models, status }: Pick<DetectorJob, 'target' | 'stored' | 'models' | 'status'>,
  { edited, model }: { readonly edited: UntrainedEdit | undefined; readonly model: ModelRecord },
): Promise<boolean> {
  if (edited === undefined) return false;
  const { detectorId } = target;
  try {
    const { detector } = await services.models.load(models, detectorId, model);
    if (needsTraining(detector, stored.detector)) return true;
  } catch (error) {
    // A new model takes the place of one that cannot be read.
    services.log.warn(`Detector ${detectorId}: ${(error as Error).message}`);
    return true;
  }
  await forgetEdit(status, detectorId, edited);
  return false;
}

/** @param hasModel is true where a model goes on meanwhile */
export function untrainedEditFinding(
  edited: UntrainedEdit | undefined,
  { enabled, hasModel }: { readonly enabled: boolean; readonly hasModel: boolean },
): ReadinessFinding[] {
  if (edited === undefined || !hasModel) return [];
  return [
    {
      kind: 'untrained_edit',
      level: 'warning',
      message:
        'The model was trained before the detector was edited: what the edit says of features, forest or logs takes effect with a new model.',
      next_step: enabled
        ? 'Nothing, if a training goes on; one that failed is repeated, and its error says what to do.'
        : 'Start the detector, or train a model.',
      said: { code: 'untrained_edit', values: { stopped: enabled ? 'no' : 'yes' } },
    },
  ];
}

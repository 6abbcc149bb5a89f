import { HOUR } from '../../../common/duration';
import { modelWork, savedDetector } from '../../../test/fakes/model_work';
import type { TrainingOutcome } from '../../detection/training/training_work';
import { trainDetector } from './train_detector';

const NOW = Date.parse('2026-03-02T10:00:00Z');
const iso = (time: number): string => new Date(time).toISOString();
const logs = Array.from({ length: 1_200 }, (_none, i) => ({ time: NOW - 3 * HOUR + i * 9_000, duration: i }));

/** Trains, with the edit that was on record as it began, and another that is noted as it ends. */
async function trained(noted: string | undefined) {
  const detector = savedDetector();
  const work = modelWork({ now: NOW, detector, logs });
  const edited = { at: iso(NOW - HOUR) };
  work.parts.set('edited', edited);
  const outcome: Partial<TrainingOutcome> = {
    ...{ version: 'new', text: '{}', createdAt: iso(NOW), threshold: 0.6, rows: 1_200 },
    ...{ verdicts: 0, features: [], dirt: {} },
  };
  const services = {
    ...work.services,
    usage: { model_megabytes: 10 },
    train: async () => outcome as TrainingOutcome,
  } as unknown as typeof work.services;
  const current = async () => {
    if (noted !== undefined) work.parts.set('edited', { at: noted });
    return { detector };
  };
  const signal = new AbortController().signal;
  await trainDetector(services, work.job, { requested_at: iso(NOW) }, { current, edited, signal });
  return work.parts.get('edited');
}

it('forgets the edit that it has learned, and not one that is noted as it ends', async () => {
  expect(await trained(undefined)).toBeUndefined();
  expect(await trained(iso(NOW))).toEqual({ at: iso(NOW) });
});

import { z } from 'zod';
import { durationSchema, durationToMilliseconds } from '../../../common/detector';
import { parseSettings } from '../../../common/validation';
import { DAY } from '../../../common/duration';

const WARN_BEFORE_MILLISECONDS = 30 * DAY;

/** Lifetime of the API keys of detectors: the section `logAnomalies.keys` of kibana.yml. */
export const keySettingsSchema = z
  .strictObject({
    expire_after: z
      .union([z.literal('never'), durationSchema])
      .default('365d')
      .describe(
        'A key that was not renewed for so long ends, and its detector pauses; whoever owns it renews it by opening its page, by saving or starting it',
      ),
    warn_before: durationSchema
      .optional()
      .describe(
        'From so long before its end the status of the detector says so; default: 30d, or half of expire_after',
      ),
  })
  .refine(({ expire_after: after }) => after === 'never' || durationToMilliseconds(after) >= DAY, {
    path: ['expire_after'],
    message: 'must be at least 1d, or never',
  })
  .refine(
    ({ expire_after: after, warn_before: before }) =>
      after === 'never' ||
      before === undefined ||
      durationToMilliseconds(before) < durationToMilliseconds(after),
    { path: ['warn_before'], message: 'must be shorter than expire_after' },
  );
export type KeySettingsInput = z.input<typeof keySettingsSchema>;

export interface KeySettings {
  /** Milliseconds; undefined: keys do not expire. */
  readonly expiresAfter: number | undefined;
  /** Milliseconds. */
  readonly warnBefore: number;
}

/** @throws DetectionError `invalid_input` naming the setting */
export function parseKeySettings(given: unknown): KeySettings {
  const { expire_after: after, warn_before: before } = parseSettings(
    keySettingsSchema,
    given ?? {},
    'logAnomalies.keys',
  );
  const expiresAfter = after === 'never' ? undefined : durationToMilliseconds(after);
  const usual = Math.min(WARN_BEFORE_MILLISECONDS, (expiresAfter ?? Infinity) / 2);
  return { expiresAfter, warnBefore: before === undefined ? usual : durationToMilliseconds(before) };
}

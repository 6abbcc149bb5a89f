import { z } from 'zod';
import { entityFieldsOf, type EntitySettings } from '../detector/entity_fields';
import { entityNoun } from '../findings/found_by';

/** Entities that a reader has left out since there are more than places, of one bucket or of `bucket.look_back`. */
export const boundSchema = z.strictObject({
  kept: z.number().describe('Entities that were kept: those with anomalies of late, then the busiest'),
  of: z.number().describe('All entities with logs'),
  left_out_logs: z.number().describe('Logs of those that were left out'),
  logs: z.number().describe('Logs of all'),
});
export type EntityBound = z.infer<typeof boundSchema>;

/** @example boundText(bound, { entity_field: 'service.name' }) // "Kept 1,000 of 3,412 values of service; left out hold 4% of the logs" */
export function boundText(
  { kept, of, left_out_logs: leftOut, logs }: EntityBound,
  settings: EntitySettings,
): string {
  const noun = entityFieldsOf(settings).map(entityNoun).join(' and ');
  const share = logs === 0 ? 0 : (100 * leftOut) / logs;
  const percent = share > 0 && share < 1 ? 'less than 1' : String(Math.round(share));
  return `Kept ${kept.toLocaleString('en')} of ${of.toLocaleString('en')} values of ${noun}; left out hold ${percent}% of the logs`;
}

import { z } from 'zod';
import { entityFieldsOf, type Detector } from '../detector';
import { parseWith } from '../validation';
import { textOfJson } from '../json_values';
import { getField } from '../log_features';
import type { LogDocument } from '../log_document';
import { spanOf } from './bucket_row';

/** Ground truth as `generate-logs --incidents` writes it, as far as it is needed. */
const incidentsSchema = z.array(
  z.looseObject({
    id: z.string(),
    kind: z.string(),
    service: z.string(),
    from: z.number(),
    to: z.number(),
    logs: z.number(),
  }),
);

/** A silence makes a bucket anomalous when it covers at least this share of it. */
const SILENT_SHARE = 0.5;

/**
 * Labels the buckets of silences, which have no log that could carry a label. Others keep the label of their logs.
 *
 * @param incidents untrusted: incidents with the entity as `service`, epoch milliseconds from `from` to `to`
 * @throws DetectionError `invalid_input` for anything else
 */
export function labelSilences(
  documents: readonly LogDocument[],
  detector: Detector,
  incidents: unknown,
): LogDocument[] {
  const silences = parseWith(incidentsSchema, incidents, 'The list of incidents').filter(
    ({ logs }) => logs === 0,
  );
  const span = spanOf(detector);
  return documents.map((document) => {
    const start = Date.parse(textOfJson(getField(document, detector.source.timestamp_field)));
    // A service that is silent is so on all of its hosts.
    const entity = entityFieldsOf(detector).map((field) => getField(document, field));
    const silence = silences.find(
      ({ service, from, to }) =>
        entity.includes(service) && Math.min(to, start + span) - Math.max(from, start) >= SILENT_SHARE * span,
    );
    return silence === undefined
      ? document
      : { ...document, labels: { anomaly: 'true', kind: silence.kind, incident: silence.id } };
  });
}

import { durationToMilliseconds, entityFieldsOf, type Detector } from '../../../common/detector';
import { DetectionError } from '../../../common/detection_error';
import { compileField } from '../../../common/log_features/fields/field_access';
import { printable } from '../../../common/printable';
import { rangeOf } from '../../detection/ports/log_range';
import { createLogSource } from '../../elasticsearch';
import { fieldTypes } from '../../elasticsearch/transport/log_query';
import type { RequestScope, Services } from '../contracts/services';

/** Logs that are looked at where no mapping knows the field: one that is not mapped may be in a log all the same. */
const LOOKED_AT_LOGS = 200;
const LONGEST_NAME = 200;

/**
 * Looks for the field that results are grouped by, with the caller's rights.
 *
 * @returns the problem, or undefined; nothing is said against a field of indices that do not exist or hold no log yet
 */
export async function groupFieldProblem(
  services: Pick<Services, 'clock'>,
  scope: Pick<RequestScope, 'elasticsearch'>,
  detector: Detector,
): Promise<string | undefined> {
  for (const field of entityFieldsOf(detector)) {
    const problem = await problemWith(field, services, scope, detector);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

async function problemWith(
  field: string,
  { clock }: Pick<Services, 'clock'>,
  { elasticsearch }: Pick<RequestScope, 'elasticsearch'>,
  { entity_field: single, source, training }: Detector,
): Promise<string | undefined> {
  const time = source.timestamp_field;
  const { indices, types } = await fieldTypes(elasticsearch, source.index, [field, time], {
    ignoreUnavailable: true,
  });
  // Without a field of time there is no log to look at yet.
  if (indices.length === 0 || types[field] !== undefined || types[time] === undefined) return undefined;
  const to = clock.now();
  const range = rangeOf(source, to - durationToMilliseconds(training.window), to);
  const { logs } = await createLogSource(elasticsearch).sample(range, {
    size: LOOKED_AT_LOGS,
    seed: 1,
    fields: [field],
    identified: true,
  });
  const read = compileField(field);
  if (logs.length === 0 || logs.some(({ document }) => read(document) !== undefined)) return undefined;
  const setting = single === undefined ? 'entity_fields' : 'entity_field';
  const [index, name] = [source.index, field].map((each) => printable(each, LONGEST_NAME));
  return `${setting}: no log of "${index}" has the field "${name}"; allowed: a field that logs have, or none`;
}

/** @throws DetectionError `invalid_input` where no log has the field that results are to be grouped by */
export async function checkGroupField(
  services: Services,
  scope: RequestScope,
  detector: Detector,
): Promise<void> {
  const problem = await groupFieldProblem(services, scope, detector);
  if (problem !== undefined) {
    throw new DetectionError('invalid_input', `The detector is not valid: ${problem}`, {
      details: { issues: [problem] },
    });
  }
}

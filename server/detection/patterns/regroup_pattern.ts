import { DetectionError } from '../../../common/detection_error';
import { PATTERN_LIMITS } from '../../../common/patterns';
import { printable } from '../../../common/printable';
import type { AuditTrail, Clock } from '../ports';
import type { PatternStore } from '../ports/patterns';
import { endOfJoins, formsWith } from './follow_people';

const REASON_CHARACTERS = 500;

export interface RegroupStores {
  readonly patterns: Pick<PatternStore, 'find' | 'joining' | 'join' | 'separate'>;
  readonly audit: Pick<AuditTrail, 'append'>;
  readonly clock: Pick<Clock, 'now'>;
}

interface Pattern {
  readonly detectorId: string;
  readonly patternId: string;
}

/** Person and words that go on record. */
interface Signature {
  readonly by?: string;
  readonly because?: string;
}

/**
 * Merges a pattern into another one of its detector and puts it on record. The run that closes the next bucket makes its past
 * a part of the other, and counts its messages there.
 *
 * @throws DetectionError `not_found`; `invalid_input` for the pattern itself, where too many are merged already, or where one of
 *   the two is to be taken apart
 */
export async function mergePatternInto(
  { patterns, ...stores }: RegroupStores,
  { detectorId, patternId }: Pattern,
  into: string,
  signature: Signature,
): Promise<void> {
  if (into === patternId) {
    throw new DetectionError(
      'invalid_input',
      `merge_into is "${into}", the pattern itself; allowed: another one.`,
    );
  }
  const [pattern, target] = await Promise.all([found(patterns, patternId), found(patterns, into)]);
  for (const { text, isToBeTakenApart } of [pattern, target]) {
    if (isToBeTakenApart !== true) continue;
    throw new DetectionError(
      'invalid_input',
      `Pattern "${text}" is to be taken apart, which is done once the bucket is over; it can be merged after that.`,
    );
  }
  const joining = await patterns.joining();
  const waiting = joining.filter((each) => [patternId, into].includes(endOfJoins(joining, each.into)));
  const forms = waiting.reduce(
    (sum, each) => sum + formsWith(each.pattern),
    target.forms.length + formsWith(pattern),
  );
  if (forms > PATTERN_LIMITS.forms) {
    throw new DetectionError(
      'invalid_input',
      `The pattern would be made of ${forms} others; at most ${PATTERN_LIMITS.forms} can be merged into one.`,
    );
  }
  await patterns.join(patternId, into);
  await putOnRecord(stores, { detectorId, patternId }, signature, {
    from: patternId,
    to: into,
    sentence: `Pattern "${pattern.text}" is merged into "${target.text}"`,
  });
}

/**
 * Makes patterns of their own of all that people have merged into one, and puts it on record. Each is learned anew.
 *
 * @throws DetectionError `not_found`; `invalid_input` where nothing was merged into it
 */
export async function takePatternApart(
  { patterns, ...stores }: RegroupStores,
  pattern: Pattern,
  signature: Signature,
): Promise<void> {
  const { text, forms } = await found(patterns, pattern.patternId);
  if (forms.length === 0) {
    throw new DetectionError(
      'invalid_input',
      `Nothing was merged into pattern "${pattern.patternId}", or the bucket in which it was is not over yet.`,
    );
  }
  await patterns.separate(pattern.patternId);
  await putOnRecord(stores, pattern, signature, {
    from: 'merged',
    to: 'apart',
    sentence: `What was merged into pattern "${text}" is taken apart`,
  });
}

async function found(patterns: RegroupStores['patterns'], id: string) {
  const pattern = await patterns.find(id);
  if (pattern !== undefined) return pattern;
  throw new DetectionError(
    'not_found',
    `There is no pattern "${id}" of this detector; it may have become a part of another one.`,
  );
}

function putOnRecord(
  { audit, clock }: Pick<RegroupStores, 'audit' | 'clock'>,
  { detectorId, patternId }: Pattern,
  { by, because }: Signature,
  { from, to, sentence }: { readonly from: string; readonly to: string; readonly sentence: string },
): Promise<void> {
  const words = because === undefined ? '' : `: ${printable(because, REASON_CHARACTERS)}`;
  return audit.append([
    {
      detectorId,
      at: new Date(clock.now()).toISOString(),
      ...(by !== undefined && { by }),
      action: 'pattern_changed',
      ...{ from, to },
      reason: `${sentence}${words === '' ? '.' : words}`,
      details: { pattern: patternId },
    },
  ]);
}

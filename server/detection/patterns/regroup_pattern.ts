import type { AuditEntry } from '../../../common/audit';
import { DetectionError } from '../../../common/detection_error';
import { sentenceError } from '../../../common/sentences/failure_sentences';
import { PATTERN_LIMITS } from '../../../common/patterns';
import { printable } from '../../../common/printable';
import { onRecord } from '../audit/on_record';
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
 * Puts on record that a pattern is merged into another one of its detector, and merges it. The run that closes the next bucket makes its past
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
  const change = {
    from: patternId,
    to: into,
    sentence: `Pattern "${pattern.text}" is merged into "${target.text}"`,
  };
  await onRecord(stores.audit, [entryOf(stores.clock, { detectorId, patternId }, signature, change)], () =>
    patterns.join(patternId, into),
  );
}

/**
 * Puts on record that all that people have merged into a pattern is taken apart, and makes patterns of their own of it. Each is learned
 * anew.
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
  const change = {
    from: 'merged',
    to: 'apart',
    sentence: `What was merged into pattern "${text}" is taken apart`,
  };
  await onRecord(stores.audit, [entryOf(stores.clock, pattern, signature, change)], () =>
    patterns.separate(pattern.patternId),
  );
}

async function found(patterns: RegroupStores['patterns'], id: string) {
  const pattern = await patterns.find(id);
  if (pattern !== undefined) return pattern;
  throw sentenceError('not_found', 'pattern_missing', { id });
}

function entryOf(
  clock: RegroupStores['clock'],
  { detectorId, patternId }: Pattern,
  { by, because }: Signature,
  { from, to, sentence }: { readonly from: string; readonly to: string; readonly sentence: string },
): AuditEntry {
  const words = because === undefined ? '' : `: ${printable(because, REASON_CHARACTERS)}`;
  return {
    detectorId,
    at: new Date(clock.now()).toISOString(),
    ...(by !== undefined && { by }),
    action: 'pattern_changed',
    ...{ from, to },
    reason: `${sentence}${words === '' ? '.' : words}`,
    details: { pattern: patternId },
  };
}

import { sentenceError } from '../../../common/sentences/failure_sentences';
import { printable } from '../../../common/printable';
import { onRecord } from '../audit/on_record';
import type { AuditTrail, Clock } from '../ports';
import type { PatternStore } from '../ports/patterns';

const REASON_CHARACTERS = 500;

/**
 * Puts on record that nobody wants to hear of a pattern, or that somebody does again, and says so. It is counted all the
 * same. What is so already is no change. Of what fails a second entry says so.
 *
 * @throws DetectionError `not_found`
 */
export async function ignorePattern(
  stores: {
    readonly patterns: Pick<PatternStore, 'find' | 'ignore'>;
    readonly audit: Pick<AuditTrail, 'append'>;
    readonly clock: Pick<Clock, 'now'>;
  },
  { detectorId, patternId }: { readonly detectorId: string; readonly patternId: string },
  { ignored, because }: { readonly ignored: boolean; readonly because?: string },
  author: { readonly by?: string },
): Promise<void> {
  const found = await stores.patterns.find(patternId);
  if (found === undefined) {
    throw sentenceError('not_found', 'pattern_missing', { id: patternId });
  }
  if ((found.ignored !== undefined) === ignored) return;
  const at = new Date(stores.clock.now()).toISOString();
  const reason = because === undefined ? undefined : printable(because, REASON_CHARACTERS);
  const entry = {
    detectorId,
    at,
    ...author,
    action: 'pattern_changed' as const,
    from: ignored ? 'told' : 'ignored',
    to: ignored ? 'ignored' : 'told',
    reason: `Pattern "${found.text}" is ${ignored ? 'ignored' : 'told of again'}${reason === undefined ? '.' : `: ${reason}`}`,
    details: { pattern: patternId },
  };
  await onRecord(stores.audit, [entry], () =>
    stores.patterns.ignore(
      patternId,
      ignored ? { at, ...author, ...(reason !== undefined && { because: reason }) } : undefined,
    ),
  );
}

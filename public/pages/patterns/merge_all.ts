import { i18n } from '@kbn/i18n';
import type { LogPatternBody } from '../../../common/api';

type Pattern = Pick<LogPatternBody, 'id' | 'text'>;
const LONGEST_TEXT = 60;

/**
 * Merges patterns one after another; one that cannot be merged does not keep the others from it.
 *
 * @param merge of one pattern, by its id
 * @throws Error naming those that were merged, and those that were not, each with the reason
 */
export async function mergeAll(
  patterns: readonly Pattern[],
  merge: (id: string) => Promise<unknown>,
): Promise<void> {
  const merged: string[] = [];
  const failed: string[] = [];
  for (const { id, text } of patterns) {
    const name = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
    try {
      await merge(id);
      merged.push(`“${name}”`);
    } catch (error) {
      failed.push(`“${name}” (${(error as Error).message})`);
    }
  }
  if (failed.length === 0) return;
  const notMerged = i18n.translate('logAnomalies.logPatterns.notMerged', {
    defaultMessage: 'Not merged: {patterns}.',
    values: { patterns: failed.join(', ') },
  });
  if (merged.length === 0) throw new Error(notMerged);
  const done = i18n.translate('logAnomalies.logPatterns.mergedBefore', {
    defaultMessage: 'Merged: {patterns}.',
    values: { patterns: merged.join(', ') },
  });
  throw new Error(`${notMerged} ${done}`);
}

import type { AuditEntry } from '../../../common/audit';
import { DetectionError, type DetectionErrorCode } from '../../../common/detection_error';
import type { AuditTrail } from '../ports';

type Trail = Pick<AuditTrail, 'append'>;

/** Failures after which it is known that nothing was written; what is not found may have been removed by a try whose answer was lost. */
const REFUSALS: readonly DetectionErrorCode[] = [
  'invalid_input',
  'conflict',
  'unauthenticated',
  'forbidden',
  'refused',
];

/** @returns whether it is known of a failure that nothing was written */
export const isRefusal = (error: unknown): boolean =>
  error instanceof DetectionError && REFUSALS.includes(error.code);

/**
 * Puts a change on record, then makes it: whoever may not write to the audit trail changes nothing. Of a change that fails, a second
 * entry says so; the failure is thrown all the same.
 */
export const onRecord = <Made>(
  audit: Trail,
  entries: readonly AuditEntry[],
  make: () => Promise<Made>,
): Promise<Made> =>
  recordedFirst(make, {
    record: () => audit.append(entries),
    takeBack: (error) => takeBackFailed(audit, entries, error),
  });

/** Makes a change once it is on record. @param takeBack says on record that it has failed; that this fails, too, is passed over */
export async function recordedFirst<Made>(
  make: () => Promise<Made>,
  {
    record,
    takeBack,
  }: { readonly record: () => Promise<void>; readonly takeBack: (error: unknown) => Promise<void> },
): Promise<Made> {
  await record();
  try {
    return await make();
  } catch (error) {
    // The failure itself is what the caller has to know.
    await takeBack(error).catch(() => undefined);
    throw error;
  }
}

/** Says of entries that are on record that their change has failed. The failure itself is what the caller has to know. */
export const takeBackFailed = (audit: Trail, entries: readonly AuditEntry[], error: unknown): Promise<void> =>
  takeBack(
    audit,
    entries,
    isRefusal(error)
      ? 'It was refused, and nothing has changed'
      : 'It failed, and what is stored shows what is so',
  ).catch(() => undefined);

/** Says of entries that are on record that their change was not made. @param why sentence without its full stop */
export async function takeBack(audit: Trail, entries: readonly AuditEntry[], why: string): Promise<void> {
  if (entries.length === 0) return;
  await audit.append(
    entries.map(({ from: _from, to: _to, reason, ...entry }) => ({
      ...entry,
      reason: `${why}: ${reason ?? ''}`,
    })),
  );
}

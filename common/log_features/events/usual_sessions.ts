import { z } from 'zod';
import { MOST_EVENT_COLUMNS } from '../../detector/bucket_schema';

/** Kinds of sessions that are remembered, the most frequent ones. */
const MOST_PROFILES = 200;

const count = z.number().int().min(0).max(1e15);
/** Counts of the columns that are not 0, as `[column, logs]`, and the sessions that had them. */
export const profilesSchema = z
  .array(
    z.strictObject({
      counts: z
        .array(z.tuple([z.number().int().min(0).max(MOST_EVENT_COLUMNS), count]))
        .max(MOST_EVENT_COLUMNS + 1),
      sessions: count,
    }),
  )
  .max(MOST_PROFILES);
type Profiles = z.infer<typeof profilesSchema>;

/** Remembers the most frequent count vectors, which unusual sessions are explained by. @param rows distinct, sorted */
export const learnProfiles = (
  rows: readonly { readonly values: readonly number[]; readonly times: number }[],
): Profiles =>
  [...rows]
    .sort((one, other) => other.times - one.times)
    .slice(0, MOST_PROFILES)
    .map(({ values, times }) => ({
      counts: values.flatMap((value, column): [number, number][] => (value === 0 ? [] : [[column, value]])),
      sessions: times,
    }));

/** A session is like a kind that is rarer by this factor only where it lies nearer by 1 on the logarithmic scale of counts. */
const FACTOR_OF_RARITY = Math.log(10);

/**
 * Returns the steps by which a session differs from the usual kind that it is most like, the largest difference first.
 *
 * @param columns templates with a column; what is counted together beyond them is left out
 */
export function nearestProfile(
  profiles: Profiles,
  vector: Float64Array,
  columns: number,
): { readonly column: number; readonly usual: number }[] {
  let nearest: { distance: number; usual: Float64Array } | undefined;
  const [first] = profiles;
  for (const { counts, sessions } of profiles) {
    const usual = new Float64Array(vector.length);
    for (const [column, logs] of counts) if (column < usual.length) usual[column] = logs;
    let distance = Math.log(first.sessions / Math.max(1, sessions)) / FACTOR_OF_RARITY / 2;
    usual.forEach((logs, column) => (distance += Math.abs(Math.log1p(logs) - Math.log1p(vector[column]))));
    if (nearest === undefined || distance < nearest.distance) nearest = { distance, usual };
  }
  if (nearest === undefined) return [];
  const { usual } = nearest;
  const sizeOf = (column: number): number => Math.abs(Math.log1p(vector[column]) - Math.log1p(usual[column]));
  return Array.from({ length: columns }, (_none, column) => column)
    .filter((column) => sizeOf(column) > 0)
    .sort((one, other) => sizeOf(other) - sizeOf(one) || one - other)
    .map((column) => ({ column, usual: usual[column] }));
}

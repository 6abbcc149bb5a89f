import type { Attribution } from '../../../common/anomaly';
import { namedIn } from '../../../common/explanations';
import { ApiFailure } from '../app/api_client';

/** A result as far as its number and detector tell. */
interface Numeric {
  readonly result: {
    readonly detector: { readonly id: string };
    readonly anomaly: { readonly attribution: readonly Attribution[] };
  };
}

/** Failures of one detector, its index or its field; another detector may have none of them. */
const OF_ONE_DETECTOR: ReadonlySet<string | undefined> = new Set(['not_found', 'refused', 'forbidden']);

/** Returns true where the field holds numbers, which can be drawn over time; those within a text cannot. */
const isOfNumbers = ({ comparison }: Attribution): boolean =>
  comparison?.kind === 'number' && comparison.in_text !== true;

/**
 * Returns the name of the feature with a number: the wanted one, or the one with the largest share.
 *
 * @param wanted empty or left out: any
 */
export function numericFeatureOf(attribution: readonly Attribution[], wanted?: string): string | undefined {
  const [largest] = attribution
    .filter((each) => isOfNumbers(each) && (!wanted || each.feature === wanted))
    .sort((one, other) => other.share - one.share);
  return largest?.feature;
}

/**
 * Returns the first number among the reasons of results, and its feature: of the first result whose reason names one. A number that
 * no reason names would raise the question what it has to do with them.
 *
 * @param reasons the most severe first
 */
export function firstNumberOf<Reason extends { readonly attribution: readonly Attribution[] }>(
  reasons: readonly Reason[],
): { reason: Reason; feature: string } | undefined {
  for (const reason of reasons) {
    const number = namedIn(reason.attribution).find(isOfNumbers);
    if (number !== undefined) return { reason, feature: number.feature };
  }
  return undefined;
}

/**
 * Reads the values of the first result with the wanted number, or one among its reasons, whose values can be read: of each detector one
 * result is tried.
 *
 * @param searches in their order; a later one is asked where the results of those before lead to no values
 * @param given `wanted`: the feature; empty: any that a reason names
 * @returns null where no result has a number
 * @throws ApiFailure the first one, where results have a number and the values of none can be read; any other failure at once
 */
export async function firstWithValues<Found extends Numeric, Values>(
  searches: readonly (() => Promise<readonly Found[]>)[],
  {
    wanted,
    read,
  }: { readonly wanted: string; readonly read: (found: Found, feature: string) => Promise<Values> },
): Promise<{ found: Found; values: Values } | null> {
  const tried = new Set<string>();
  let first: ApiFailure | undefined;
  for (const search of searches) {
    for (const found of await search()) {
      const { anomaly, detector } = found.result;
      const feature = wanted
        ? numericFeatureOf(anomaly.attribution, wanted)
        : firstNumberOf([anomaly])?.feature;
      if (feature === undefined || tried.has(detector.id)) continue;
      tried.add(detector.id);
      try {
        return { found, values: await read(found, feature) };
      } catch (error) {
        if (!(error instanceof ApiFailure) || !OF_ONE_DETECTOR.has(error.code)) throw error;
        first ??= error;
      }
    }
  }
  if (first !== undefined) throw first;
  return null;
}

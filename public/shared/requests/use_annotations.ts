import type { Annotation } from '../../../common/annotations';
import type { ApiClient } from '../app/api_client';
import { useApp } from '../app/app_context';
import { shownAnnotation } from '../values/annotation_text';
import type { Interval } from '../values/time_range';
import { useRequest } from './use_request';

/** Marks in one chart; more cannot be told apart. The newest are drawn. */
const MOST_MARKS = 100;
/** Names that the API takes. */
const MOST_NAMES = 100;

/**
 * Returns the annotations of a time, newest first. None while they are loaded, and none where they cannot be read: a chart is
 * shown without them.
 *
 * @param range undefined: none yet
 * @param names only those that concern one of these: an entity, or parts of it; none: all
 */
export function useAnnotations(
  range: Interval | undefined,
  names: readonly string[] = [],
): readonly Annotation[] {
  const { api } = useApp();
  const { value } = useRequest(
    async (signal) => (range === undefined ? [] : readAnnotations(api, { range, names }, signal)),
    [api, range?.from, range?.to, JSON.stringify(names)],
  );
  return value ?? [];
}

/** Reads the annotations that {@link useAnnotations} returns. */
export async function readAnnotations(
  api: ApiClient,
  { range, names }: { readonly range: Interval; readonly names: readonly string[] },
  signal: AbortSignal,
): Promise<readonly Annotation[]> {
  const entity = names.length === 0 ? undefined : [...new Set(names)].slice(0, MOST_NAMES);
  const query = { from: range.from, to: range.to, entity, size: MOST_MARKS };
  return (await api('listAnnotations', { query }, signal)).annotations.map(shownAnnotation);
}

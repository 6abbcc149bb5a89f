import type { Annotation } from '../../../common/annotations';
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
  const entity = names.length === 0 ? undefined : [...new Set(names)].slice(0, MOST_NAMES);
  const { value } = useRequest(
    async (signal) =>
      range === undefined
        ? []
        : (
            await api('listAnnotations', { query: { ...range, entity, size: MOST_MARKS } }, signal)
          ).annotations.map(shownAnnotation),
    [api, range?.from, range?.to, JSON.stringify(entity)],
  );
  return value ?? [];
}

import type { Annotation } from '../../../common/annotations';
import { useApp } from '../app/app_context';
import type { Interval } from '../values/time_range';
import { useRequest } from './use_request';

/** Marks in one chart; more cannot be told apart. The newest are drawn. */
const MOST_MARKS = 100;

/**
 * Returns the annotations of a time, newest first. None while they are loaded, and none where they cannot be read: a chart is
 * shown without them.
 *
 * @param range undefined: none yet
 * @param entity only those that concern it; undefined: all
 */
export function useAnnotations(range: Interval | undefined, entity?: string): readonly Annotation[] {
  const { api } = useApp();
  const { value } = useRequest(
    async (signal) =>
      range === undefined
        ? []
        : (await api('listAnnotations', { query: { ...range, entity, size: MOST_MARKS } }, signal))
            .annotations,
    [api, range?.from, range?.to, entity],
  );
  return value ?? [];
}

import { z } from 'zod';
import type { FeatureDefinition } from '../../detector';
import { categoryStateSchema, decodeCategory, learnCategory } from './category_encoding';
import type { ColumnEncoding } from '../columns/column_encoding';
import { compileField, type FieldReader } from '../fields/field_access';
import { DirtCounter, textOf } from '../columns/field_value';
import type { TimeParts } from '../columns/novelty';
import type { ParentsOfField } from '../fields/route_parameters';
import { MAX_ROUTE, readableRoute, routeReader } from '../fields/routes';

/** Code units of a text that is read, and of the method before it. */
const MAX_TEXT = 2_048;
const MAX_METHOD = 16;

export const routeStateSchema = z.strictObject({
  kind: z.literal('route'),
  /** Routes with their counts, as a category. */
  routes: categoryStateSchema,
});
export type RouteState = z.infer<typeof routeStateSchema>;

/** Reads a text as a route with the names of its query parameters, behind the method where the feature names one. */
export function routeFeatureReader(
  { field, method }: FeatureDefinition,
  parentsOf?: ParentsOfField,
): FieldReader {
  const read = compileField(field);
  const readMethod = method === undefined ? undefined : compileField(method);
  const routeOf = routeReader(true, parentsOf?.(field));
  const unread = new DirtCounter();
  return (document) => {
    const text = textOf(read(document), MAX_TEXT, unread);
    if (text === undefined) return undefined;
    const route = routeOf(text);
    const before = readMethod && textOf(readMethod(document), MAX_METHOD, unread);
    return before === undefined ? route : `${before} ${route}`.slice(0, MAX_ROUTE);
  };
}

export function learnRoute(
  definition: FeatureDefinition,
  routes: readonly unknown[],
  inTime?: TimeParts,
): ColumnEncoding {
  const counted = learnCategory({ ...definition, type: 'category', encoding: 'rarity' }, routes, inTime);
  return decodeRoute({ kind: 'route', routes: counted.toJSON() as RouteState['routes'] });
}

/** Encodes the rarity of a route: a category by rarity whose values are routes. */
export function decodeRoute(state: RouteState): ColumnEncoding {
  const category = decodeCategory(state.routes);
  return {
    ...category,
    actual: (route) => {
      const actual = category.actual(route);
      return actual === undefined ? undefined : readableRoute(actual);
    },
    compare(route) {
      const { value, usual, ...compared } = category.compare(route);
      return {
        ...compared,
        ...(typeof value === 'string' && { value: readableRoute(value) }),
        ...(usual !== undefined && { usual: readableRoute(usual) }),
      };
    },
    typical: readableRoute(category.typical),
    toJSON: () => state,
  };
}

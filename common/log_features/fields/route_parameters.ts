import { z } from 'zod';
import type { FeatureDefinition } from '../../detector';
import type { LogDocument } from '../../log_document';
import { DirtCounter, textOf } from '../columns/field_value';
import { compileField } from './field_access';
import { segmentsOf, MASK, MAX_ROUTE, parameterOf } from './routes';

/** Segments under one parent of which more differ than this may be names of things, such as products or articles. */
const FEWEST_NAMES = 20;
/** So many of them have to be there once only: by Good and Turing new ones will come. */
const FEWEST_SINGLE_NAMES = 5;
/** Parents of a field that are remembered, those with the most logs first. */
const MAX_PARENTS = 100;
/** Code units of a text that is read. */
const MAX_TEXT = 2_048;

/** For each field that holds routes: the beginnings of routes whose next segment is a parameter. */
export const routeParametersSchema = z
  .array(
    z.strictObject({
      field: z.string().min(1).max(512),
      parents: z.array(z.string().min(1).max(MAX_ROUTE)).min(1).max(MAX_PARENTS),
    }),
  )
  .max(256);
export type RouteParameters = z.infer<typeof routeParametersSchema>;

/** Beginnings of routes, as `/products`, whose next segment is a parameter. */
export type Parents = ReadonlySet<string>;
export type ParentsOfField = (field: string) => Parents | undefined;

export function parentsOfField(parameters: RouteParameters): ParentsOfField {
  const sets = new Map(parameters.map(({ field, parents }) => [field, new Set(parents)]));
  return (field) => sets.get(field);
}

/** Fields that a feature reads routes from. */
function routeFieldsOf({ type, field, by, fields }: FeatureDefinition): string[] {
  const parts = [by ?? [], fields ?? []].flat().flat();
  return [
    ...(type === 'route' ? [field] : []),
    ...parts.flatMap((part) => (typeof part !== 'string' && 'route' in part ? [part.route] : [])),
  ];
}

/** Routes that begin alike, by their next segment. */
interface Branch {
  /** Logs. */
  count: number;
  readonly next: Map<string, Branch>;
}
const newBranch = (): Branch => ({ count: 0, next: new Map() });

function addTo(branch: Branch, other: Branch): void {
  branch.count += other.count;
  for (const [segment, below] of other.next) {
    let own = branch.next.get(segment);
    if (own === undefined) branch.next.set(segment, (own = newBranch()));
    addTo(own, below);
  }
}

function isParameter({ next }: Branch): boolean {
  let names = 0;
  let single = 0;
  for (const [segment, { count }] of next) {
    if (segment.startsWith(MASK)) continue;
    names++;
    if (count === 1) single++;
  }
  return names >= FEWEST_NAMES && single >= FEWEST_SINGLE_NAMES;
}

/**
 * Learns which segments of paths are parameters though nothing in them looks like an id: names of products, articles or people.
 * Under one parent there are many, and of some there is only one log, so that others are still to come; of the
 * paths at the root it is never assumed, where each is a route of its own.
 *
 * @param texts paths or URLs of training logs, one a log
 * @returns beginnings of routes whose next segment is a parameter, the most frequent first
 */
export function learnParents(texts: Iterable<string>): string[] {
  const root = newBranch();
  for (const text of texts) {
    let branch = root;
    for (const segment of segmentsOf(text)) {
      let next = branch.next.get(segment);
      if (next === undefined) branch.next.set(segment, (next = newBranch()));
      next.count++;
      branch = next;
    }
  }
  const found: { route: string; count: number }[] = [];
  const open = [...root.next].map(([segment, branch]) => ({ route: `/${segment}`, branch }));
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { route, branch } = place;
    if (route.length > MAX_ROUTE) continue;
    let { next } = branch;
    if (isParameter(branch)) {
      found.push({ route, count: branch.count });
      const merged = new Map<string, Branch>();
      for (const [segment, below] of next) {
        const name = parameterOf(segment);
        let own = merged.get(name);
        if (own === undefined) merged.set(name, (own = newBranch()));
        addTo(own, below);
      }
      next = merged;
    }
    for (const [segment, below] of next) open.push({ route: `${route}/${segment}`, branch: below });
  }
  return found
    .sort((one, other) => other.count - one.count || (one.route < other.route ? -1 : 1))
    .slice(0, MAX_PARENTS)
    .map(({ route }) => route);
}

/** {@link learnParents} for each field that these features read routes from. */
export function learnRouteParameters(
  definitions: readonly FeatureDefinition[],
  documents: readonly LogDocument[],
): RouteParameters {
  const unread = new DirtCounter();
  return [...new Set(definitions.flatMap(routeFieldsOf))].flatMap((field) => {
    const read = compileField(field);
    const texts = documents.flatMap((document) => textOf(read(document), MAX_TEXT, unread) ?? []);
    const parents = learnParents(texts);
    return parents.length === 0 ? [] : [{ field, parents }];
  });
}

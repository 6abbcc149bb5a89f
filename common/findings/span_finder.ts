import { entityText, longestPart } from '../detector/entity_fields';

/** Verdict on the logs of one entity in one span of time: a bucket, or a session. */
export interface EntitySpan {
  /** One field, or several that the entity is made of. */
  readonly entityField: string | readonly string[];
  readonly entity: string;
  /** Epoch milliseconds, [from, to). */
  readonly from: number;
  readonly to: number;
  readonly confidence: number;
}

/** Field of an event, such as `service.name`, as text; undefined where it has none. */
export type FieldText = (field: string) => string | undefined;

/** Spans of one field and length that begin at whole multiples of it, as buckets do. */
interface Grid {
  readonly field: EntitySpan['entityField'];
  readonly length: number;
  /** Places in the list, by begin and entity. */
  readonly places: Map<string, number>;
}

/** Spans of one field and entity that begin and end at any time, as sessions do. */
interface Line {
  /** Places in the list, by begin. */
  readonly places: number[];
  /** Latest end of each and those before it. */
  readonly latest: number[];
}

/**
 * Finds the span that an event lies in: the same entity, the same time. Of several the longest decides, then the one of
 * highest confidence, then the first.
 *
 * @returns place of the span in the list, or undefined
 */
export function spanFinder(
  spans: readonly EntitySpan[],
): (valueOf: FieldText, time: number, shortest?: number) => number | undefined {
  const grids = gridsOf(spans);
  const lines = linesOf(spans);
  return (valueOf, time, shortest = 0) => {
    let found = findInGrids(grids, valueOf, { time, shortest });
    for (const { field, byEntity } of lines) {
      const entity = entityIn(valueOf, field);
      const line = entity === undefined ? undefined : byEntity.get(entity);
      if (line === undefined) continue;
      for (let at = countUpTo(spans, line, time) - 1; at >= 0 && line.latest[at] > time; at--) {
        const place = line.places[at];
        const { from, to } = spans[place];
        if (to <= time || to - from < shortest) continue;
        if (found === undefined || isBefore(spans, place, found)) found = place;
      }
    }
    return found;
  };
}

const lengthOf = ({ from, to }: EntitySpan): number => to - from;

/** Orders by length, confidence and place. */
function isBefore(spans: readonly EntitySpan[], one: number, other: number): boolean {
  const longer = lengthOf(spans[one]) - lengthOf(spans[other]);
  if (longer !== 0) return longer > 0;
  const surer = spans[one].confidence - spans[other].confidence;
  return surer === 0 ? one < other : surer > 0;
}

const entityIn = (valueOf: FieldText, field: EntitySpan['entityField']): string | undefined =>
  typeof field === 'string' ? valueOf(field) : entityText(field.map(valueOf), longestPart(field.length));

const isOnGrid = (span: EntitySpan): boolean => span.from % lengthOf(span) === 0;

/** Returns the grids, the longest first. */
function gridsOf(spans: readonly EntitySpan[]): Grid[] {
  const grids = new Map<string, Grid>();
  spans.forEach((span, place) => {
    if (!isOnGrid(span)) return;
    const { entityField: field, entity, from, confidence } = span;
    const length = lengthOf(span);
    const name = JSON.stringify([field, length]);
    let grid = grids.get(name);
    if (grid === undefined) grids.set(name, (grid = { field, length, places: new Map() }));
    const key = keyOf(from, entity);
    const other = grid.places.get(key);
    if (other === undefined || spans[other].confidence < confidence) grid.places.set(key, place);
  });
  return [...grids.values()].sort((one, other) => other.length - one.length);
}

function findInGrids(
  longestFirst: readonly Grid[],
  valueOf: FieldText,
  { time, shortest }: { readonly time: number; readonly shortest: number },
): number | undefined {
  for (const { field, length, places } of longestFirst) {
    if (length < shortest) return undefined;
    const entity = entityIn(valueOf, field);
    if (entity === undefined) continue;
    const place = places.get(keyOf(Math.floor(time / length) * length, entity));
    if (place !== undefined) return place;
  }
  return undefined;
}

const keyOf = (from: number, entity: string): string => `${from}|${entity}`;

interface FieldLines {
  readonly field: EntitySpan['entityField'];
  readonly byEntity: Map<string, Line>;
}

function linesOf(spans: readonly EntitySpan[]): FieldLines[] {
  const fields = new Map<string, FieldLines>();
  const places = spans.map((_span, place) => place).filter((place) => !isOnGrid(spans[place]));
  places.sort((one, other) => spans[one].from - spans[other].from);
  for (const place of places) {
    const { entityField: field, entity, to } = spans[place];
    const name = JSON.stringify(field);
    let lines = fields.get(name);
    if (lines === undefined) fields.set(name, (lines = { field, byEntity: new Map() }));
    let line = lines.byEntity.get(entity);
    if (line === undefined) lines.byEntity.set(entity, (line = { places: [], latest: [] }));
    line.latest.push(Math.max(to, line.latest.at(-1) ?? to));
    line.places.push(place);
  }
  return [...fields.values()];
}

/** Returns how many spans of a line begin at a time or before. */
function countUpTo(spans: readonly EntitySpan[], { places }: Line, time: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[places[middle]].from <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

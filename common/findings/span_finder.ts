import { entityText, longestPart } from '../detector/entity_fields';

/** Verdict on the logs of one entity in one span of time, which begins at a whole multiple of its length. */
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

/**
 * Finds the span that an event lies in: the same entity, the same time. Of several the longest decides, then the one of
 * highest confidence, then the first.
 *
 * @returns place of the span in the list, or undefined
 */
export function spanFinder(
  spans: readonly EntitySpan[],
): (valueOf: FieldText, time: number, shortest?: number) => number | undefined {
  const shapes = new Map<
    string,
    { field: EntitySpan['entityField']; length: number; places: Map<string, number> }
  >();
  spans.forEach(({ entityField: field, entity, from, to, confidence }, place) => {
    const length = to - from;
    const name = JSON.stringify([field, length]);
    let shape = shapes.get(name);
    if (shape === undefined) shapes.set(name, (shape = { field, length, places: new Map() }));
    const key = keyOf(from, entity);
    const other = shape.places.get(key);
    if (other === undefined || spans[other].confidence < confidence) shape.places.set(key, place);
  });
  const longestFirst = [...shapes.values()].sort((one, other) => other.length - one.length);
  return (valueOf, time, shortest = 0) => {
    for (const { field, length, places } of longestFirst) {
      if (length < shortest) return undefined;
      const entity =
        typeof field === 'string'
          ? valueOf(field)
          : entityText(field.map(valueOf), longestPart(field.length));
      if (entity === undefined) continue;
      const place = places.get(keyOf(Math.floor(time / length) * length, entity));
      if (place !== undefined) return place;
    }
    return undefined;
  };
}

const keyOf = (from: number, entity: string): string => `${from}|${entity}`;

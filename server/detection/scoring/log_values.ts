import { entityReader, type EntityReader, type EntitySettings } from '../../../common/detector/entity_fields';
import type { LogDocument } from '../../../common/log_document';
import { getField } from '../../../common/log_features';
import { DirtCounter, scalarOf } from '../../../common/log_features/columns/field_value';
import { parseTimestamp } from '../../../common/log_features/time/time_encoding';

const uncounted = new DirtCounter();

/** Of a list the value that a feature of its field would have; see {@link scalarOf}. */
export const scalarIn = (value: unknown): unknown =>
  Array.isArray(value) ? scalarOf(value, uncounted) : value;

/**
 * A log's time: ISO 8601, in UTC where it names no offset, or epoch milliseconds. Sources read times in the format of their field and
 * give them so; nothing else is guessed at, since what a text such as `03/04/2026` means depends on who wrote it.
 *
 * @returns epoch milliseconds, or undefined when the field holds no usable time
 */
export function timestampOf(document: LogDocument, field: string): number | undefined {
  const scalar = scalarIn(getField(document, field));
  const time =
    typeof scalar === 'number'
      ? scalar
      : typeof scalar === 'string'
        ? (parseTimestamp(scalar) ?? (/^-?\d{5,}$/.test(scalar) ? Number(scalar) : undefined))
        : undefined;
  return time !== undefined && Number.isFinite(time) && Math.abs(time) <= 8.64e15 ? time : undefined;
}

/** The clock of a log may be ahead of ours by an offset from UTC and more, but not by this. */
const MOST_AHEAD_MILLISECONDS = 24 * 3_600_000;
const STATED_CHARACTERS = 64;

/** Clock of a run, epoch milliseconds. */
export interface RunTime {
  readonly now: number;
  /** The place that the checkpoint had reached when the run began: the same in a run that is repeated. */
  readonly reached: number;
}

/** A log's time as results use it. */
export interface PlacedTime {
  /** Epoch milliseconds. */
  readonly time: number;
  /** The time that the log states itself, where that cannot be. */
  readonly stated?: string;
}

/** @returns the time, or the place that the run began from for a time more than a day ahead or before 1970 */
export const plausibleTime = (time: number, { now, reached }: RunTime): number =>
  time >= 0 && time <= now + MOST_AHEAD_MILLISECONDS ? time : Math.min(reached, now);

/** Places a log in time by its own clock; one without a usable time, or with an implausible one, lies where the run began. */
export function placedTime(document: LogDocument, field: string, run: RunTime): PlacedTime {
  const own = timestampOf(document, field);
  const time = plausibleTime(own ?? NaN, run);
  const stated = time === own ? undefined : textOf(document, field, STATED_CHARACTERS);
  return { time, ...(stated !== undefined && { stated }) };
}

/** @returns the value of the field as text, cut to `longest` characters; undefined without a field or a scalar in it */
export function textOf(
  document: LogDocument,
  field: string | undefined,
  longest: number,
): string | undefined {
  if (field === undefined) return undefined;
  const scalar = scalarIn(getField(document, field));
  return typeof scalar === 'string' || typeof scalar === 'number' || typeof scalar === 'boolean'
    ? String(scalar).slice(0, longest)
    : undefined;
}

/** Returns the reader of what results of a detector are grouped by: at most 256 characters; undefined for a log without any of its fields. */
export const entityReaderOf = (settings: EntitySettings): EntityReader => entityReader(settings, textOf);

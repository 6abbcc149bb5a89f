import { problemOfTimes, type Annotation } from '../../../common/annotations';
import { ALL_DETECTORS, type AuditAction, type AuditEntry } from '../../../common/audit';
import { DetectionError } from '../../../common/detection_error';
import { printable } from '../../../common/printable';
import { isRefusal, recordedFirst } from '../audit/on_record';
import type { AuditTrail, Clock } from '../ports';
import type { AnnotationStore } from '../ports/annotations';

export interface CalendarStores {
  readonly annotations: Pick<AnnotationStore, 'find' | 'add' | 'remove'>;
  readonly audit: Pick<AuditTrail, 'append'>;
  readonly clock: Pick<Clock, 'now'>;
}

const TITLE_CHARACTERS = 200;
/** Entities that a sentence names; more are counted. */
const NAMED_ENTITIES = 3;

interface Step {
  readonly action: AuditAction;
  readonly by?: string;
  readonly from?: string;
  readonly to?: string;
}

/**
 * Puts an annotation on record and writes it, unless one with its id is there. One that is there without an end is given the end.
 * Whoever may not write to the audit trail notes nothing. What is so already is no change, and not on record. Of a change that is
 * refused, or that somebody else made meanwhile, a second entry says so.
 *
 * @returns the annotation that is stored, and the fields in which what was given differs from it
 * @throws DetectionError `invalid_input` for an end that does not fit the start of the one that is there, `conflict` where a
 *   document with its id is no annotation
 */
export async function noteAnnotation(
  stores: CalendarStores,
  annotation: Annotation,
): ReturnType<AnnotationStore['add']> {
  const { by, ends_at: end } = annotation;
  const add = () => stores.annotations.add(annotation);
  const found = await stores.annotations.find(annotation.id);
  if (found === undefined) {
    const step = { action: 'annotation_added', by } as const;
    const added = await onRecord(stores, step, annotation, add);
    // A try whose answer was lost has written it: then it is this one that is there.
    const isOwn = added.created || added.annotation.recorded_at === annotation.recorded_at;
    if (!isOwn) await recordUnchanged(stores, step, annotation, THERE_ALREADY);
    return added;
  }
  if (found.annotation === undefined || found.annotation.ends_at !== undefined || end === undefined) {
    return add();
  }
  const problem = problemOfTimes(found.annotation.at, end);
  if (problem !== undefined) {
    throw new DetectionError('invalid_input', `The annotation is not valid: ${problem}.`);
  }
  const step = { action: 'annotation_changed', by, from: 'no end', to: end } as const;
  return onRecord(stores, step, { ...found.annotation, ends_at: end }, add);
}

/**
 * Puts on record that an annotation is taken off the calendar, with all that it said, and removes it.
 *
 * @throws DetectionError `not_found`
 */
export async function removeAnnotation(
  stores: CalendarStores,
  id: string,
  { by }: { readonly by?: string },
): Promise<void> {
  const found = await stores.annotations.find(id);
  const remove = () => stores.annotations.remove(id);
  if (found === undefined) return remove();
  await onRecord(stores, { action: 'annotation_removed', by }, found.annotation ?? id, remove);
}

const THERE_ALREADY = 'Another with its id was noted meanwhile, and stays as it is.';
const REFUSED = 'It was refused, and nothing has changed.';
const UNKNOWN = 'It failed, and the calendar shows what is so.';

/** Puts a step on record, then takes it. Of one that fails, a second entry says so; the failure is thrown all the same. */
const onRecord = <Done>(
  stores: CalendarStores,
  step: Step,
  what: Annotation | string,
  take: () => Promise<Done>,
): Promise<Done> =>
  recordedFirst(take, {
    record: () => record(stores, step, what),
    takeBack: (error) => recordUnchanged(stores, step, what, isRefusal(error) ? REFUSED : UNKNOWN),
  });

const SAID: Partial<Record<AuditAction, string>> = {
  annotation_added: 'noted',
  annotation_changed: 'given an end',
  annotation_removed: 'removed',
};

/** @param what the annotation, or the id of a document that is none */
function record(stores: CalendarStores, step: Step, what: Annotation | string): Promise<void> {
  const { by, ...rest } = step;
  return append(stores, by, { ...rest, reason: `${nameOf(what)} is ${SAID[step.action]}.` }, what);
}

/** Takes back what {@link record} said. @param why sentence */
function recordUnchanged(
  stores: CalendarStores,
  { action, by }: Step,
  what: Annotation | string,
  why: string,
): Promise<void> {
  const reason = `${nameOf(what)} is not ${SAID[action]}. ${why}`;
  return append(stores, by, { action, reason }, what);
}

const append = (
  { audit, clock }: CalendarStores,
  by: string | undefined,
  entry: Pick<AuditEntry, 'action' | 'from' | 'to' | 'reason'>,
  what: Annotation | string,
): Promise<void> =>
  audit.append([
    {
      detectorId: ALL_DETECTORS,
      at: new Date(clock.now()).toISOString(),
      ...(by !== undefined && { by }),
      ...entry,
      details: { annotation: what },
    },
  ]);

/** @example nameOf(annotation) // Maintenance “Move” of cart, 2026-11-01T10:00:00.000Z to 2026-11-01T12:00:00.000Z, */
function nameOf(what: Annotation | string): string {
  return typeof what === 'string'
    ? `The document "${printable(what, TITLE_CHARACTERS)}"`
    : annotationName(what);
}

function annotationName({ kind, title, version, entities, at, ends_at: end }: Annotation): string {
  const shown = entities.slice(0, NAMED_ENTITIES).map((entity) => printable(entity, TITLE_CHARACTERS));
  const more = entities.length - shown.length;
  const of = shown.length === 0 ? 'all entities' : `${shown.join(', ')}${more > 0 ? ` +${more}` : ''}`;
  const what = [kind, ...(version === undefined ? [] : [printable(version, TITLE_CHARACTERS)])].join(' ');
  const time = end === undefined ? at : `${at} to ${end}`;
  return `${what[0].toUpperCase()}${what.slice(1)} “${printable(title, TITLE_CHARACTERS)}” of ${of}, ${time},`;
}

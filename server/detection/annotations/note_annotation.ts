import { problemOfTimes, type Annotation } from '../../../common/annotations';
import { ALL_DETECTORS, type AuditAction } from '../../../common/audit';
import { DetectionError } from '../../../common/detection_error';
import { printable } from '../../../common/printable';
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

/**
 * Puts an annotation on record and writes it, unless one with its id is there. One that is there without an end is given the end.
 * Whoever may not write to the audit trail notes nothing. What is so already is no change, and not on record.
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
  const found = await stores.annotations.find(annotation.id);
  if (found === undefined) {
    await record(stores, { action: 'annotation_added', by }, annotation);
  } else if (found.annotation?.ends_at === undefined && end !== undefined && found.annotation) {
    const problem = problemOfTimes(found.annotation.at, end);
    if (problem !== undefined) {
      throw new DetectionError('invalid_input', `The annotation is not valid: ${problem}.`);
    }
    const ended = { ...found.annotation, ends_at: end };
    await record(stores, { action: 'annotation_changed', by, from: 'no end', to: end }, ended);
  }
  return stores.annotations.add(annotation);
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
  if (found !== undefined) await record(stores, { action: 'annotation_removed', by }, found.annotation ?? id);
  await stores.annotations.remove(id);
}

const SAID: Partial<Record<AuditAction, string>> = {
  annotation_added: 'noted',
  annotation_changed: 'given an end',
  annotation_removed: 'removed',
};

/** @param what the annotation, or the id of a document that is none */
async function record(
  { audit, clock }: CalendarStores,
  step: { readonly action: AuditAction; readonly by?: string; readonly from?: string; readonly to?: string },
  what: Annotation | string,
): Promise<void> {
  const name =
    typeof what === 'string' ? `The document "${printable(what, TITLE_CHARACTERS)}"` : nameOf(what);
  const { by, ...rest } = step;
  await audit.append([
    {
      detectorId: ALL_DETECTORS,
      at: new Date(clock.now()).toISOString(),
      ...(by !== undefined && { by }),
      ...rest,
      reason: `${name} is ${SAID[step.action]}.`,
      details: { annotation: what },
    },
  ]);
}

/** @example nameOf(annotation) // Maintenance “Move” of cart, 2026-11-01T10:00:00.000Z to 2026-11-01T12:00:00.000Z, */
function nameOf({ kind, title, version, entities, at, ends_at: end }: Annotation): string {
  const shown = entities.slice(0, NAMED_ENTITIES).map((entity) => printable(entity, TITLE_CHARACTERS));
  const more = entities.length - shown.length;
  const of = shown.length === 0 ? 'all entities' : `${shown.join(', ')}${more > 0 ? ` +${more}` : ''}`;
  const what = [kind, ...(version === undefined ? [] : [printable(version, TITLE_CHARACTERS)])].join(' ');
  const time = end === undefined ? at : `${at} to ${end}`;
  return `${what[0].toUpperCase()}${what.slice(1)} “${printable(title, TITLE_CHARACTERS)}” of ${of}, ${time},`;
}

import {
  differencesOf,
  IMPORT_LIMITS,
  importedFieldsOf,
  problemOfTimes,
  type Annotation,
  type ImportedRow,
  type ImportOrder,
  type ImportProblem,
  type ImportReport,
} from '../../../common/annotations';
import { DetectionError } from '../../../common/detection_error';
import { DAY } from '../../../common/duration';
import type { AnnotationDocuments, AnnotationStore } from '../ports/annotations';
import { importedAnnotation, lackingText, type Unreadable } from './imported_annotation';
import { noteAnnotation, type CalendarStores } from './note_annotation';

/** Time before now that is read unless told otherwise. */
const LAST_DAYS = 7;

export interface ImportStores extends CalendarStores {
  readonly documents: AnnotationDocuments;
  readonly annotations: CalendarStores['annotations'] & Pick<AnnotationStore, 'findAll'>;
}

export interface ImportOptions {
  /** User who imports. */
  readonly by?: string;
  /** True: says what would be noted, and notes nothing. */
  readonly isDryRun: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Notes what documents of an index say, the oldest first, each under an id of its own: what is there already stays, and is given an
 * end that it lacked. What cannot be noted is counted by its problem, and its first documents are named.
 *
 * @returns all that was read, newest first
 * @throws DetectionError as reading and noting do; `interrupted` by the signal. What was noted until then stays
 */
export async function importAnnotations(
  stores: ImportStores,
  order: ImportOrder,
  { by, isDryRun, signal }: ImportOptions,
): Promise<ImportReport> {
  const now = stores.clock.now();
  const fields = importedFieldsOf(order);
  const { from = now - LAST_DAYS * DAY } = order;
  const { documents, total, withoutTime } = await stores.documents.read({ ...order, from }, fields);
  const ids = [...new Set(documents.map(({ annotationId }) => annotationId))];
  const known = new Map((await stores.annotations.findAll(ids)).map((each) => [each.id, each]));
  const problems = problemList();
  problems.add(
    withoutTime.count,
    withoutTime.examples.map((each) => ({ ...each, field: 'at', message: lackingText('at', fields) })),
  );
  const rows: ImportedRow[] = [];
  const settings = { kind: order.kind ?? 'deployment', fields, by, now } as const;
  for (const { index, id, annotationId, document } of [...documents].reverse()) {
    if (signal?.aborted) {
      const done = rows.filter(({ outcome }) => outcome !== 'unchanged').length;
      throw new DetectionError('interrupted', `The import was interrupted; ${done} are noted.`);
    }
    const read = importedAnnotation(document, annotationId, settings);
    const noted = 'problem' in read ? read : await note(stores, read.annotation, known, isDryRun);
    if ('problem' in noted) problems.add(1, [{ index, id, ...noted.problem }]);
    else rows.push(noted.row);
  }
  const count = (wanted: ImportedRow['outcome']): number =>
    rows.filter(({ outcome }) => outcome === wanted).length;
  return {
    found: total,
    left_out: Math.max(0, total - documents.length),
    ...{ noted: count('noted'), ended: count('ended'), unchanged: count('unchanged') },
    failed: problems.list.reduce((sum, each) => sum + each.count, 0),
    rows: rows.reverse(),
    problems: problems.list,
  };
}

/** @param known annotations that are there, by id; one that is noted is added */
async function note(
  stores: ImportStores,
  annotation: Annotation,
  known: Map<string, Annotation>,
  isDryRun: boolean,
): Promise<{ readonly row: ImportedRow } | { readonly problem: Unreadable }> {
  const stored = known.get(annotation.id);
  const end = stored?.ends_at === undefined ? annotation.ends_at : undefined;
  if (stored !== undefined) {
    const problem = problemOfTimes(stored.at, end);
    if (problem !== undefined) return { problem: { field: 'ends_at', message: problem } };
    if (end === undefined) {
      return { row: { annotation, outcome: 'unchanged', differs: differencesOf(annotation, stored) } };
    }
  }
  const outcome = stored === undefined ? 'noted' : 'ended';
  if (isDryRun) {
    const after = stored === undefined ? annotation : { ...stored, ends_at: end };
    known.set(annotation.id, after);
    return { row: { annotation, outcome, differs: differencesOf(annotation, after) } };
  }
  try {
    const added = await noteAnnotation(stores, annotation);
    known.set(annotation.id, added.annotation);
    // Somebody else may have imported it meanwhile.
    const isThere = outcome === 'noted' && !added.created;
    return { row: { annotation, outcome: isThere ? 'unchanged' : outcome, differs: added.differs } };
  } catch (error) {
    if (!(error instanceof DetectionError) || error.code !== 'conflict') throw error;
    return { problem: { field: 'id', message: error.message } };
  }
}

/** Problems by field, with the first documents of each. */
function problemList(): {
  readonly list: ImportProblem[];
  add(
    count: number,
    examples: readonly (ImportProblem['examples'][number] & Pick<ImportProblem, 'field'>)[],
  ): void;
} {
  const list: ImportProblem[] = [];
  return {
    list,
    add(count, [first, ...others]) {
      if (first === undefined) return;
      const known = list.find(({ field }) => field === first.field);
      const problem = known ?? { field: first.field, count: 0, examples: [] };
      if (known === undefined) list.push(problem);
      problem.count += count;
      const more = [first, ...others].map(({ index, id, message }) => ({ index, id, message }));
      problem.examples.push(...more.slice(0, IMPORT_LIMITS.examples - problem.examples.length));
    },
  };
}

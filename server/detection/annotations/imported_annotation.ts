import {
  ANNOTATION_KINDS,
  ANNOTATION_LIMITS,
  annotationDraftSchema,
  annotationWithoutId,
  problemOfTimes,
  type Annotation,
  type AnnotationKind,
  type ImportedFields,
  type ImportProblem,
} from '../../../common/annotations';
import { DetectionError } from '../../../common/detection_error';
import type { LogDocument } from '../../../common/log_document';
import { getField } from '../../../common/log_features';
import { beginningOf } from '../../../common/printable';
import { describeZodIssues } from '../../../common/validation';

/** Stands for all services in `observability-annotations`. */
const ALL_ENTITIES = '*';

export interface ImportSettings {
  /** Of documents whose fields say none. */
  readonly kind: AnnotationKind;
  readonly fields: ImportedFields;
  readonly by?: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Reason that a document is no annotation: the field of the annotation, and a sentence. */
export interface Unreadable {
  readonly field: ImportProblem['field'];
  readonly message: string;
}

/**
 * Reads an annotation out of a document. An end that is the start is none.
 *
 * @param id of the annotation
 */
export function importedAnnotation(
  document: LogDocument,
  id: string,
  { kind, fields, by, now }: ImportSettings,
): { readonly annotation: Annotation } | { readonly problem: Unreadable } {
  const first = (of: keyof ImportedFields): string | undefined => textsOf(document, fields[of])[0];
  const title = first('title');
  const [at, ends_at, version, url] = [first('at'), first('ends_at'), first('version'), first('url')];
  const lacking = at === undefined ? 'at' : title === undefined ? 'title' : undefined;
  if (lacking !== undefined || title === undefined) {
    const field = lacking ?? 'title';
    return { problem: { field, message: lackingText(field, fields) } };
  }
  const said = first('kind')?.toLowerCase();
  const input = {
    kind: ANNOTATION_KINDS.find((each) => each === said) ?? kind,
    title: cut(title),
    at,
    ...(ends_at !== undefined && { ends_at }),
    entities: [...new Set(textsOf(document, fields.entities))].filter((name) => name !== ALL_ENTITIES),
    ...(version !== undefined && { version }),
    ...(url !== undefined && { url }),
  };
  const parsed = annotationDraftSchema.safeParse(input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue.path[0] as ImportProblem['field'];
    return { problem: { field, message: describeZodIssues(parsed.error, input)[0] } };
  }
  const { ends_at: end, ...draft } = parsed.data;
  const length = end === undefined || end === draft.at ? {} : { ends_at: end };
  const problem = problemOfTimes(draft.at ?? '', length.ends_at);
  if (problem !== undefined) return { problem: { field: 'ends_at', message: problem } };
  try {
    return { annotation: { id, ...annotationWithoutId({ ...draft, ...length }, by, now) } };
  } catch (error) {
    if (!(error instanceof DetectionError)) throw error;
    return { problem: { field: 'at', message: error.message } };
  }
}

/** Says of a document without a start or a title where these were looked for. */
export const lackingText = (field: 'at' | 'title', fields: ImportedFields): string =>
  `${fields[field].join(', ')}: must hold a ${field === 'at' ? 'time' : 'text'}`;

/** Values of these fields as texts, without empty ones. */
const textsOf = (document: LogDocument, fields: readonly string[]): string[] =>
  fields
    .flatMap((field) => [getField(document, field)].flat())
    .flatMap((value) =>
      typeof value === 'string' ? [value.trim()] : typeof value === 'number' ? [String(value)] : [],
    )
    .filter((text) => text !== '');

/** A title is one line; a character of two halves is not cut apart. */
const cut = (text: string): string =>
  beginningOf(text.replace(/\s+/g, ' '), ANNOTATION_LIMITS.titleCharacters).trim();

import { i18n } from '@kbn/i18n';
import {
  DEFAULT_IMPORTED_FIELDS,
  importRequestSchema,
  type AnnotationKind,
  type ImportedFields,
} from '../../../common/annotations';
import type { ApiCall, Endpoints } from '../../../common/api';
import { problemText } from '../../shared/values/problem_text';
import { resolveRange, type TimeRange } from '../../shared/values/time_range';

/** Input of the form for an import. */
export interface ImportForm {
  readonly index: string;
  /** Undefined: as each document says. */
  readonly kind: AnnotationKind | undefined;
  readonly range: TimeRange;
  /** Lucene query string. */
  readonly query: string;
  /** Names of fields by the field of the annotation, separated by commas; an empty text stands for the default. */
  readonly fields: Readonly<Partial<Record<keyof ImportedFields, string>>>;
}

export const emptyImport = (range: TimeRange): ImportForm => ({
  index: '',
  kind: undefined,
  range,
  query: '',
  fields: {},
});

type Body = NonNullable<ApiCall<Endpoints['importAnnotations']>['body']>;
type Problems = Readonly<Partial<Record<'index' | 'query' | keyof ImportedFields, string>>>;

/** @returns the fields that are read where the form names none, as it would name them */
export const defaultFieldsText = (of: keyof ImportedFields): string => DEFAULT_IMPORTED_FIELDS[of].join(', ');

/** Returns the request that a form stands for, or what is wrong with its fields. */
export function importBodyOf({ index, kind, range, query, fields }: ImportForm): {
  readonly body?: Body;
  readonly problems: Problems;
} {
  const named = Object.entries(fields)
    .map(([field, text]) => [field, namesOf(text)] as const)
    .filter(([, names]) => names.length > 0);
  const body = {
    index: index.trim(),
    ...(kind !== undefined && { kind }),
    ...resolveRange(range),
    ...(query.trim() !== '' && { query: query.trim() }),
    ...(named.length > 0 && { fields: Object.fromEntries(named) }),
  };
  const parsed = importRequestSchema.safeParse(body);
  if (parsed.success) return { body, problems: {} };
  const problems = parsed.error.issues.map((issue): [string, string] => [
    String(issue.path[0] === 'fields' ? issue.path[1] : issue.path[0]),
    issue.message.includes('hidden or system index') ? hiddenProblem() : problemText(issue, body),
  ]);
  return { problems: Object.fromEntries(problems) };
}

const namesOf = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

const hiddenProblem = (): string =>
  i18n.translate('logAnomalies.calendar.importHidden', {
    defaultMessage: 'Must not be a hidden or system index: its name must not begin with a dot',
  });

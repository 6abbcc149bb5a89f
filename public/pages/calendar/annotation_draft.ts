import { i18n } from '@kbn/i18n';
import {
  annotationDraftSchema,
  ANNOTATION_LIMITS,
  problemOfTimes,
  type Annotation,
  type AnnotationKind,
} from '../../../common/annotations';
import type { ApiCall, Endpoints } from '../../../common/api';
import { DAY, MINUTE } from '../../../common/duration';
import { problemText } from '../../shared/values/problem_text';

/** Input of the form for an annotation; times in epoch milliseconds. */
export interface AnnotationForm {
  /** Of one that is there; undefined: a new one. */
  readonly id?: string;
  readonly kind: AnnotationKind;
  readonly title: string;
  readonly at: number;
  /** Undefined: it has no length. */
  readonly endsAt: number | undefined;
  readonly entities: readonly string[];
  readonly version: string;
  readonly url: string;
}

/** @param now epoch milliseconds */
export const emptyAnnotation = (now: number): AnnotationForm => ({
  kind: 'deployment',
  title: '',
  at: Math.floor(now / MINUTE) * MINUTE,
  endsAt: undefined,
  entities: [],
  version: '',
  url: '',
});

/** Returns the form of an annotation without an end, with the time now as its end where it can be. @param now epoch milliseconds */
export function endingOf(annotation: Annotation, now: number): AnnotationForm {
  const { id, kind, title, at: start, entities, version = '', url = '' } = annotation;
  const at = Date.parse(start);
  const endsAt = Math.min(Math.max(Math.floor(now / MINUTE) * MINUTE, at + MINUTE), at + LONGEST);
  return { id, kind, title, at, endsAt, entities, version, url };
}

const LONGEST = ANNOTATION_LIMITS.days * DAY;

type Body = NonNullable<ApiCall<Endpoints['addAnnotation']>['body']>;
type Field = keyof AnnotationForm;

/** Returns the request that a form stands for, or what is wrong with its fields. */
export function annotationBodyOf(form: AnnotationForm): {
  readonly body?: Body;
  readonly problems: Readonly<Partial<Record<Field, string>>>;
} {
  const at = new Date(form.at).toISOString();
  const endsAt = form.endsAt === undefined ? undefined : new Date(form.endsAt).toISOString();
  const [version, url] = [form.version.trim(), form.url.trim()];
  const body = {
    ...(form.id !== undefined && { id: form.id }),
    kind: form.kind,
    title: form.title.trim(),
    at,
    ...(endsAt !== undefined && { ends_at: endsAt }),
    entities: [...form.entities],
    ...(version !== '' && { version }),
    ...(url !== '' && { url }),
  };
  const parsed = annotationDraftSchema.safeParse(body);
  const found = parsed.success
    ? []
    : parsed.error.issues.map((issue): [string, string] => [
        String(issue.path[0]),
        issue.path[0] === 'url' ? urlProblem() : problemText(issue, body),
      ]);
  const problems: Record<string, string> = Object.fromEntries(found);
  if (problemOfTimes(at, endsAt) !== undefined) problems.endsAt = endProblem();
  return Object.keys(problems).length === 0 ? { body, problems } : { problems };
}

const urlProblem = (): string =>
  i18n.translate('logAnomalies.calendar.urlProblem', {
    defaultMessage: 'Must be an address that begins with http:// or https://',
  });

const endProblem = (): string =>
  i18n.translate('logAnomalies.calendar.endProblem', {
    defaultMessage: 'Must be later than the start, by at most 31 days',
  });

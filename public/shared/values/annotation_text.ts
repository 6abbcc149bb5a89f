import { i18n } from '@kbn/i18n';
import {
  ANNOTATION_LIMITS,
  precedenceOf,
  type Annotation,
  type AnnotationKind,
} from '../../../common/annotations';
import { printable } from '../../../common/printable';
import { formatAbout, formatTime } from './format';

/** Returns the name of a kind, as it begins an entry of a list. */
export function annotationKindName(kind: AnnotationKind): string {
  switch (kind) {
    case 'deployment':
      return i18n.translate('logAnomalies.annotation.deployment', { defaultMessage: 'Deployment' });
    case 'change':
      return i18n.translate('logAnomalies.annotation.change', { defaultMessage: 'Change' });
    case 'incident':
      return i18n.translate('logAnomalies.annotation.incident', { defaultMessage: 'Incident' });
    case 'maintenance':
      return i18n.translate('logAnomalies.annotation.maintenance', { defaultMessage: 'Maintenance' });
  }
}

/** Returns a kind and a name within a sentence: languages with articles put one before it. */
function namedText(kind: AnnotationKind, name: string): string {
  const values = { name };
  switch (kind) {
    case 'deployment':
      return i18n.translate('logAnomalies.annotation.theDeployment', {
        defaultMessage: 'deployment {name}',
        values,
      });
    case 'change':
      return i18n.translate('logAnomalies.annotation.theChange', { defaultMessage: 'change {name}', values });
    case 'incident':
      return i18n.translate('logAnomalies.annotation.theIncident', {
        defaultMessage: 'incident {name}',
        values,
      });
    case 'maintenance':
      return i18n.translate('logAnomalies.annotation.theMaintenance', {
        defaultMessage: 'maintenance {name}',
        values,
      });
  }
}

const ofEntities = (what: string, of: string | undefined): string =>
  of === undefined
    ? what
    : i18n.translate('logAnomalies.annotation.of', {
        defaultMessage: '{what} of {entities}',
        values: { what, entities: of },
      });

const gapText = (gap: number): string =>
  Math.round(gap / 1_000) < 60
    ? i18n.translate('logAnomalies.annotation.seconds', {
        defaultMessage: '{count} s',
        values: { count: Math.round(gap / 1_000) },
      })
    : formatAbout(gap);

/** Returns the sentence that an incident began after an annotation; in English it is that of the server. */
export function precedenceSentence(
  annotation: Annotation,
  incident: { readonly start: string; readonly began_by?: string },
): string {
  const { isDuring, gap, span, name, of } = precedenceOf(annotation, incident);
  const what = ofEntities(namedText(annotation.kind, name), of);
  if (isDuring) {
    return i18n.translate('logAnomalies.annotation.during', {
      defaultMessage: 'Began during {what}.',
      values: { what },
    });
  }
  return gap < 0
    ? i18n.translate('logAnomalies.annotation.sameSpan', {
        defaultMessage: 'Began in the same {span} as {what}.',
        values: { span: gapText(span), what },
      })
    : i18n.translate('logAnomalies.annotation.after', {
        defaultMessage: 'Began {gap} after {what}.',
        values: { gap: gapText(gap), what },
      });
}

/** Returns an annotation as it is shown: whoever may note one can put characters into it that people do not see as what they are. */
export function shownAnnotation(annotation: Annotation): Annotation {
  const { title, version, entities, by } = annotation;
  const { titleCharacters, versionCharacters, entityCharacters } = ANNOTATION_LIMITS;
  return {
    ...annotation,
    title: printable(title, titleCharacters),
    entities: entities.map((entity) => printable(entity, entityCharacters)),
    ...(version !== undefined && { version: printable(version, versionCharacters) }),
    ...(by !== undefined && { by: printable(by, MOST_AUTHOR_CHARACTERS) }),
  };
}

/** Names of users can be longer, and none is in use. */
const MOST_AUTHOR_CHARACTERS = 200;

/** @example annotationTitle(annotation) // Deployment 1.42 of cart */
export const annotationTitle = (annotation: Annotation): string => {
  const { of } = precedenceOf(annotation, { start: annotation.at });
  const { kind, version } = annotation;
  return ofEntities([annotationKindName(kind), ...(version === undefined ? [] : [version])].join(' '), of);
};

/** Returns the time of an annotation, from start to end where it has a length. */
export const annotationTime = ({ at, ends_at: endsAt }: Annotation): string =>
  endsAt === undefined
    ? formatTime(at)
    : i18n.translate('logAnomalies.annotation.fromTo', {
        defaultMessage: '{from} to {to}',
        values: { from: formatTime(at), to: formatTime(endsAt) },
      });

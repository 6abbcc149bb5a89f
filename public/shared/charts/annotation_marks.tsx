import React, { type ReactElement } from 'react';
import { AnnotationDomainType, LineAnnotation, Position, RectAnnotation } from '@elastic/charts';
import { EuiAccordion, EuiIcon, EuiLink, EuiText, useEuiTheme, useGeneratedHtmlId } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Annotation } from '../../../common/annotations';
import { CALENDAR_PATH, writeLocation } from '../app/location';
import { AppLink } from '../app/app_link';
import { annotationTime, annotationTitle } from '../values/annotation_text';
import { formatCount } from '../values/format';

/** Pixels that a chart leaves at its top for the flags of annotations. */
export const FLAG_HEIGHT = 16;

/**
 * Marks of annotations in a chart over time: a line with a flag where each begins, a band where it has a length. A flag that is
 * pointed at says what it is; {@link AnnotationList} says the same in text.
 *
 * @param groupId that of a series of the chart, where its series have one
 */
export function AnnotationMarks(props: {
  annotations: readonly Annotation[];
  groupId?: string;
}): ReactElement | null {
  const { annotations, groupId } = props;
  const { euiTheme } = useEuiTheme();
  const group = groupId === undefined ? {} : { groupId };
  if (annotations.length === 0) return null;
  const long = annotations.filter(({ ends_at: endsAt }) => endsAt !== undefined);
  return (
    <>
      {long.length > 0 && (
        <RectAnnotation
          id="annotation_bands"
          {...group}
          dataValues={long.map((annotation) => ({
            coordinates: { x0: Date.parse(annotation.at), x1: Date.parse(annotation.ends_at as string) },
            details: detailsOf(annotation),
          }))}
          style={{ fill: euiTheme.colors.primary, opacity: 0.1 }}
        />
      )}
      <LineAnnotation
        id="annotation_lines"
        {...group}
        domainType={AnnotationDomainType.XDomain}
        dataValues={annotations.map((annotation) => ({
          dataValue: Date.parse(annotation.at),
          header: annotationTime(annotation),
          details: detailsOf(annotation),
        }))}
        marker={<EuiIcon type="flag" size="s" color={euiTheme.colors.primary} />}
        markerPosition={Position.Top}
        style={{ line: { stroke: euiTheme.colors.primary, strokeWidth: 1, opacity: 1 } }}
      />
    </>
  );
}

const detailsOf = (annotation: Annotation): string => `${annotationTitle(annotation)}: ${annotation.title}`;

/** Annotations in words below a chart, folded away. */
export function AnnotationList({ annotations }: { annotations: readonly Annotation[] }): ReactElement | null {
  const id = useGeneratedHtmlId();
  if (annotations.length === 0) return null;
  // The newest first.
  const time = { from: annotations[annotations.length - 1].at, to: annotations[0].at };
  return (
    <EuiAccordion
      id={id}
      buttonContent={
        <EuiText size="xs">
          {i18n.translate('logAnomalies.annotation.count', {
            defaultMessage:
              '{total, plural, one {{count} change of the calendar} other {{count} changes of the calendar}} in this time',
            values: { total: annotations.length, count: formatCount(annotations.length) },
          })}
        </EuiText>
      }
      data-test-subj="logAnomaliesAnnotations"
    >
      <EuiText size="xs" className="eui-textBreakWord">
        <ul>
          {annotations.map((annotation) => (
            <li key={annotation.id}>
              {annotationTime(annotation)} <strong>{annotationTitle(annotation)}</strong>{' '}
              {annotation.url === undefined ? (
                annotation.title
              ) : (
                <EuiLink href={annotation.url} target="_blank" rel="noreferrer">
                  {annotation.title}
                </EuiLink>
              )}
            </li>
          ))}
        </ul>
        <AppLink to={writeLocation(CALENDAR_PATH, time)}>
          {i18n.translate('logAnomalies.annotation.open', { defaultMessage: 'Open the calendar' })}
        </AppLink>
      </EuiText>
    </EuiAccordion>
  );
}

import React from 'react';
import { EuiButtonIcon, EuiLink, type EuiBasicTableColumn } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Annotation } from '../../../common/annotations';
import { annotationTime, annotationTitle } from '../../shared/values/annotation_text';

/** @param remove undefined where the reader may not remove any */
export function calendarColumns(
  remove: ((annotation: Annotation) => void) | undefined,
): EuiBasicTableColumn<Annotation>[] {
  return [
    {
      name: i18n.translate('logAnomalies.results.time', { defaultMessage: 'Time' }),
      width: '24%',
      render: annotationTime,
    },
    {
      name: i18n.translate('logAnomalies.calendar.kind', { defaultMessage: 'Kind' }),
      width: '26%',
      render: (annotation: Annotation) => (
        <strong className="eui-textBreakWord">{annotationTitle(annotation)}</strong>
      ),
    },
    {
      name: i18n.translate('logAnomalies.calendar.title', { defaultMessage: 'What was done' }),
      render: ({ title, url }: Annotation) => (
        <span className="eui-textBreakWord">
          {url === undefined ? (
            title
          ) : (
            <EuiLink href={url} target="_blank" rel="noreferrer">
              {title}
            </EuiLink>
          )}
        </span>
      ),
    },
    {
      name: i18n.translate('logAnomalies.audit.by', { defaultMessage: 'By' }),
      width: '12%',
      render: ({ by }: Annotation) => <span className="eui-textBreakWord">{by ?? '–'}</span>,
    },
    ...(remove === undefined
      ? []
      : [
          {
            name: '',
            width: '48px',
            align: 'right' as const,
            render: (annotation: Annotation) => (
              <EuiButtonIcon
                iconType="trash"
                color="danger"
                aria-label={i18n.translate('logAnomalies.calendar.removeTitle', {
                  defaultMessage: 'Remove {title}?',
                  values: { title: annotation.title },
                })}
                onClick={() => remove(annotation)}
              />
            ),
          },
        ]),
  ];
}

import React, { type ReactElement } from 'react';
import { EuiButtonIcon, EuiLink, type EuiBasicTableColumn } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { EXCLUDED_KINDS, type Annotation } from '../../../common/annotations';
import { annotationTime, annotationTitle } from '../../shared/values/annotation_text';
import { removalTitle } from './calendar_text';

/** Steps that a row offers. */
interface RowActions {
  readonly end: (annotation: Annotation) => void;
  readonly remove: (annotation: Annotation) => void;
}

/** @param actions undefined where the reader may change nothing */
export function calendarColumns(actions: RowActions | undefined): EuiBasicTableColumn<Annotation>[] {
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
    ...(actions === undefined
      ? []
      : [
          {
            name: '',
            width: '80px',
            align: 'right' as const,
            render: (annotation: Annotation) => <Actions annotation={annotation} {...actions} />,
          },
        ]),
  ];
}

function Actions({ annotation, end, remove }: RowActions & { annotation: Annotation }): ReactElement {
  const { kind, ends_at: endsAt, title } = annotation;
  return (
    <>
      {endsAt === undefined && EXCLUDED_KINDS.includes(kind) && (
        <EuiButtonIcon
          iconType="clock"
          aria-label={i18n.translate('logAnomalies.calendar.endTitle', {
            defaultMessage: 'Give {title} an end',
            values: { title },
          })}
          onClick={() => end(annotation)}
        />
      )}
      <EuiButtonIcon
        iconType="trash"
        color="danger"
        aria-label={removalTitle(annotation)}
        onClick={() => remove(annotation)}
      />
    </>
  );
}

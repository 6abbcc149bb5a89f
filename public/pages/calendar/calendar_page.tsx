import React, { lazy, Suspense, useState, type ReactElement } from 'react';
import {
  type Criteria,
  EuiBasicTable,
  EuiButton,
  EuiConfirmModal,
  EuiEmptyPrompt,
  EuiFieldSearch,
  EuiFlexGroup,
  EuiFlexItem,
  EuiPageTemplate,
  EuiSelect,
  EuiSpacer,
  EuiSuperDatePicker,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { ANNOTATION_KINDS, type Annotation } from '../../../common/annotations';
import { icon } from '../../kibana/icons';
import { useApp } from '../../shared/app/app_context';
import { useBreadcrumbs } from '../../shared/layout/use_breadcrumbs';
import { RequestState } from '../../shared/requests/request_state';
import { useAction } from '../../shared/requests/use_action';
import { useRequest } from '../../shared/requests/use_request';
import { annotationKindName } from '../../shared/values/annotation_text';
import { resolveRange } from '../../shared/values/time_range';
import { calendarColumns } from './calendar_columns';

const AnnotationFlyout = lazy(() => import('./annotation_flyout'));

const PAGE_SIZE = 25;
/** Shows what is planned as well. */
const RANGE = { from: 'now-7d', to: 'now+7d' };

/** Lists the calendar of changes of a space; its time and filters stand in the address. */
export default function CalendarPage(): ReactElement {
  const { api, canWrite, location } = useApp();
  const title = i18n.translate('logAnomalies.calendar.name', { defaultMessage: 'Calendar of changes' });
  useBreadcrumbs(title);
  const { from = RANGE.from, to = RANGE.to, kind, entity } = location.query;
  const [page, setPage] = useState(0);
  const [isAdding, setIsAdding] = useState(false);
  const [leaving, setLeaving] = useState<Annotation>();
  const request = useRequest(
    (signal) =>
      api(
        'listAnnotations',
        {
          query: {
            ...resolveRange({ from, to }),
            kind: ANNOTATION_KINDS.find((each) => each === kind),
            entity: entity === '' ? undefined : entity,
            page: page + 1,
            size: PAGE_SIZE,
          },
        },
        signal,
      ),
    [api, from, to, kind, entity, page],
  );
  const add = (
    <EuiButton
      fill
      key="add"
      iconType={icon('plusInCircle')}
      onClick={() => setIsAdding(true)}
      data-test-subj="logAnomaliesAnnotationAdd"
    >
      {i18n.translate('logAnomalies.calendar.add', { defaultMessage: 'Note a change' })}
    </EuiButton>
  );
  return (
    <EuiPageTemplate offset={0} restrictWidth={false} data-test-subj="logAnomaliesCalendar">
      <EuiPageTemplate.Header
        pageTitle={title}
        description={i18n.translate('logAnomalies.calendar.description', {
          defaultMessage:
            'Deployments, changes, incidents and maintenance. An incident says which of them it began after, charts mark them, and no model learns from incidents and maintenance that have an end.',
        })}
        rightSideItems={canWrite ? [add] : []}
      />
      <EuiPageTemplate.Section>
        <Filters range={{ from, to }} isLoading={request.isLoading} reload={request.reload} turn={setPage} />
        <EuiSpacer size="m" />
        <RequestState request={request}>
          {({ total, annotations }) =>
            total === 0 ? (
              <NothingNoted add={canWrite ? add : undefined} />
            ) : (
              <EuiBasicTable<Annotation>
                items={[...annotations]}
                itemId="id"
                loading={request.isLoading}
                tableCaption={title}
                columns={calendarColumns(canWrite ? setLeaving : undefined)}
                pagination={{
                  pageIndex: page,
                  pageSize: PAGE_SIZE,
                  totalItemCount: total,
                  showPerPageOptions: false,
                }}
                onChange={({ page: next }: Criteria<Annotation>) => setPage(next?.index ?? 0)}
              />
            )
          }
        </RequestState>
        {isAdding && (
          <Suspense fallback={<></>}>
            <AnnotationFlyout
              close={(isNoted) => {
                setIsAdding(false);
                if (isNoted) request.reload();
              }}
            />
          </Suspense>
        )}
        {leaving && (
          <ConfirmRemoval
            annotation={leaving}
            close={(isRemoved) => {
              setLeaving(undefined);
              if (isRemoved) request.reload();
            }}
          />
        )}
      </EuiPageTemplate.Section>
    </EuiPageTemplate>
  );
}

function Filters(props: {
  range: { from: string; to: string };
  isLoading: boolean;
  reload: () => void;
  /** Goes to a page of the list. */
  turn: (page: number) => void;
}): ReactElement {
  const { range, isLoading, reload, turn } = props;
  const { location, setQuery } = useApp();
  const { kind = '', entity = '' } = location.query;
  const [typed, setTyped] = useState(entity);
  const set = (changes: Record<string, string | undefined>) => {
    turn(0);
    setQuery(changes);
  };
  const kindLabel = i18n.translate('logAnomalies.calendar.kind', { defaultMessage: 'Kind' });
  const entityLabel = i18n.translate('logAnomalies.calendar.entity', {
    defaultMessage: 'What concerns a service or host',
  });
  return (
    <EuiFlexGroup gutterSize="s" alignItems="center" wrap responsive={false}>
      <EuiFlexItem grow={false} style={{ minWidth: 160 }}>
        <EuiSelect
          aria-label={kindLabel}
          value={kind}
          options={[
            {
              value: '',
              text: i18n.translate('logAnomalies.calendar.everyKind', { defaultMessage: 'Every kind' }),
            },
            ...ANNOTATION_KINDS.map((each) => ({ value: each, text: annotationKindName(each) })),
          ]}
          onChange={({ target }) => set({ kind: target.value || undefined })}
        />
      </EuiFlexItem>
      <EuiFlexItem style={{ minWidth: 240 }}>
        <EuiFieldSearch
          fullWidth
          value={typed}
          placeholder={entityLabel}
          aria-label={entityLabel}
          onChange={({ target }) => setTyped(target.value)}
          onSearch={(value) => set({ entity: value.trim() || undefined })}
        />
      </EuiFlexItem>
      <EuiFlexItem grow={false}>
        <EuiSuperDatePicker
          start={range.from}
          end={range.to}
          isLoading={isLoading}
          onTimeChange={({ start, end }) => {
            const isSame = start === range.from && end === range.to;
            if (isSame) reload();
            else set({ from: start, to: end });
          }}
        />
      </EuiFlexItem>
    </EuiFlexGroup>
  );
}

function NothingNoted({ add }: { add: ReactElement | undefined }): ReactElement {
  return (
    <EuiEmptyPrompt
      iconType="calendar"
      titleSize="s"
      data-test-subj="logAnomaliesNothingNoted"
      title={
        <h2>
          {i18n.translate('logAnomalies.calendar.none', { defaultMessage: 'Nothing is noted in this time' })}
        </h2>
      }
      body={
        <p>
          {i18n.translate('logAnomalies.calendar.noneNext', {
            defaultMessage:
              'Let a CI job note each deployment, by the API or the command line, or note one here.',
          })}
        </p>
      }
      actions={add}
    />
  );
}

function ConfirmRemoval(props: {
  annotation: Annotation;
  close: (isRemoved: boolean) => void;
}): ReactElement {
  const { annotation, close } = props;
  const { id, title } = annotation;
  const { api } = useApp();
  const { run, isBusy } = useAction();
  return (
    <EuiConfirmModal
      title={i18n.translate('logAnomalies.calendar.removeTitle', {
        defaultMessage: 'Remove {title}?',
        values: { title },
      })}
      aria-label={i18n.translate('logAnomalies.calendar.remove', { defaultMessage: 'Remove' })}
      buttonColor="danger"
      isLoading={isBusy}
      confirmButtonText={i18n.translate('logAnomalies.calendar.remove', { defaultMessage: 'Remove' })}
      cancelButtonText={i18n.translate('logAnomalies.delete.cancel', { defaultMessage: 'Cancel' })}
      onCancel={() => close(false)}
      onConfirm={() =>
        void run(
          () => api('removeAnnotation', { params: { annotation_id: id } }),
          i18n.translate('logAnomalies.calendar.removed', {
            defaultMessage: '{title} is removed',
            values: { title },
          }),
        ).then((isDone) => isDone && close(true))
      }
    >
      <p>
        {i18n.translate('logAnomalies.calendar.removeBody', {
          defaultMessage:
            'Incidents no longer say that they began after it, and models learn from its logs again. The audit trail keeps it.',
        })}
      </p>
    </EuiConfirmModal>
  );
}

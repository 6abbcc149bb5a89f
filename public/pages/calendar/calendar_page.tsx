import React, { lazy, Suspense, useEffect, useState, type ReactElement } from 'react';
import {
  type Criteria,
  EuiBasicTable,
  EuiButton,
  EuiButtonEmpty,
  EuiConfirmModal,
  EuiEmptyPrompt,
  EuiFieldSearch,
  EuiFlexGroup,
  EuiFlexItem,
  EuiPageTemplate,
  EuiSelect,
  EuiSpacer,
  EuiSuperDatePicker,
  EuiText,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { ANNOTATION_KINDS, type Annotation } from '../../../common/annotations';
import { icon } from '../../kibana/icons';
import { useApp } from '../../shared/app/app_context';
import { useBreadcrumbs } from '../../shared/layout/use_breadcrumbs';
import { RequestState } from '../../shared/requests/request_state';
import { useAction } from '../../shared/requests/use_action';
import { useRequest } from '../../shared/requests/use_request';
import { annotationKindName, shownAnnotation } from '../../shared/values/annotation_text';
import { formatCount } from '../../shared/values/format';
import { resolveRange } from '../../shared/values/time_range';
import { calendarColumns } from './calendar_columns';
import { MOST_LISTED, PAGE_SIZE, pagingOf } from './calendar_paging';
import { removalText, removalTitle } from './calendar_text';
import { LEAST_TITLE } from '../../shared/layout/page_title';

const AnnotationFlyout = lazy(() => import('./annotation_flyout'));
const ImportFlyout = lazy(() => import('./import_flyout'));

/** Shows what is planned as well. */
const RANGE = { from: 'now-7d', to: 'now+7d' };

/** Lists the calendar of changes of a space; its time and filters stand in the address. */
export default function CalendarPage(): ReactElement {
  const { api, canWrite, location } = useApp();
  const title = i18n.translate('logAnomalies.calendar.name', { defaultMessage: 'Calendar of changes' });
  useBreadcrumbs(title);
  const { from = RANGE.from, to = RANGE.to, kind, entity } = location.query;
  const [page, setPage] = useState(0);
  const [opened, setOpened] = useState<'add' | 'import'>();
  const [ending, setEnding] = useState<Annotation>();
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
  const last = request.value && pagingOf(request.value.total, page).page;
  useEffect(() => {
    // The last row of a page was removed.
    if (!request.isLoading && last !== undefined && last !== page) setPage(last);
  }, [request.isLoading, last, page]);
  const add = <AddButton key="add" open={() => setOpened('add')} />;
  const importing = <ImportButton key="import" open={() => setOpened('import')} />;
  return (
    <EuiPageTemplate offset={0} restrictWidth={false} data-test-subj="logAnomaliesCalendar">
      <EuiPageTemplate.Header
        pageTitle={<span style={LEAST_TITLE}>{title}</span>}
        description={i18n.translate('logAnomalies.calendar.description', {
          defaultMessage:
            'Deployments, changes, incidents and maintenance. An incident says which of them it began after, charts mark them, and no model learns from incidents and maintenance that have an end.',
        })}
        rightSideItems={canWrite ? [add, importing] : []}
      />
      <EuiPageTemplate.Section>
        <Filters range={{ from, to }} isLoading={request.isLoading} reload={request.reload} turn={setPage} />
        <EuiSpacer size="m" />
        <RequestState request={request}>
          {({ total, annotations }) =>
            total === 0 ? (
              <NothingNoted steps={canWrite ? [add, importing] : []} />
            ) : (
              <>
                {total > MOST_LISTED && <MoreThanListed />}
                <EuiBasicTable<Annotation>
                  items={annotations.map(shownAnnotation)}
                  itemId="id"
                  loading={request.isLoading}
                  tableCaption={title}
                  columns={calendarColumns(canWrite ? { end: setEnding, remove: setLeaving } : undefined)}
                  pagination={{
                    pageIndex: page,
                    pageSize: PAGE_SIZE,
                    totalItemCount: pagingOf(total, page).listed,
                    showPerPageOptions: false,
                  }}
                  onChange={({ page: next }: Criteria<Annotation>) => setPage(next?.index ?? 0)}
                />
              </>
            )
          }
        </RequestState>
        <Flyouts
          opened={ending ?? opened}
          range={{ from, to }}
          close={(isNoted) => {
            setOpened(undefined);
            setEnding(undefined);
            if (isNoted) request.reload();
          }}
        />
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

function Flyouts(props: {
  /** An annotation is to be given an end. */
  opened: 'add' | 'import' | Annotation | undefined;
  range: { from: string; to: string };
  close: (isNoted: boolean) => void;
}): ReactElement | null {
  const { opened, range, close } = props;
  if (opened === undefined) return null;
  return (
    <Suspense fallback={<></>}>
      {opened === 'import' ? (
        <ImportFlyout range={range} close={close} />
      ) : (
        <AnnotationFlyout ending={opened === 'add' ? undefined : opened} close={close} />
      )}
    </Suspense>
  );
}

const AddButton = ({ open }: { open: () => void }): ReactElement => (
  <EuiButton fill iconType={icon('plusInCircle')} onClick={open} data-test-subj="logAnomaliesAnnotationAdd">
    {i18n.translate('logAnomalies.calendar.add', { defaultMessage: 'Note a change' })}
  </EuiButton>
);

const ImportButton = ({ open }: { open: () => void }): ReactElement => (
  <EuiButton iconType={icon('importAction')} onClick={open} data-test-subj="logAnomaliesCalendarImport">
    {i18n.translate('logAnomalies.calendar.import', { defaultMessage: 'Import from an index' })}
  </EuiButton>
);

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
  useEffect(() => setTyped(entity), [entity]);
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

function MoreThanListed(): ReactElement {
  return (
    <>
      <EuiText size="s" color="subdued">
        <p>
          {i18n.translate('logAnomalies.calendar.mostListed', {
            defaultMessage: 'The newest {count} are listed. Choose a shorter time to see older ones.',
            values: { count: formatCount(MOST_LISTED) },
          })}
        </p>
      </EuiText>
      <EuiSpacer size="s" />
    </>
  );
}

/** @param props.steps buttons; none where the reader may note nothing */
function NothingNoted({ steps }: { steps: readonly ReactElement[] }): ReactElement {
  const { location, setQuery } = useApp();
  const { kind = '', entity = '' } = location.query;
  const isFiltered = kind !== '' || entity !== '';
  const showAll = (
    <EuiButtonEmpty
      key="all"
      iconType="filterExclude"
      onClick={() => setQuery({ kind: undefined, entity: undefined })}
      data-test-subj="logAnomaliesCalendarShowAll"
    >
      {i18n.translate('logAnomalies.filter.clear', { defaultMessage: 'Show all' })}
    </EuiButtonEmpty>
  );
  return (
    <EuiEmptyPrompt
      iconType="calendar"
      titleSize="s"
      data-test-subj="logAnomaliesNothingNoted"
      title={
        <h2>
          {isFiltered
            ? i18n.translate('logAnomalies.calendar.noneOfFilter', {
                defaultMessage: 'Nothing that is noted in this time fits the filters',
              })
            : i18n.translate('logAnomalies.calendar.none', {
                defaultMessage: 'Nothing is noted in this time',
              })}
        </h2>
      }
      body={isFiltered ? undefined : <p>{nextStepText(steps.length > 0)}</p>}
      actions={[...(isFiltered ? [showAll] : []), ...steps]}
    />
  );
}

const nextStepText = (mayNote: boolean): string =>
  mayNote
    ? i18n.translate('logAnomalies.calendar.noneNext', {
        defaultMessage:
          'Let a CI job note each deployment, by the API or the command line, import them from an index, or note one here.',
      })
    : i18n.translate('logAnomalies.calendar.noneNextReader', {
        defaultMessage: 'A CI job can note each deployment, by the API or the command line.',
      });

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
      title={removalTitle(annotation)}
      aria-label={removalTitle(annotation)}
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
      <p>{removalText(annotation)}</p>
    </EuiConfirmModal>
  );
}

import React, { useState, type ReactElement } from 'react';
import {
  EuiAccordion,
  EuiButton,
  EuiButtonEmpty,
  EuiCallOut,
  EuiEmptyPrompt,
  EuiFlexGroup,
  EuiFlexItem,
  EuiPageTemplate,
  EuiPanel,
  EuiProgress,
  EuiSpacer,
  EuiSwitch,
  EuiText,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { useApp } from '../../shared/app/app_context';
import { PAST_DAYS } from '../../shared/detector/past_range';
import { SetupProblems } from '../../shared/detector/setup_problems';
import { useBreadcrumbs } from '../../shared/layout/use_breadcrumbs';
import { RequestState } from '../../shared/requests/request_state';
import { formatCount } from '../../shared/values/format';
import { leftOutText, shownName, type LeftOut } from './scan_text';
import { SourceRow } from './source_row';
import { keyOf, useScan, type Row } from './use_scan';

/** Shows what looks like logs in the cluster, with a detector or two for each, made at once. */
export default function ScanPage(): ReactElement {
  const { canWrite } = useApp();
  const title = i18n.translate('logAnomalies.scan.title', { defaultMessage: 'Scan my logs' });
  useBreadcrumbs(title);
  const { request, rows, chosen, choose, outcomes, isMaking, make } = useScan();
  const done = rows.filter(({ looked, failure }) => looked !== undefined || failure !== undefined);
  const logs = rows.filter(({ looked }) => looked === undefined || looked.kind !== undefined);
  const others = rows.filter(({ looked }) => looked !== undefined && looked.kind === undefined);
  const aDay = rows
    .flatMap(({ index, looked }) =>
      (looked?.proposals ?? []).filter((proposal) => chosen.has(keyOf(index, proposal))),
    )
    .reduce((sum, proposal) => sum + proposal.expected_alerts_per_day, 0);
  const hasMade = [...outcomes.values()].some(({ state }) => state === 'made');
  return (
    <EuiPageTemplate offset={0} restrictWidth={false} data-test-subj="logAnomaliesScan">
      <EuiPageTemplate.Header
        pageTitle={title}
        description={i18n.translate('logAnomalies.scan.description', {
          defaultMessage:
            'What you may read and what looks like logs of the last 7 days. Choose what to watch: detectors are made with your rights, start at once and learn by themselves.',
        })}
      />
      <EuiPageTemplate.Section>
        {canWrite && <SetupProblems />}
        <RequestState request={request}>
          {({ left_out: leftOut, incomplete }) => (
            <>
              {incomplete && (
                <>
                  <EuiCallOut
                    size="s"
                    color="warning"
                    iconType="warning"
                    title={i18n.translate('logAnomalies.scan.incomplete', {
                      defaultMessage: 'A part of the cluster did not answer in time: there may be more',
                    })}
                  />
                  <EuiSpacer size="m" />
                </>
              )}
              {rows.length === 0 ? (
                <NothingFound />
              ) : (
                <>
                  <Progress done={done.length} total={rows.length} />
                  {logs.length === 0 && <NothingFound />}
                  {logs.map((row) => (
                    <React.Fragment key={row.index}>
                      <SourceRow
                        row={row}
                        chosen={chosen}
                        choose={choose}
                        outcomes={outcomes}
                        isDisabled={isMaking || !canWrite}
                      />
                      <EuiSpacer size="s" />
                    </React.Fragment>
                  ))}
                  {logs.length > 0 && (
                    <MakeDetectors
                      chosen={chosen}
                      aDay={aDay}
                      hasMade={hasMade}
                      isMaking={isMaking}
                      make={make}
                    />
                  )}
                </>
              )}
              <LeftOutList leftOut={leftOut} others={others} />
            </>
          )}
        </RequestState>
      </EuiPageTemplate.Section>
    </EuiPageTemplate>
  );
}

function Progress({ done, total }: { done: number; total: number }): ReactElement | null {
  if (done === total) return null;
  return (
    <>
      <EuiProgress
        size="s"
        color="primary"
        value={done}
        max={total}
        label={i18n.translate('logAnomalies.scan.progress', {
          defaultMessage: 'Looking at a few logs of each: {done} of {total}',
          values: { done, total },
        })}
        data-test-subj="logAnomaliesScanProgress"
      />
      <EuiSpacer size="m" />
    </>
  );
}

function NothingFound(): ReactElement {
  const { canWrite, go } = useApp();
  return (
    <EuiEmptyPrompt
      iconType="search"
      titleSize="s"
      data-test-subj="logAnomaliesScanEmpty"
      title={
        <h2>
          {i18n.translate('logAnomalies.scan.nothing', {
            defaultMessage: 'Nothing that you may read looks like logs',
          })}
        </h2>
      }
      body={
        <p>
          {i18n.translate('logAnomalies.scan.nothingText', {
            defaultMessage:
              'Indices count that have a date and a document of the last 7 days. Remote clusters are not looked into: name their indices in a detector.',
          })}
        </p>
      }
      actions={
        canWrite && (
          <EuiButton onClick={() => go('/detectors/new')}>
            {i18n.translate('logAnomalies.overview.create', { defaultMessage: 'Create a detector' })}
          </EuiButton>
        )
      }
    />
  );
}

/** Says what a scan has seen and does not propose. */
function LeftOutList(props: { leftOut: readonly LeftOut[]; others: readonly Row[] }): ReactElement | null {
  const { leftOut, others } = props;
  if (leftOut.length === 0 && others.length === 0) return null;
  const count = leftOut.reduce((sum, each) => sum + each.count, others.length);
  return (
    <>
      <EuiSpacer size="l" />
      <EuiAccordion
        id="logAnomaliesScanLeftOut"
        buttonElement="button"
        data-test-subj="logAnomaliesScanLeftOut"
        buttonContent={i18n.translate('logAnomalies.scan.leftOut', {
          defaultMessage: 'Left out: {count}',
          values: { count: formatCount(count) },
        })}
      >
        <EuiSpacer size="s" />
        <EuiText size="s">
          <ul>
            {others.length > 0 && (
              <li className="eui-textBreakWord">
                {i18n.translate('logAnomalies.scan.leftOthers', {
                  defaultMessage: '{count} that do not look like logs: no message, level, request or log-in',
                  values: { count: formatCount(others.length) },
                })}
                {': '}
                {others.map(({ index }) => shownName(index)).join(', ')}
              </li>
            )}
            {leftOut.map((each) => (
              <li key={each.reason} className="eui-textBreakWord">
                {leftOutText(each)}: {each.examples.map(shownName).join(', ')}
                {each.count > each.examples.length && ' …'}
              </li>
            ))}
          </ul>
        </EuiText>
      </EuiAccordion>
    </>
  );
}

/** Makes and starts the chosen detectors; says how many anomalies a day they are together. */
function MakeDetectors({
  chosen,
  aDay,
  hasMade,
  isMaking,
  make,
}: {
  chosen: ReturnType<typeof useScan>['chosen'];
  aDay: number;
  hasMade: boolean;
  isMaking: boolean;
  make: (scoresPast: boolean) => Promise<void>;
}): ReactElement {
  const { canWrite, go } = useApp();
  const [scoresPast, setScoresPast] = useState(true);
  return (
    <EuiPanel hasBorder hasShadow={false} paddingSize="m">
      <EuiFlexGroup alignItems="center" responsive={false} wrap gutterSize="m">
        <EuiFlexItem grow={false}>
          <EuiButton
            fill
            iconType="play"
            isLoading={isMaking}
            isDisabled={!canWrite || chosen.size === 0}
            onClick={() => void make(scoresPast)}
            data-test-subj="logAnomaliesScanMake"
          >
            {i18n.translate('logAnomalies.scan.make', {
              defaultMessage:
                'Make and start {count, plural, =0 {the chosen detectors} one {1 detector} other {# detectors}}',
              values: { count: chosen.size },
            })}
          </EuiButton>
        </EuiFlexItem>
        <EuiFlexItem grow={false}>
          <EuiSwitch
            compressed
            label={i18n.translate('logAnomalies.scan.scorePast', {
              defaultMessage: 'and score the last {days} days of each',
              values: { days: PAST_DAYS },
            })}
            checked={scoresPast}
            disabled={!canWrite || isMaking}
            onChange={(event) => setScoresPast(event.target.checked)}
            data-test-subj="logAnomaliesScanScoresPast"
          />
        </EuiFlexItem>
        {hasMade && (
          <EuiFlexItem grow={false}>
            <EuiButtonEmpty onClick={() => go('/')} data-test-subj="logAnomaliesScanDone">
              {i18n.translate('logAnomalies.unknownPage.home', {
                defaultMessage: 'To the detectors',
              })}
            </EuiButtonEmpty>
          </EuiFlexItem>
        )}
        <EuiFlexItem>
          <EuiText size="s" data-test-subj="logAnomaliesScanSum">
            {canWrite && chosen.size === 0
              ? i18n.translate('logAnomalies.scan.chooseFirst', {
                  defaultMessage: 'Choose at least one of the detectors above.',
                })
              : canWrite
                ? i18n.translate('logAnomalies.scan.sum', {
                    defaultMessage: 'Together at most {count} anomalies a day',
                    values: { count: formatCount(aDay) },
                  })
                : i18n.translate('logAnomalies.empty.readOnly', {
                    defaultMessage:
                      'You may look, but not create detectors. Ask an administrator for the Kibana privilege "Log Anomalies: All".',
                  })}
          </EuiText>
        </EuiFlexItem>
      </EuiFlexGroup>
    </EuiPanel>
  );
}

import React, { type ReactElement } from 'react';
import {
  EuiBadge,
  EuiCheckbox,
  EuiFlexGroup,
  EuiFlexItem,
  EuiLoadingSpinner,
  EuiPanel,
  EuiSkeletonText,
  EuiSpacer,
  EuiText,
  EuiTitle,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { detectorPath, writeLocation } from '../../shared/app/location';
import { printable } from '../../../common/printable';
import { PAST_DAYS, PAST_RANGE } from '../../shared/detector/past_range';
import { AppLink } from '../../shared/app/app_link';
import { formatCount } from '../../shared/values/format';
import { withSettingLabels } from '../../shared/values/setting_label';
import { amountText, documentsText, kindText, proposalText, shownName, type Proposal } from './scan_text';
import { keyOf, type Outcome, type Row } from './use_scan';

const LONGEST_MESSAGE = 1_000;

/** One source: its name and kind, and what could be made of it. */
export function SourceRow(props: {
  row: Row;
  chosen: ReadonlySet<string>;
  choose: (key: string, isChosen: boolean) => void;
  outcomes: ReadonlyMap<string, Outcome>;
  isDisabled: boolean;
}): ReactElement {
  const { row, chosen, choose, outcomes, isDisabled } = props;
  const { index, logs, detectors, looked, failure } = row;
  return (
    <EuiPanel hasBorder hasShadow={false} paddingSize="m" data-test-subj="logAnomaliesScanSource">
      <EuiFlexGroup gutterSize="l" wrap alignItems="flexStart">
        <EuiFlexItem grow={2} style={{ minWidth: 0, flexBasis: 280 }}>
          <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false} wrap>
            <EuiFlexItem grow={false} style={{ minWidth: 0 }}>
              <EuiTitle size="xxs">
                <h2 className="eui-textBreakWord">{shownName(index)}</h2>
              </EuiTitle>
            </EuiFlexItem>
            {looked?.kind && (
              <EuiFlexItem grow={false}>
                <EuiBadge color="hollow">{kindText(looked.kind)}</EuiBadge>
              </EuiFlexItem>
            )}
          </EuiFlexGroup>
          <EuiText size="s" color="subdued">
            {countText(row)}
          </EuiText>
          {detectors.length > 0 && (
            <EuiText size="s" className="eui-textBreakWord">
              {i18n.translate('logAnomalies.scan.watched', {
                defaultMessage: 'Watched already by {names}',
                values: { names: detectors.map(shownName).join(', ') },
              })}
            </EuiText>
          )}
        </EuiFlexItem>
        <EuiFlexItem grow={3} style={{ minWidth: 0, flexBasis: 360 }}>
          {failure !== undefined ? (
            <EuiText size="s" color="danger" className="eui-textBreakWord">
              {withSettingLabels(printable(failure.message, LONGEST_MESSAGE))}
            </EuiText>
          ) : looked === undefined ? (
            <EuiSkeletonText lines={2} size="s" />
          ) : looked.proposals.length === 0 ? (
            <EuiText size="s" color="subdued">
              {i18n.translate('logAnomalies.scan.noProposal', {
                defaultMessage: 'No field of its logs is fit to be looked at',
              })}
            </EuiText>
          ) : (
            looked.proposals.map((proposal) => {
              const key = keyOf(index, proposal);
              return (
                <ProposalLine
                  key={key}
                  id={key}
                  proposal={proposal}
                  isChosen={chosen.has(key)}
                  choose={(isChosen) => choose(key, isChosen)}
                  outcome={outcomes.get(key)}
                  isDisabled={isDisabled || logs === 0}
                />
              );
            })
          )}
        </EuiFlexItem>
      </EuiFlexGroup>
    </EuiPanel>
  );
}

function countText(row: Row): string {
  const { indices, reached_as: reachedAs } = row;
  const documents = documentsText(row);
  if (reachedAs !== 'pattern' && indices === 1) return documents;
  return i18n.translate('logAnomalies.scan.inIndices', {
    defaultMessage: '{documents}, in {count} indices',
    values: { documents, count: formatCount(indices) },
  });
}

function ProposalLine(props: {
  id: string;
  proposal: Proposal;
  isChosen: boolean;
  choose: (isChosen: boolean) => void;
  outcome: Outcome | undefined;
  isDisabled: boolean;
}): ReactElement {
  const { id, proposal, isChosen, choose, outcome, isDisabled } = props;
  return (
    <div data-test-subj={`logAnomaliesScanProposal-${proposal.unit}`}>
      <EuiCheckbox
        id={id}
        label={proposalText(proposal)}
        checked={isChosen}
        disabled={isDisabled || outcome?.state === 'made'}
        onChange={(event) => choose(event.target.checked)}
      />
      <EuiText size="xs" color="subdued" style={{ paddingInlineStart: 24 }}>
        {amountText(proposal)}
      </EuiText>
      <div style={{ paddingInlineStart: 24 }}>
        <OutcomeText outcome={outcome} />
      </div>
      <EuiSpacer size="s" />
    </div>
  );
}

function OutcomeText({ outcome }: { outcome: Outcome | undefined }): ReactElement | null {
  switch (outcome?.state) {
    case undefined:
      return null;
    case 'making':
      return <EuiLoadingSpinner size="s" />;
    case 'made':
      return (
        <EuiText size="xs" data-test-subj="logAnomaliesScanMade">
          {outcome.scoresPast
            ? i18n.translate('logAnomalies.scan.madeWithPast', {
                defaultMessage: 'Made and started; the last {days} days are scored once it has learned.',
                values: { days: PAST_DAYS },
              })
            : i18n.translate('logAnomalies.scan.made', { defaultMessage: 'Made and started.' })}{' '}
          <AppLink to={writeLocation(detectorPath(outcome.id), { ...PAST_RANGE })}>
            {i18n.translate('logAnomalies.scan.openIt', { defaultMessage: 'Open it' })}
          </AppLink>
        </EuiText>
      );
    case 'refused':
      return (
        <EuiText
          size="xs"
          color="danger"
          className="eui-textBreakWord"
          data-test-subj="logAnomaliesScanRefused"
        >
          {withSettingLabels(printable(outcome.reason, LONGEST_MESSAGE))}
        </EuiText>
      );
  }
}

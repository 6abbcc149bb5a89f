import React, { useState, type ReactElement } from 'react';
import {
  EuiButton,
  EuiCallOut,
  EuiFlyout,
  EuiFlyoutBody,
  EuiFlyoutHeader,
  EuiFormRow,
  EuiRadioGroup,
  EuiSpacer,
  EuiTextArea,
  EuiTitle,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { FeedbackScope } from '../../../common/suppressions/feedback_scope';
import type { Consequence } from '../../../common/suppressions/limits';
import { useApp } from '../../shared/app/app_context';
import { addUndoToast } from '../../kibana/undo_toast';
import { formatCount } from '../../shared/values/format';
import { FlyoutFooter } from '../../shared/layout/flyout_footer';
import { RequestState } from '../../shared/requests/request_state';
import type { Found } from '../../shared/results/results_table';
import { useAction } from '../../shared/requests/use_action';
import { useRequest, type Request } from '../../shared/requests/use_request';
import { ExpirySelect } from './expiry_select';
import { AcceptConsequences, isAccepted, ReplayReport, type Replay } from './replay_report';
import { scopeName } from './scope_name';
import { DAY } from '../../../common/duration';

/** Whatever is said of an entity must end; this long unless somebody says otherwise. */
const DEFAULT_ENTITY_DAYS = 30;

/** "Not an anomaly": how far that reaches, what it would have changed, and only then it is applied; with an undo. */
export default function NotAnAnomalyFlyout(props: {
  detectorId: string;
  found: Found;
  /** Comment of whoever opened it; without one it is asked for here. */
  comment?: string;
  close: () => void;
  /** Something was hidden, or is shown again. */
  changed: () => void;
}): ReactElement {
  const { detectorId, found, close, changed } = props;
  const { api } = useApp();
  const [now] = useState(() => Date.now());
  const [scope, setScope] = useState<FeedbackScope>('one');
  const [days, setDays] = useState<number>();
  const [typed, setTyped] = useState('');
  const comment = props.comment ?? typed;
  const [accepted, setAccepted] = useState<readonly Consequence[]>([]);
  const { index, id } = found.result.source;
  const about = {
    source: { index, id },
    scope,
    // A single log has no choice of an end, whatever was chosen for a wider scope.
    ...(scope !== 'one' && days !== undefined && { expires_at: new Date(now + days * DAY).toISOString() }),
  };
  const params = { id: detectorId };
  const replay = useRequest(
    (signal) => api('previewFeedback', { params, body: about }, signal),
    [api, detectorId, JSON.stringify(about)],
  );
  const { isLoading, failure: unknown, value: effect } = replay;
  const isReady = !isLoading && !unknown && effect !== undefined && isAccepted(effect, accepted);
  const save = () =>
    api('saveFeedback', {
      params,
      body: {
        ...about,
        verdict: 'not_an_anomaly',
        accept: [...accepted],
        ...(comment !== '' && { comment }),
      },
    });
  const { apply, isBusy, failure } = useNote({
    takeBack: () => api('removeFeedback', { params, query: { index, id } }),
    changed,
    close,
  });
  return (
    <EuiFlyout
      onClose={close}
      size="m"
      ownFocus
      aria-labelledby="logAnomaliesNotTitle"
      data-test-subj="logAnomaliesNotAnAnomaly"
    >
      <EuiFlyoutHeader hasBorder>
        <EuiTitle size="m">
          <h2 id="logAnomaliesNotTitle">
            {i18n.translate('logAnomalies.feedback.notTitle', { defaultMessage: 'Not an anomaly' })}
          </h2>
        </EuiTitle>
      </EuiFlyoutHeader>
      <EuiFlyoutBody>
        <ScopeChoice
          found={found}
          scope={scope}
          choose={(next) => {
            setScope(next);
            setAccepted([]);
            if (next === 'entity' && days === undefined) setDays(DEFAULT_ENTITY_DAYS);
          }}
        />
        <EuiSpacer size="m" />
        {scope !== 'one' && (
          <>
            <ExpirySelect days={days} mayLastForever={scope !== 'entity'} change={setDays} />
            <EuiSpacer size="m" />
          </>
        )}
        {props.comment === undefined && <CommentField comment={typed} setComment={setTyped} />}
        <Effect replay={replay} accepted={accepted} setAccepted={setAccepted} />
        {failure !== undefined && <Failure failure={failure} />}
      </EuiFlyoutBody>
      <FlyoutFooter close={close}>
        <EuiButton
          fill
          isLoading={isBusy}
          isDisabled={!isReady}
          onClick={() => apply(save, scope !== 'one')}
          data-test-subj="logAnomaliesNotApply"
        >
          {i18n.translate('logAnomalies.quiet.apply', { defaultMessage: 'Apply it' })}
        </EuiButton>
      </FlyoutFooter>
    </EuiFlyout>
  );
}

const Failure = ({ failure }: { failure: string }): ReactElement => (
  <>
    <EuiSpacer size="m" />
    <EuiCallOut size="s" color="danger" iconType="warning" title={failure} />
  </>
);

const SCOPE_ID = 'logAnomaliesScope-';
const scopeId = (scope: FeedbackScope): string => SCOPE_ID + scope;

/** Returns the scopes to choose from; a scope that needs a value the result lacks is disabled. */
function scopeOptions({ result }: Found) {
  const { pattern, entity, top_feature: feature } = result.anomaly;
  const option = (scope: FeedbackScope, label: string, disabled = false) => ({
    id: scopeId(scope),
    label,
    disabled,
  });
  return [
    option('one', scopeName('one')),
    option(
      'pattern',
      pattern === undefined
        ? scopeName('pattern')
        : i18n.translate('logAnomalies.scope.thePattern', {
            defaultMessage: 'Every log like this: {pattern}',
            values: { pattern },
          }),
      pattern === undefined,
    ),
    option(
      'entity',
      entity === undefined
        ? scopeName('entity')
        : i18n.translate('logAnomalies.scope.theEntity', {
            defaultMessage: 'Everything of {entity}, for a time',
            values: { entity },
          }),
      entity === undefined,
    ),
    option(
      'combination',
      i18n.translate('logAnomalies.scope.theCombination', {
        defaultMessage: 'Logs like this {of} where {feature} stands out',
        values: {
          of:
            entity === undefined
              ? ''
              : i18n.translate('logAnomalies.suppression.entity', {
                  defaultMessage: 'of {entity}',
                  values: { entity },
                }),
          feature: feature ?? '–',
        },
      }),
      pattern === undefined,
    ),
  ];
}

function CommentField({
  comment,
  setComment,
}: {
  comment: string;
  setComment: (comment: string) => void;
}): ReactElement {
  return (
    <>
      <EuiFormRow
        fullWidth
        label={i18n.translate('logAnomalies.feedback.comment', { defaultMessage: 'Comment' })}
      >
        <EuiTextArea
          fullWidth
          rows={2}
          maxLength={2_000}
          value={comment}
          onChange={(event) => setComment(event.target.value)}
          data-test-subj="logAnomaliesNotComment"
        />
      </EuiFormRow>
      <EuiSpacer size="l" />
    </>
  );
}

function Effect(props: {
  replay: Request<Replay>;
  accepted: readonly Consequence[];
  setAccepted: (accepted: readonly Consequence[]) => void;
}): ReactElement {
  const { replay, accepted, setAccepted } = props;
  return (
    <>
      <EuiTitle size="xs">
        <h3>
          {i18n.translate('logAnomalies.replay.title', {
            defaultMessage: 'Effect in the last 30 days',
          })}
        </h3>
      </EuiTitle>
      <EuiSpacer size="s" />
      <RequestState request={replay}>
        {(value) => (
          <>
            <ReplayReport replay={value} />
            <AcceptConsequences replay={value} accepted={accepted} change={setAccepted} />
          </>
        )}
      </RequestState>
    </>
  );
}

function ScopeChoice(props: {
  found: Found;
  scope: FeedbackScope;
  choose: (scope: FeedbackScope) => void;
}): ReactElement {
  const { found, scope, choose } = props;
  return (
    <EuiRadioGroup
      className="eui-textBreakWord"
      name="logAnomaliesScope"
      legend={{
        children: i18n.translate('logAnomalies.feedback.scope', { defaultMessage: 'What is normal?' }),
      }}
      idSelected={scopeId(scope)}
      options={scopeOptions(found)}
      onChange={(chosen) => {
        choose(chosen.slice(SCOPE_ID.length) as FeedbackScope);
      }}
    />
  );
}

/** Applies "not an anomaly" and offers an undo. */
function useNote({
  takeBack: remove,
  changed,
  close,
}: {
  takeBack: () => Promise<unknown>;
  changed: () => void;
  close: () => void;
}) {
  const { core } = useApp();
  const { run, isBusy, failure } = useAction();
  const takeBack = async () => {
    await run(
      remove,
      i18n.translate('logAnomalies.feedback.takenBack', { defaultMessage: 'It is shown and counted again' }),
    );
    changed();
  };
  /** @param hidesNew new anomalies like it are hidden as they come */
  const apply = async (save: () => Promise<{ hidden: number }>, hidesNew: boolean) => {
    let hidden = 0;
    const isDone = await run(async () => {
      const saved = await save();
      hidden = saved.hidden;
    });
    if (!isDone) return;
    addUndoToast(core, {
      title: i18n.translate('logAnomalies.feedback.applied', { defaultMessage: 'Noted: not an anomaly' }),
      text: hidesNew
        ? i18n.translate('logAnomalies.feedback.appliedText', {
            defaultMessage:
              '{hidden, plural, one {{count} anomaly is} other {{count} anomalies are}} hidden now, and new ones like that will be.',
            values: { hidden, count: formatCount(hidden) },
          })
        : i18n.translate('logAnomalies.feedback.appliedToOne', {
            defaultMessage:
              '{hidden, plural, one {{count} anomaly is} other {{count} anomalies are}} hidden now.',
            values: { hidden, count: formatCount(hidden) },
          }),
      undo: () => void takeBack(),
    });
    changed();
    close();
  };
  return { apply, isBusy, failure };
}

import React, { useState, type ReactElement } from 'react';
import {
  EuiButton,
  EuiButtonGroup,
  EuiCallOut,
  EuiFieldText,
  EuiFlexGroup,
  EuiFlexItem,
  EuiFlyout,
  EuiFlyoutBody,
  EuiFlyoutHeader,
  EuiFormRow,
  EuiSpacer,
  EuiSwitch,
  EuiText,
  EuiTextArea,
  EuiTitle,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Consequence } from '../../../common/suppressions/limits';
import { useApp } from '../../shared/app/app_context';
import { FlyoutFooter } from '../../shared/layout/flyout_footer';
import { RequestState } from '../../shared/requests/request_state';
import { useAction } from '../../shared/requests/use_action';
import { useRequest, type Request } from '../../shared/requests/use_request';
import { ExpirySelect } from './expiry_select';
import { emptyQuietTime, quietTimeOf, type QuietTimeDraft } from './quiet_time_draft';
import { AcceptConsequences, isAccepted, ReplayReport, type Replay } from './replay_report';
import { ScheduleFields } from './schedule_fields';

/** Makes a quiet time or a mute: what and when, then what it would change, then it is applied. */
export default function QuietTimeFlyout(props: {
  detectorId: string;
  /** That of the detector. */
  timeZone: string | undefined;
  close: (isAdded: boolean) => void;
}): ReactElement {
  const { detectorId, timeZone, close } = props;
  const { api } = useApp();
  const { run, isBusy, failure } = useAction();
  const [begun] = useState(() => Date.now());
  const [draft, setDraft] = useState(() => emptyQuietTime(begun, timeZone));
  const [isReplayed, setIsReplayed] = useState(false);
  const [accepted, setAccepted] = useState<readonly Consequence[]>([]);
  const { suppression, problems } = quietTimeOf(draft, detectorId, begun);
  const replay = useRequest(
    async (signal) =>
      isReplayed && suppression ? api('previewSuppression', { body: { suppression } }, signal) : undefined,
    [api, isReplayed, JSON.stringify(suppression)],
  );
  const isReady = replay.value !== undefined && isAccepted(replay.value, accepted);
  const apply = async () => {
    if (suppression === undefined) return;
    const isDone = await run(
      () => api('addSuppression', { body: { suppression, accept: [...accepted] } }),
      i18n.translate('logAnomalies.quiet.added', {
        defaultMessage: '{name} is in effect',
        values: { name: draft.name },
      }),
    );
    if (isDone) close(true);
  };
  return (
    <EuiFlyout onClose={() => close(false)} size="m" ownFocus aria-labelledby="logAnomaliesQuietTitle">
      <EuiFlyoutHeader hasBorder>
        <EuiTitle size="m">
          <h2 id="logAnomaliesQuietTitle">
            {i18n.translate('logAnomalies.quiet.title', { defaultMessage: 'Add a quiet time or a mute' })}
          </h2>
        </EuiTitle>
      </EuiFlyoutHeader>
      <EuiFlyoutBody>
        {isReplayed ? (
          <QuietReplay replay={replay} accepted={accepted} setAccepted={setAccepted} />
        ) : (
          <QuietTimeForm draft={draft} change={(changes) => setDraft({ ...draft, ...changes })} />
        )}
        {failure !== undefined && (
          <>
            <EuiSpacer size="m" />
            <EuiCallOut size="s" color="danger" iconType="warning" title={failure} />
          </>
        )}
      </EuiFlyoutBody>
      <FlyoutFooter
        close={() => (isReplayed ? setIsReplayed(false) : close(false))}
        closeLabel={
          isReplayed ? i18n.translate('logAnomalies.quiet.back', { defaultMessage: 'Back' }) : undefined
        }
        problem={
          !isReplayed &&
          problems.length > 0 &&
          draft.name !== '' && (
            <EuiText size="xs" color="danger">
              {problems.join(' ')}
            </EuiText>
          )
        }
      >
        {isReplayed ? (
          <EuiButton
            fill
            isLoading={isBusy}
            isDisabled={!isReady}
            onClick={apply}
            data-test-subj="logAnomaliesQuietApply"
          >
            {i18n.translate('logAnomalies.quiet.apply', { defaultMessage: 'Apply it' })}
          </EuiButton>
        ) : (
          <EuiButton
            fill
            isDisabled={suppression === undefined}
            onClick={() => {
              setAccepted([]);
              setIsReplayed(true);
            }}
            data-test-subj="logAnomaliesQuietNext"
          >
            {i18n.translate('logAnomalies.quiet.next', { defaultMessage: 'See what it changes' })}
          </EuiButton>
        )}
      </FlyoutFooter>
    </EuiFlyout>
  );
}

interface QuietTimeFormProps {
  readonly draft: QuietTimeDraft;
  readonly change: (changes: Partial<QuietTimeDraft>) => void;
}

function QuietTimeForm(props: QuietTimeFormProps): ReactElement {
  const { draft, change } = props;
  const { kind, schedules } = draft;
  return (
    <>
      <EuiFormRow
        fullWidth
        label={i18n.translate('logAnomalies.quiet.name', { defaultMessage: 'What it is for' })}
      >
        <EuiFieldText
          fullWidth
          value={draft.name}
          maxLength={200}
          placeholder={i18n.translate('logAnomalies.quiet.nameExample', {
            defaultMessage: 'For example: weekly backup',
          })}
          onChange={(event) => change({ name: event.target.value })}
          data-test-subj="logAnomaliesQuietName"
        />
      </EuiFormRow>
      <EuiSpacer size="m" />
      <KindChoice draft={draft} change={change} />
      <EuiSpacer size="m" />
      {kind !== 'mute' && (
        <ScheduleFields
          schedule={schedules[kind]}
          change={(schedule) => change({ schedules: { ...schedules, [schedule.type]: schedule } })}
        />
      )}
      <EuiSpacer size="m" />
      <Reach draft={draft} change={change} />
      <EuiSpacer size="m" />
      <ExpirySelect
        days={draft.expiresInDays}
        mayLastForever={kind !== 'mute'}
        change={(expiresInDays) => change({ expiresInDays })}
      />
      <EuiSpacer size="m" />
      <EuiSwitch
        label={i18n.translate('logAnomalies.quiet.exclude', {
          defaultMessage: 'Do not learn from the logs of these times',
        })}
        checked={draft.excludeFromTraining}
        onChange={(event) => change({ excludeFromTraining: event.target.checked })}
      />
      <EuiSpacer size="s" />
      <EuiSwitch
        label={i18n.translate('logAnomalies.quiet.everyDetector', {
          defaultMessage: 'For every detector of this space',
        })}
        checked={draft.everyDetector}
        onChange={(event) => change({ everyDetector: event.target.checked })}
      />
      <EuiSpacer size="m" />
      <EuiFormRow
        fullWidth
        label={i18n.translate('logAnomalies.feedback.comment', { defaultMessage: 'Comment' })}
      >
        <EuiTextArea
          fullWidth
          rows={2}
          maxLength={2_000}
          value={draft.comment}
          onChange={(event) => change({ comment: event.target.value })}
        />
      </EuiFormRow>
    </>
  );
}

function QuietReplay(props: {
  replay: Request<Replay | undefined>;
  accepted: readonly Consequence[];
  setAccepted: (accepted: readonly Consequence[]) => void;
}): ReactElement {
  const { replay, accepted, setAccepted } = props;
  return (
    <div data-test-subj="logAnomaliesQuietReplay">
      <RequestState request={replay}>
        {(found) =>
          found === undefined ? (
            <></>
          ) : (
            <>
              <ReplayReport replay={found} />
              <AcceptConsequences replay={found} accepted={accepted} change={setAccepted} />
            </>
          )
        }
      </RequestState>
    </div>
  );
}

/** Choice of when it is quiet: once, every week, by a calendar file or from now on. */
function KindChoice({ draft, change }: QuietTimeFormProps): ReactElement {
  return (
    <EuiButtonGroup
      isFullWidth
      legend={i18n.translate('logAnomalies.quiet.kind', { defaultMessage: 'When it is quiet' })}
      idSelected={draft.kind}
      options={[
        { id: 'once', label: i18n.translate('logAnomalies.quiet.kindOnce', { defaultMessage: 'Once' }) },
        {
          id: 'weekly',
          label: i18n.translate('logAnomalies.quiet.kindWeekly', { defaultMessage: 'Every week' }),
        },
        {
          id: 'icalendar',
          label: i18n.translate('logAnomalies.quiet.kindCalendar', { defaultMessage: 'Calendar file' }),
        },
        {
          id: 'mute',
          label: i18n.translate('logAnomalies.quiet.kindMute', { defaultMessage: 'Mute now' }),
        },
      ]}
      onChange={(id) =>
        change({
          kind: id as QuietTimeDraft['kind'],
          excludeFromTraining: id !== 'mute',
          expiresInDays: id === 'mute' ? (draft.expiresInDays ?? 7) : undefined,
        })
      }
      data-test-subj="logAnomaliesQuietKind"
    />
  );
}

/** The entity and the feature that it is limited to. */
function Reach({ draft, change }: QuietTimeFormProps): ReactElement {
  return (
    <EuiFlexGroup gutterSize="s">
      <EuiFlexItem>
        <EuiFormRow
          fullWidth
          label={i18n.translate('logAnomalies.quiet.entity', { defaultMessage: 'Only of the entity' })}
          helpText={i18n.translate('logAnomalies.quiet.entityHelp', { defaultMessage: 'Empty: of all' })}
        >
          <EuiFieldText
            fullWidth
            value={draft.entity}
            onChange={(event) => change({ entity: event.target.value })}
            data-test-subj="logAnomaliesQuietEntity"
          />
        </EuiFormRow>
      </EuiFlexItem>
      <EuiFlexItem>
        <EuiFormRow
          fullWidth
          label={i18n.translate('logAnomalies.quiet.feature', {
            defaultMessage: 'Only where this feature stands out most',
          })}
          helpText={i18n.translate('logAnomalies.quiet.featureHelp', { defaultMessage: 'Empty: any' })}
        >
          <EuiFieldText
            fullWidth
            value={draft.feature}
            onChange={(event) => change({ feature: event.target.value })}
          />
        </EuiFormRow>
      </EuiFlexItem>
    </EuiFlexGroup>
  );
}

import React, { useEffect, useState, type ReactElement } from 'react';
import {
  EuiButton,
  EuiButtonEmpty,
  EuiFlexGroup,
  EuiFlexItem,
  EuiPanel,
  EuiSpacer,
  EuiSwitch,
  EuiTitle,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { DetectorRecord } from '../../../common/api';
import { thresholdSchema, type Detector } from '../../../common/detector';
import type { ApiFailure } from '../../shared/app/api_client';
import { useApp } from '../../shared/app/app_context';
import { detectorPath } from '../../shared/app/location';
import { useAction } from '../../shared/requests/use_action';
import { PAST, PAST_DAYS, PAST_RANGE } from '../../shared/detector/past_range';
import { withSettingLabels } from '../../shared/values/setting_label';
import { warnOfView } from '../../shared/detector/warn_of_view';
import { BucketFields } from './bucket_fields';
import {
  checkDraft,
  DEFAULT_CONTAMINATION,
  documentOf,
  type Draft,
  type DraftFieldsProps,
} from './draft/draft';
import { EntityField } from './entity_field';
import { FeatureFields } from './features/feature_fields';
import { LogSample } from './log_sample';
import { MoreFields } from './more_fields';
import { ProblemList, WaitForFields } from './problem_list';
import { PreviewPanel, type Preview } from './preview_panel';
import { readKql } from './draft/read_kql';
import { rowSettings, rowsToFollow, withChosenThreshold, type CountedRows } from './draft/proposed_budget';
import { SensitivityFields } from './sensitivity_fields';
import { refusedSettings } from './draft/refused_settings';
import { SourceFields } from './source_fields';
import { fieldsOfNoLog, problemsOf } from './draft/fields_of_no_log';
import { UnitChoice } from './unit_choice';
import { useDescription } from './draft/use_description';
import { YamlButtons } from './yaml_buttons';

/** Most severe logs that a preview brings along: the slider shows more or fewer of them without asking again. */
const PREVIEWED_LOGS = 100;

/** Returns the part of a draft that a preview depends on; a change of the threshold needs no new preview. */
function learnedFrom(draft: Draft): string {
  const { threshold: _threshold, name: _name, ...rest } = documentOf(draft);
  return JSON.stringify(rest);
}

/** @returns undefined while the KQL cannot be read */
function sourceOf({ source }: Draft): Draft['source'] | undefined {
  if (source.kql === undefined) return source;
  try {
    return { ...source, kql: undefined, query: readKql(source.kql) };
  } catch {
    return undefined;
  }
}

/** Returns the problem that the server finds with the source, as that it does not exist; logs that have not come yet are none. */
function sourceProblem(failure: ApiFailure | undefined, { source }: Draft): [string, string][] {
  if (source.index === '' || failure === undefined) return [];
  const told = withSettingLabels(failure.message);
  if (failure.status === 404) return [['source.index', told]];
  if (failure.status !== 400) return [];
  const [, setting] = /^(source\.\w+)\b/.exec(failure.message) ?? [];
  return [[setting ?? 'source.query', told]];
}

/** Returns the problems to list where the detector is saved: those with the logs are told in full at their setting alone. */
const listed = (problems: ReadonlyMap<string, string>, ofSource: ReadonlyMap<string, string>) =>
  new Map(
    [...problems].map(([path, text]) => [
      path,
      ofSource.get(path) === text
        ? i18n.translate('logAnomalies.form.seeSetting', { defaultMessage: 'see the setting above' })
        : text,
    ]),
  );

interface Refused {
  readonly of: Draft;
  readonly problems: ReadonlyMap<string, string>;
}

const valueAt = (draft: Draft, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], draft);

/**
 * Returns the problems that the server found and that the draft still has: those of settings that have not changed since,
 * whatever else has, as proposals do that come later.
 */
function standing(refused: Refused | undefined, draft: Draft): [string, string][] {
  if (refused === undefined) return [];
  const isSame = (path: string): boolean =>
    JSON.stringify(valueAt(refused.of, path)) === JSON.stringify(valueAt(draft, path));
  return [...refused.problems].filter(
    ([path]) =>
      refused.of === draft || (valueAt(refused.of, path) !== undefined && isSame(path) && isSame('source')),
  );
}

interface PreviewState {
  readonly preview?: Preview;
  readonly failure?: ApiFailure;
  /** Key of the draft that the preview was computed from. */
  readonly of?: string;
  /** Of the rows of the preview. */
  readonly unit?: Detector['unit'];
  readonly isLoading: boolean;
}

interface DetectorFormProps {
  readonly initial: Draft;
  readonly record?: DetectorRecord;
  /** True where the preview is loaded with the form. */
  readonly isPreviewed?: boolean;
}

/** Everything about a detector, with a preview beside it. */
export function DetectorForm({ initial, record, isPreviewed = false }: DetectorFormProps): ReactElement {
  const [refused, setRefused] = useState<Refused>();
  const [draft, setDraft] = useState<Draft>(initial);
  const [showsProblems, setShowsProblems] = useState(false);
  const [scoresPast, setScoresPast] = useState(true);
  const [isWaitedFor, setIsWaitedFor] = useState(false);
  const refuse = (failure: ApiFailure) => setRefused({ of: draft, problems: refusedSettings(failure) });
  const showProblems = () => setShowsProblems(true);
  const watched = { id: record?.id, isPreviewed, refuse, showProblems };
  const { shown, counted, preview } = usePreview(draft, watched);
  const { send, isBusy } = useSaving({ draft, record, refuse });
  const checked = checkDraft(draft, readKql);
  const source = sourceOf(draft);
  const description = useDescription(draft, source);
  const unseen = fieldsOfNoLog(draft, description.value?.distributions ?? [], record?.detector);
  const refusedFields = isWaitedFor ? [] : unseen;
  const ofSource = new Map(sourceProblem(description.failure, draft));
  const found = new Map([...ofSource, ...checked.problems]);
  const problems = new Map([...standing(refused, draft), ...problemsOf(refusedFields), ...found]);
  const { detector } = checked;
  const isOfBuckets = draft.unit === 'bucket';
  const isOutdated = shown.of !== learnedFrom(draft);
  const fields = {
    draft,
    change: (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes })),
    problem: (path: string) => (showsProblems ? problems.get(path) : undefined),
  };
  const save = async (start: boolean) => {
    showProblems();
    // An index may be made later, by whoever sends logs there: a detector can wait for it, stopped.
    const canWait = description.failure?.status === 404 && (record !== undefined || !start);
    // The server judges again what it refused: its logs may have come since.
    if (detector === undefined || (found.size > 0 && !canWait) || refusedFields.length > 0) return;
    await send(detector, { start, scoresPast });
  };
  return (
    <EuiFlexGroup alignItems="flexStart" gutterSize="l" wrap>
      <EuiFlexItem grow={3} style={{ minWidth: 0, flexBasis: 480 }}>
        <Step title={i18n.translate('logAnomalies.form.stepLogs', { defaultMessage: '1. Which logs' })}>
          <>
            <SourceFields {...fields} ownId={record?.id} />
            <EuiSpacer size="m" />
            {(!showsProblems || ofSource.size === 0) && <LogSample request={description} draft={draft} />}
          </>
        </Step>
        <Step
          title={i18n.translate('logAnomalies.form.stepFeatures', { defaultMessage: '2. What to look at' })}
        >
          <LookedAt
            {...fields}
            replace={setDraft}
            source={source}
            isNew={record === undefined}
            description={description.value}
          />
        </Step>
        <Step
          title={i18n.translate('logAnomalies.form.stepSensitivity', {
            defaultMessage: '3. How much to flag',
          })}
        >
          <SensitivityFields
            {...fields}
            isNew={record === undefined}
            rows={
              isOfBuckets
                ? rowsToFollow(draft, { counted, described: description.value, isNew: record === undefined })
                : description.value
            }
            inWindow={isOfBuckets ? !isOutdated && counted?.rows : description.value}
          />
        </Step>
        <EuiPanel hasBorder hasShadow={false}>
          <MoreFields {...fields} isGrouped />
        </EuiPanel>
        <EuiSpacer size="l" />
        {showsProblems && <ProblemList problems={listed(problems, ofSource)} draft={draft} />}
        {showsProblems && <WaitForFields {...{ unseen, isWaitedFor }} change={setIsWaitedFor} />}
        <SaveRow
          draft={draft}
          load={setDraft}
          isNew={record === undefined}
          isBusy={isBusy}
          scoresPast={scoresPast}
          setScoresPast={setScoresPast}
          save={save}
        />
      </EuiFlexItem>
      <EuiFlexItem grow={2} style={{ minWidth: 0, flexBasis: 420 }}>
        <PreviewColumn
          draft={draft}
          shown={shown}
          isOutdated={isOutdated}
          preview={preview}
          changeThreshold={(threshold) => fields.change(withChosenThreshold(draft, threshold))}
        />
      </EuiFlexItem>
    </EuiFlexGroup>
  );
}

const Step = ({ title, children }: { title: string; children: ReactElement }): ReactElement => (
  <>
    <EuiPanel hasBorder hasShadow={false}>
      <EuiTitle size="xs">
        <h2>{title}</h2>
      </EuiTitle>
      <EuiSpacer size="m" />
      {children}
    </EuiPanel>
    <EuiSpacer size="m" />
  </>
);

/** Loads a preview of the draft when it is asked for; settings that the server refuses are handed over. */
function usePreview(
  draft: Draft,
  {
    id,
    isPreviewed,
    refuse,
    showProblems,
  }: {
    /** Of the detector that is edited. */
    id: string | undefined;
    isPreviewed: boolean;
    refuse: (failure: ApiFailure) => void;
    showProblems: () => void;
  },
) {
  const { api } = useApp();
  const [shown, setShown] = useState<PreviewState>({ isLoading: false });
  // Stays while another preview is loaded, and where that one fails.
  const [counted, setCounted] = useState<CountedRows>();
  const preview = async () => {
    // A preview needs no name.
    const named = checkDraft({ ...draft, name: draft.name || '-' }, readKql).detector;
    if (named === undefined) return showProblems();
    setShown({ isLoading: true });
    try {
      const answer = await api('previewDetector', { body: { detector: named, top: PREVIEWED_LOGS, id } });
      if (draft.unit === 'bucket') {
        const { logs_in_window: logs, days } = answer;
        setCounted({ rows: { logs, days }, of: rowSettings(draft) });
      }
      setShown({ preview: answer, of: learnedFrom(draft), unit: named.unit, isLoading: false });
    } catch (error) {
      const failure = error as ApiFailure;
      setShown({ failure, isLoading: false });
      if (failure.issues.length > 0) {
        refuse(failure);
        showProblems();
      }
    }
  };
  useEffect(() => {
    if (isPreviewed) void preview();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once, with what the address asks for
  }, []);
  return { shown, counted, preview };
}

/** Makes the detector or changes it, and goes to its page. */
function useSaving({
  draft,
  record,
  refuse,
}: {
  draft: Draft;
  record: DetectorRecord | undefined;
  refuse: (failure: ApiFailure) => void;
}) {
  const { api, go, core } = useApp();
  const { run, isBusy } = useAction();
  const send = async (detector: Detector, { start, scoresPast }: { start: boolean; scoresPast: boolean }) => {
    const isPastScored = record === undefined && start && scoresPast;
    await run(
      async () => {
        const saved = await (
          record === undefined
            ? api('createDetector', { body: { detector, start, ...(isPastScored && { score_past: PAST }) } })
            : api('updateDetector', {
                params: { id: record.id },
                body: { detector, version: record.version },
              })
        ).catch((failure: ApiFailure) => {
          refuse(failure);
          throw failure;
        });
        warnOfView(core, saved);
        if (record === undefined && start) go(detectorPath(saved.id), isPastScored ? { ...PAST_RANGE } : {});
        else go(record ? detectorPath(saved.id) : '/');
      },
      i18n.translate('logAnomalies.form.saved', {
        defaultMessage: '{name} is saved',
        values: { name: draft.name },
      }),
    );
  };
  return { send, isBusy };
}

/** Choice of single logs or rows of logs, and the fields of either. */
function LookedAt(
  props: DraftFieldsProps & {
    replace: (draft: Draft) => void;
    source: Draft['source'] | undefined;
    isNew: boolean;
    description: ReturnType<typeof useDescription>['value'];
  },
): ReactElement {
  const { replace, source, isNew, description, ...fields } = props;
  const { draft } = fields;
  return (
    <>
      <UnitChoice draft={draft} replace={replace} />
      <EuiSpacer size="m" />
      {draft.unit === 'bucket' ? (
        <BucketFields
          {...fields}
          replace={replace}
          fields={description?.fields}
          suggested={description?.entity_field}
        />
      ) : (
        <>
          <EntityField
            {...fields}
            fields={description?.fields}
            isNew={isNew}
            suggested={description?.entity_field}
          />
          <EuiSpacer size="m" />
          <FeatureFields
            {...fields}
            source={source}
            distributions={description?.distributions ?? []}
            fields={description?.fields}
          />
        </>
      )}
    </>
  );
}

/** Buttons that save the detector, or read and write it as a file. */
function SaveRow(props: {
  draft: Draft;
  load: (draft: Draft) => void;
  isNew: boolean;
  isBusy: boolean;
  scoresPast: boolean;
  setScoresPast: (scoresPast: boolean) => void;
  save: (start: boolean) => Promise<void>;
}): ReactElement {
  const { draft, load, isNew, isBusy, scoresPast, setScoresPast, save } = props;
  const { go, canWrite } = useApp();
  return (
    <EuiFlexGroup responsive={false} wrap alignItems="center">
      <EuiFlexItem grow={false}>
        <EuiButton
          fill
          iconType="save"
          isLoading={isBusy}
          isDisabled={!canWrite}
          onClick={() => save(isNew)}
          data-test-subj="logAnomaliesSave"
        >
          {isNew
            ? i18n.translate('logAnomalies.form.saveAndStart', { defaultMessage: 'Save and start' })
            : i18n.translate('logAnomalies.form.save', { defaultMessage: 'Save' })}
        </EuiButton>
      </EuiFlexItem>
      {isNew && (
        <EuiFlexItem grow={false}>
          <EuiSwitch
            compressed
            label={i18n.translate('logAnomalies.form.scorePast', {
              defaultMessage: 'and score the last {days} days',
              values: { days: PAST_DAYS },
            })}
            checked={scoresPast}
            onChange={(event) => setScoresPast(event.target.checked)}
            data-test-subj="logAnomaliesScoresPast"
          />
        </EuiFlexItem>
      )}
      {isNew && (
        <EuiFlexItem grow={false}>
          <EuiButton isDisabled={!canWrite || isBusy} onClick={() => save(false)}>
            {i18n.translate('logAnomalies.form.saveOnly', { defaultMessage: 'Save without starting' })}
          </EuiButton>
        </EuiFlexItem>
      )}
      <EuiFlexItem grow={false}>
        <EuiButtonEmpty onClick={() => go('/')}>
          {i18n.translate('logAnomalies.form.cancel', { defaultMessage: 'Cancel' })}
        </EuiButtonEmpty>
      </EuiFlexItem>
      <EuiFlexItem />
      <YamlButtons draft={draft} load={load} />
    </EuiFlexGroup>
  );
}

function PreviewColumn(props: {
  draft: Draft;
  shown: PreviewState;
  isOutdated: boolean;
  preview: () => Promise<void>;
  changeThreshold: (threshold: Detector['threshold']) => void;
}): ReactElement {
  const { draft, shown, isOutdated, preview, changeThreshold } = props;
  return (
    <EuiPanel hasBorder hasShadow={false}>
      <EuiFlexGroup alignItems="center" responsive={false}>
        <EuiFlexItem>
          <EuiTitle size="xs">
            <h2>{i18n.translate('logAnomalies.preview.title', { defaultMessage: 'Preview' })}</h2>
          </EuiTitle>
        </EuiFlexItem>
        <EuiFlexItem grow={false}>
          <EuiButton
            size="s"
            iconType="eye"
            onClick={preview}
            isLoading={shown.isLoading}
            isDisabled={!draft.source.index || (draft.unit !== 'bucket' && draft.features.length === 0)}
            data-test-subj="logAnomaliesPreviewButton"
          >
            {i18n.translate('logAnomalies.preview.run', { defaultMessage: 'Preview' })}
          </EuiButton>
        </EuiFlexItem>
      </EuiFlexGroup>
      <EuiSpacer size="m" />
      <PreviewPanel
        {...shown}
        preview={shown.preview}
        failure={shown.failure}
        isOutdated={isOutdated}
        unit={shown.unit ?? draft.unit ?? 'log'}
        threshold={thresholdSchema
          .catch({ method: 'contamination', contamination: DEFAULT_CONTAMINATION })
          .parse(draft.threshold)}
        changeThreshold={changeThreshold}
        retry={preview}
      />
    </EuiPanel>
  );
}

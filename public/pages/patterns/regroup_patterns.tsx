import React, { useState, type ReactElement } from 'react';
import { EuiButton, EuiConfirmModal, EuiFormRow, EuiRadioGroup, EuiSpacer, EuiText } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { LogPatternBody } from '../../../common/api';
import { useApp } from '../../shared/app/app_context';
import type { DetectorView } from '../../shared/detector/detector_view';
import type { useAction } from '../../shared/requests/use_action';
import { formatCount } from '../../shared/values/format';
import { mergeAll } from './merge_all';

interface Given {
  readonly record: DetectorView['record'];
  readonly isBusy: boolean;
  readonly run: ReturnType<typeof useAction>['run'];
}

const cancel = (): string => i18n.translate('logAnomalies.delete.cancel', { defaultMessage: 'Cancel' });

/** Merges the patterns that are chosen, after it has asked into which. */
export function MergeButton({
  chosen,
  ...given
}: Given & { readonly chosen: readonly LogPatternBody[] }): ReactElement {
  const [isAsking, setIsAsking] = useState(false);
  return (
    <>
      <EuiButton
        size="s"
        isDisabled={chosen.length < 2}
        isLoading={given.isBusy}
        onClick={() => setIsAsking(true)}
        data-test-subj="logAnomaliesMergePatterns"
      >
        {chosen.length < 2
          ? i18n.translate('logAnomalies.logPatterns.merge', { defaultMessage: 'Merge' })
          : i18n.translate('logAnomalies.logPatterns.mergeChosen', {
              defaultMessage: 'Merge {count}',
              values: { count: chosen.length },
            })}
      </EuiButton>
      {isAsking && chosen.length > 1 && (
        <ConfirmMerge {...given} chosen={chosen} close={() => setIsAsking(false)} />
      )}
    </>
  );
}

/** The one with the most logs is proposed as the one that stays. */
function ConfirmMerge(
  props: Given & { readonly chosen: readonly LogPatternBody[]; readonly close: () => void },
): ReactElement {
  const { record, chosen, isBusy, run, close } = props;
  const { api } = useApp();
  const [into, setInto] = useState(
    () => chosen.reduce((one, each) => (each.logs > one.logs ? each : one)).id,
  );
  const merge = async (): Promise<void> => {
    await run(
      () =>
        mergeAll(
          chosen.filter((each) => each.id !== into),
          (id) => {
            const params = { id: record.id, pattern_id: id };
            return api('updateLogPattern', { params, body: { merge_into: into } });
          },
        ),
      i18n.translate('logAnomalies.logPatterns.merged', {
        defaultMessage: 'Merged from the next bucket on',
      }),
    );
    close();
  };
  return (
    <EuiConfirmModal
      title={i18n.translate('logAnomalies.logPatterns.mergeTitle', {
        defaultMessage: 'Merge {count} patterns into one?',
        values: { count: chosen.length },
      })}
      isLoading={isBusy}
      confirmButtonText={i18n.translate('logAnomalies.logPatterns.merge', { defaultMessage: 'Merge' })}
      cancelButtonText={cancel()}
      onCancel={close}
      onConfirm={() => void merge()}
      data-test-subj="logAnomaliesConfirmMerge"
    >
      <EuiFormRow
        fullWidth
        label={i18n.translate('logAnomalies.logPatterns.mergeInto', {
          defaultMessage: 'The others become a part of',
        })}
      >
        <EuiRadioGroup
          options={chosen.map(({ id, text, logs }) => ({
            id,
            label: (
              <>
                <code>{text}</code> ({formatCount(logs)})
              </>
            ),
          }))}
          idSelected={into}
          onChange={setInto}
          name="logAnomaliesMergeInto"
        />
      </EuiFormRow>
      <EuiSpacer size="m" />
      <EuiText size="s">
        <p>
          {i18n.translate('logAnomalies.logPatterns.mergeThen', {
            defaultMessage:
              'From the next bucket on their counts are joined, those of the past, too: the pattern is counted, judged and told of as one. It stays ignored, or not, as it is now.',
          })}
        </p>
        <p>
          {i18n.translate('logAnomalies.logPatterns.mergeUntil', {
            defaultMessage:
              'Until then each is counted as before, the others are in no list, and the merge cannot be undone. Afterwards the pattern can be taken apart, and all of it is learned anew.',
          })}
        </p>
        <StoppedNote record={record} />
      </EuiText>
    </EuiConfirmModal>
  );
}

/** Asks before what people have merged into a pattern is on its own again. */
export function TakeApart(
  props: Given & { readonly pattern: LogPatternBody; readonly close: () => void },
): ReactElement {
  const { record, pattern, isBusy, run, close } = props;
  const { api } = useApp();
  const takeApart = async (): Promise<void> => {
    const params = { id: record.id, pattern_id: pattern.id };
    await run(
      () => api('updateLogPattern', { params, body: { take_apart: true } }),
      i18n.translate('logAnomalies.logPatterns.isTakenApart', {
        defaultMessage: 'Taken apart from the next bucket on',
      }),
    );
    close();
  };
  return (
    <EuiConfirmModal
      title={i18n.translate('logAnomalies.logPatterns.apartTitle', {
        defaultMessage: 'Take this pattern apart?',
      })}
      isLoading={isBusy}
      confirmButtonText={i18n.translate('logAnomalies.logPatterns.takeApart', {
        defaultMessage: 'Take apart',
      })}
      cancelButtonText={cancel()}
      onCancel={close}
      onConfirm={() => void takeApart()}
      data-test-subj="logAnomaliesConfirmTakeApart"
    >
      <EuiText size="s">
        <p>
          {i18n.translate('logAnomalies.logPatterns.apartThen', {
            defaultMessage: 'From the next bucket on these are patterns of their own:',
          })}
        </p>
        <ul>
          {[pattern.text, ...(pattern.forms ?? [])].map((text) => (
            <li key={text}>
              <code>{text}</code>
            </li>
          ))}
        </ul>
        <p>
          {i18n.translate('logAnomalies.logPatterns.apartLearned', {
            defaultMessage:
              'What is usual is learned anew for each, and none is told of as new. What was counted while they were merged stays with the first. All are ignored where the pattern is. Until the next bucket it cannot be merged with others.',
          })}
        </p>
        <StoppedNote record={record} />
      </EuiText>
    </EuiConfirmModal>
  );
}

/** A run that closes a bucket does it. */
function StoppedNote({ record }: Pick<Given, 'record'>): ReactElement | null {
  return record.enabled ? null : (
    <p>
      {i18n.translate('logAnomalies.logPatterns.stoppedNote', {
        defaultMessage: 'The detector is stopped: nothing happens before it runs again.',
      })}
    </p>
  );
}

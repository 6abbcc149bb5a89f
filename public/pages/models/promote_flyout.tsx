import React, { useState, type ReactElement } from 'react';
import {
  EuiButton,
  EuiButtonEmpty,
  EuiFieldText,
  EuiFlyout,
  EuiFlyoutBody,
  EuiFlyoutHeader,
  EuiFormRow,
  EuiSpacer,
  EuiText,
  EuiTitle,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import type { ModelRecordBody } from '../../../common/api';
import { useApp } from '../../shared/app/app_context';
import { FlyoutFooter } from '../../shared/layout/flyout_footer';
import { formatTime } from '../../shared/values/format';
import { useAction } from '../../shared/requests/use_action';
import { GateReport } from './gate_report';

/** Shows the checks of a model and asks for a confirmation; nothing is promoted before it. */
export default function PromoteFlyout(props: {
  detectorId: string;
  model: ModelRecordBody;
  mayPromote: boolean;
  close: () => void;
  promote: (note: string) => Promise<boolean>;
  /** The checks were made anew. */
  checked: () => void;
}): ReactElement {
  const { detectorId, model, mayPromote, close, promote, checked } = props;
  const { api } = useApp();
  const { run, isBusy } = useAction(checked);
  const [gate, setGate] = useState(model.gate);
  const [note, setNote] = useState('');
  const [isPromoting, setIsPromoting] = useState(false);
  const isAsking = mayPromote && model.status !== 'active';
  return (
    <EuiFlyout
      onClose={close}
      size="m"
      ownFocus
      aria-labelledby="logAnomaliesPromoteTitle"
      data-test-subj="logAnomaliesPromoteFlyout"
    >
      <EuiFlyoutHeader hasBorder>
        <PromoteTitle model={model} isAsking={isAsking} />
      </EuiFlyoutHeader>
      <EuiFlyoutBody>
        {gate ? (
          <GateReport gate={gate} />
        ) : (
          <EuiText size="s">
            {i18n.translate('logAnomalies.promote.unchecked', {
              defaultMessage: 'It was never compared with the active model over the same logs.',
            })}
          </EuiText>
        )}
        <EuiSpacer size="m" />
        {isAsking && (
          <EuiButtonEmpty
            size="s"
            flush="left"
            iconType="inspect"
            isLoading={isBusy}
            onClick={() =>
              run(async () => {
                const params = { id: detectorId, version: model.version };
                setGate(await api('gateModel', { params }));
              })
            }
            data-test-subj="logAnomaliesCheckModel"
          >
            {i18n.translate('logAnomalies.promote.check', {
              defaultMessage: 'Check it now, over recent logs',
            })}
          </EuiButtonEmpty>
        )}
        {isAsking && <NoteField note={note} setNote={setNote} />}
      </EuiFlyoutBody>
      <FlyoutFooter
        close={close}
        closeLabel={i18n.translate('logAnomalies.promote.close', { defaultMessage: 'Close' })}
      >
        {isAsking && (
          <EuiButton
            fill
            color={gate?.verdict === 'fail' ? 'danger' : 'primary'}
            iconType={icon('launch')}
            isLoading={isPromoting}
            onClick={async () => {
              setIsPromoting(true);
              if (await promote(note)) close();
              else setIsPromoting(false);
            }}
            data-test-subj="logAnomaliesPromoteNow"
          >
            {gate?.verdict === 'fail'
              ? i18n.translate('logAnomalies.promote.anyway', {
                  defaultMessage: 'Promote it all the same',
                })
              : i18n.translate('logAnomalies.models.promote', { defaultMessage: 'Promote' })}
          </EuiButton>
        )}
      </FlyoutFooter>
    </EuiFlyout>
  );
}

function PromoteTitle({ model, isAsking }: { model: ModelRecordBody; isAsking: boolean }): ReactElement {
  return (
    <EuiTitle size="m">
      <h2 id="logAnomaliesPromoteTitle">
        {isAsking
          ? i18n.translate('logAnomalies.promote.title', {
              defaultMessage: 'Shall the model of {time} take over?',
              values: { time: formatTime(model.created_at) },
            })
          : i18n.translate('logAnomalies.promote.report', {
              defaultMessage: 'Checks of the model of {time}',
              values: { time: formatTime(model.created_at) },
            })}
      </h2>
    </EuiTitle>
  );
}

function NoteField({ note, setNote }: { note: string; setNote: (note: string) => void }): ReactElement {
  return (
    <EuiFormRow
      fullWidth
      label={i18n.translate('logAnomalies.promote.note', {
        defaultMessage: 'Why (kept with the model)',
      })}
    >
      <EuiFieldText
        fullWidth
        maxLength={1_000}
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
    </EuiFormRow>
  );
}

import React, { useState, type ReactElement } from 'react';
import {
  EuiButton,
  EuiButtonEmpty,
  EuiFieldText,
  EuiFlexGroup,
  EuiFlexItem,
  EuiFormRow,
  EuiPopover,
  EuiSpacer,
  EuiTextArea,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { IncidentBody } from '../../../common/api';
import { INCIDENT_LIMITS } from '../../../common/incidents';
import { useApp } from '../app/app_context';
import { useAction } from '../requests/use_action';
import { isGoingOn } from './incident_text';

interface Change {
  readonly state?: 'open' | 'acknowledged' | 'closed';
  readonly assignee?: string | null;
  readonly comment?: string;
}

/** Actions of people on an incident: acknowledge, assign, comment, close, open again. */
export function IncidentActions(props: { incident: IncidentBody; changed: () => void }): ReactElement {
  const { incident, changed } = props;
  const { api, canWrite } = useApp();
  const { run, isBusy } = useAction(changed);
  const change = (body: Change): Promise<boolean> =>
    run(() => api('updateIncident', { params: { incident_id: incident.id }, body }));
  const isDisabled = !canWrite || isBusy;
  return (
    <EuiFlexGroup gutterSize="s" responsive={false} wrap alignItems="center">
      {incident.state === 'open' && (
        <EuiFlexItem grow={false}>
          <EuiButton
            size="s"
            iconType="check"
            isDisabled={isDisabled}
            onClick={() => change({ state: 'acknowledged' })}
            data-test-subj="logAnomaliesAcknowledge"
          >
            {i18n.translate('logAnomalies.incident.acknowledge', { defaultMessage: 'Acknowledge' })}
          </EuiButton>
        </EuiFlexItem>
      )}
      <EuiFlexItem grow={false}>
        <TextPopover
          name={i18n.translate('logAnomalies.incident.assign', { defaultMessage: 'Assign' })}
          label={i18n.translate('logAnomalies.incident.assignee', { defaultMessage: 'Assigned to' })}
          help={i18n.translate('logAnomalies.incident.assignHelp', {
            defaultMessage: 'A name; empty: nobody',
          })}
          icon="user"
          initial={incident.assignee ?? ''}
          longest={INCIDENT_LIMITS.assigneeCharacters}
          allowsEmpty
          isDisabled={isDisabled}
          save={(name) => change({ assignee: name === '' ? null : name })}
          subject="logAnomaliesAssign"
        />
      </EuiFlexItem>
      <EuiFlexItem grow={false}>
        <TextPopover
          isLong
          name={i18n.translate('logAnomalies.incident.comment', { defaultMessage: 'Comment' })}
          label={i18n.translate('logAnomalies.incident.comment', { defaultMessage: 'Comment' })}
          icon="editorComment"
          initial=""
          longest={INCIDENT_LIMITS.commentCharacters}
          isDisabled={isDisabled}
          save={(comment) => change({ comment })}
          subject="logAnomaliesComment"
        />
      </EuiFlexItem>
      <EuiFlexItem grow={false}>
        {isGoingOn(incident) ? (
          <EuiButtonEmpty
            size="s"
            iconType="cross"
            isDisabled={isDisabled}
            onClick={() => change({ state: 'closed' })}
            data-test-subj="logAnomaliesCloseIncident"
          >
            {i18n.translate('logAnomalies.incident.close', { defaultMessage: 'Close' })}
          </EuiButtonEmpty>
        ) : (
          <EuiButtonEmpty
            size="s"
            iconType="refresh"
            isDisabled={isDisabled || incident.state === 'merged'}
            onClick={() => change({ state: 'open' })}
            data-test-subj="logAnomaliesReopenIncident"
          >
            {i18n.translate('logAnomalies.incident.reopen', { defaultMessage: 'Open again' })}
          </EuiButtonEmpty>
        )}
      </EuiFlexItem>
    </EuiFlexGroup>
  );
}

function TextPopover(props: {
  name: string;
  label: string;
  help?: string;
  icon: 'user' | 'editorComment';
  initial: string;
  /** Characters. */
  longest: number;
  isLong?: boolean;
  allowsEmpty?: boolean;
  isDisabled: boolean;
  save: (text: string) => Promise<boolean>;
  subject: string;
}): ReactElement {
  const { name, label, help, icon, initial, longest, isLong, allowsEmpty, isDisabled, save, subject } = props;
  const [isOpen, setIsOpen] = useState(false);
  const [text, setText] = useState(initial);
  const shared = {
    value: text,
    maxLength: longest,
    onChange: ({ target }: { target: { value: string } }) => setText(target.value),
    'data-test-subj': `${subject}Text`,
  };
  return (
    <EuiPopover
      isOpen={isOpen}
      closePopover={() => setIsOpen(false)}
      panelPaddingSize="m"
      aria-label={name}
      button={
        <EuiButtonEmpty
          size="s"
          iconType={icon}
          isDisabled={isDisabled}
          onClick={() => {
            setText(initial);
            setIsOpen(!isOpen);
          }}
          data-test-subj={subject}
        >
          {name}
        </EuiButtonEmpty>
      }
    >
      <form
        style={{ width: 300 }}
        onSubmit={(event) => {
          event.preventDefault();
          void save(text.trim()).then((isSaved) => isSaved && setIsOpen(false));
        }}
      >
        <EuiFormRow label={label} helpText={help}>
          {isLong ? <EuiTextArea compressed rows={3} {...shared} /> : <EuiFieldText compressed {...shared} />}
        </EuiFormRow>
        <EuiSpacer size="s" />
        <EuiButton
          fill
          size="s"
          type="submit"
          isDisabled={isDisabled || (!allowsEmpty && text.trim() === '')}
          data-test-subj={`${subject}Save`}
        >
          {i18n.translate('logAnomalies.form.save', { defaultMessage: 'Save' })}
        </EuiButton>
      </form>
    </EuiPopover>
  );
}

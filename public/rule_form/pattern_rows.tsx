import React, { type ReactElement } from 'react';
import { EuiComboBox } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { PATTERN_CHANGES, type PatternChange } from '../../common/anomaly/comparison';
import { patternStateName } from '../shared/values/pattern_state';
import { Row } from './form_parts';
import { withLevel } from './with_level';

/** Levels that are offered; others can be typed. */
const USUAL_LEVELS = ['fatal', 'critical', 'error', 'warn', 'warning', 'info', 'debug'];

/** Conditions on changes of patterns and on the level of logs: "a new pattern with error level". */
export function PatternRows(props: {
  changes: readonly PatternChange[] | undefined;
  levels: readonly string[] | undefined;
  setRuleParams: (name: string, value: unknown) => void;
}): ReactElement {
  const { changes = [], levels = [], setRuleParams } = props;
  const change = (name: string, values: readonly string[]): void =>
    setRuleParams(name, values.length === 0 ? undefined : values);
  const changesLabel = i18n.translate('logAnomalies.rule.patternChanges', {
    defaultMessage: 'Only patterns that are',
  });
  const levelsLabel = i18n.translate('logAnomalies.rule.levels', {
    defaultMessage: 'Only logs with the level',
  });
  return (
    <>
      <Row
        label={changesLabel}
        help={i18n.translate('logAnomalies.rule.patternChangesHelp', {
          defaultMessage: 'Of detectors that count the kinds of messages; empty: all anomalies.',
        })}
      >
        <EuiComboBox
          fullWidth
          aria-label={changesLabel}
          inputPopoverProps={{ 'aria-label': changesLabel }}
          options={PATTERN_CHANGES.map((value) => ({ label: patternStateName(value), value }))}
          selectedOptions={changes.map((value) => ({ label: patternStateName(value), value }))}
          onChange={(selected) =>
            change(
              'pattern_changes',
              selected.flatMap(({ value }) => value ?? []),
            )
          }
          data-test-subj="logAnomaliesRulePatternChanges"
        />
      </Row>
      <Row
        label={levelsLabel}
        help={i18n.translate('logAnomalies.rule.levelsHelp', {
          defaultMessage: 'By log.level, in upper or lower case; empty: all.',
        })}
      >
        <EuiComboBox
          fullWidth
          aria-label={levelsLabel}
          inputPopoverProps={{ 'aria-label': levelsLabel }}
          options={USUAL_LEVELS.map((label) => ({ label }))}
          selectedOptions={levels.map((label) => ({ label }))}
          onChange={(selected) =>
            change(
              'levels',
              selected.map(({ label }) => label),
            )
          }
          onCreateOption={(label) => change('levels', withLevel(levels, label))}
          data-test-subj="logAnomaliesRuleLevels"
        />
      </Row>
    </>
  );
}

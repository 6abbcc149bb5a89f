import React, { useState, type ReactElement } from 'react';
import {
  EuiComboBox,
  EuiFieldText,
  EuiFlexGrid,
  EuiFlexItem,
  EuiFormRow,
  EuiSelect,
  EuiTextArea,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { NumberField } from '../../../shared/values/number_field';
import type { FieldPart } from '../../../../common/detector';
import { portsOfEnds } from '../../../../common/log_features/suggesting/connection_features';
import type { LogField } from '../../../../common/log_features/fields/log_fields';
import {
  FEATURE_DIRECTIONS,
  SEVERITY_CODES,
  VALUE_UNITS,
  type FeatureDirection,
  type FeatureType,
} from '../../../../common/detector';
import {
  codesName,
  directionName,
  holdsAddresses,
  holdsMessages,
  holdsRoutes,
  linesOfPatterns,
  partLabel,
  partOfLabel,
  patternsOfLines,
  unitName,
  usualDirection,
  usualUnit,
  withFields,
  type DraftFeature,
} from '../draft/feature_parts';

export interface FeatureSettingsProps {
  readonly feature: DraftFeature;
  readonly put: (feature: DraftFeature) => void;
  /** Returns the problem with a setting of the feature, if there is one. */
  readonly problem: (setting: string) => string | undefined;
  /** Of the logs; undefined until they are known. */
  readonly fields: readonly LogField[] | undefined;
  /** Rows of buckets are compared with their own entity. */
  readonly isOfBuckets?: boolean;
}

const MOST_PARTS = 4;
const isOf = (type: FeatureType | undefined, ...types: FeatureType[]): boolean =>
  type !== undefined && types.includes(type);

/** All settings of one feature in plain words; each says what is wrong with it. */
export function FeatureSettings(props: FeatureSettingsProps): ReactElement {
  const { feature, put, isOfBuckets = false } = props;
  const { type } = feature;
  const set = (changes: DraftFeature): void => put({ ...feature, ...changes });
  return (
    <EuiFlexGrid
      columns={2}
      gutterSize="m"
      style={{ width: '100%' }}
      data-test-subj="logAnomaliesFeatureSettings"
    >
      {isOf(type, 'combination') && <Together {...props} />}
      {isOf(type, 'deviation', 'severity', 'message_numbers') && !isOfBuckets && (
        <ComparedWithin {...props} />
      )}
      {isOf(type, 'severity') && <Codes {...props} set={set} />}
      {isOf(type, 'route') && <Method {...props} set={set} />}
      {isOf(type, 'category') && !isOfBuckets && <Masked {...props} set={set} />}
      {isOf(type, 'number', 'deviation', 'message_numbers', 'text') && <Direction {...props} set={set} />}
      {isOf(type, 'number', 'deviation') && (
        <>
          <Unit {...props} set={set} />
          <IgnoredValues {...props} set={set} />
        </>
      )}
      {isOf(type, 'deviation') && <Tolerance {...props} set={set} />}
      {isOf(type, 'template') && <Masks {...props} set={set} />}
      {isOf(type, 'text') && <OwnPatterns {...props} set={set} />}
      {isOf(type, 'hour_of_day', 'day_of_week', 'deviation') && <TimeZone {...props} set={set} />}
      <Setting
        {...props}
        setting="name"
        label={i18n.translate('logAnomalies.feature.name', { defaultMessage: 'Called' })}
        help={i18n.translate('logAnomalies.feature.nameHelp', {
          defaultMessage: 'In reasons and charts; empty: as the field.',
        })}
      >
        <TextInput value={feature.name} set={(value) => set({ name: value })} />
      </Setting>
      <Setting
        {...props}
        setting="weight"
        label={i18n.translate('logAnomalies.feature.weight', { defaultMessage: 'How much it counts' })}
        help={i18n.translate('logAnomalies.feature.weightHelp', {
          defaultMessage:
            'Beside the others, 0.01 to 100: 2 is looked at twice as often; empty: by its type.',
        })}
      >
        <NumberInput value={feature.weight} set={(value) => set({ weight: value })} />
      </Setting>
    </EuiFlexGrid>
  );
}

type Setter = { readonly set: (changes: DraftFeature) => void };

function Direction({ feature, set, ...props }: FeatureSettingsProps & Setter): ReactElement {
  const usual = directionName(usualDirection(feature));
  const isText = feature.type === 'text';
  return (
    <Setting
      {...props}
      setting="direction"
      label={
        isText
          ? i18n.translate('logAnomalies.feature.directionOfText', { defaultMessage: 'A length is unusual' })
          : i18n.translate('logAnomalies.feature.direction', { defaultMessage: 'A value is unusual' })
      }
      help={i18n.translate('logAnomalies.feature.directionHelp', {
        defaultMessage: 'Values on the other side are never anomalous.',
      })}
    >
      <Choice
        value={feature.direction ?? (isText ? 'both' : 'auto')}
        options={FEATURE_DIRECTIONS.filter((value) => value !== 'auto' || !isText).map((value) => ({
          value,
          text:
            value === 'auto'
              ? i18n.translate('logAnomalies.feature.byName', {
                  defaultMessage: 'as its name tells: {usual}',
                  values: { usual },
                })
              : directionName(value),
        }))}
        set={(value) => set({ direction: value === 'auto' ? undefined : (value as FeatureDirection) })}
        subject="logAnomaliesDirection"
      />
    </Setting>
  );
}

function Unit({ feature, set, ...props }: FeatureSettingsProps & Setter): ReactElement {
  return (
    <Setting
      {...props}
      setting="unit"
      label={i18n.translate('logAnomalies.feature.unit', { defaultMessage: 'Its numbers are' })}
      help={i18n.translate('logAnomalies.feature.unitHelp', {
        defaultMessage: 'Only for what people read: reasons write s, ms and KB.',
      })}
    >
      <Choice
        value={feature.unit ?? ''}
        options={[
          {
            value: '',
            text: i18n.translate('logAnomalies.feature.byName', {
              defaultMessage: 'as its name tells: {usual}',
              values: { usual: unitName(usualUnit(feature)) },
            }),
          },
          ...VALUE_UNITS.map((value) => ({ value, text: unitName(value) })),
        ]}
        set={(value) => set({ unit: VALUE_UNITS.find((unit) => unit === value) })}
        subject="logAnomaliesUnitOfField"
      />
    </Setting>
  );
}

function Codes({ feature, set, ...props }: FeatureSettingsProps & Setter): ReactElement {
  return (
    <Setting
      {...props}
      setting="codes"
      label={i18n.translate('logAnomalies.feature.codes', { defaultMessage: 'Its values are' })}
      help={i18n.translate('logAnomalies.feature.codesHelp', {
        defaultMessage: 'Defines how severe a value is. Its rarity comes from the logs.',
      })}
    >
      <Choice
        value={feature.codes ?? 'auto'}
        options={SEVERITY_CODES.map((value) => ({
          value,
          text:
            value === 'auto'
              ? i18n.translate('logAnomalies.codes.auto', {
                  defaultMessage: 'as the field and its values tell',
                })
              : codesName(value),
        }))}
        set={(value) =>
          set({ codes: value === 'auto' ? undefined : SEVERITY_CODES.find((code) => code === value) })
        }
        subject="logAnomaliesCodes"
      />
    </Setting>
  );
}

function Masked({ feature, set, ...props }: FeatureSettingsProps & Setter): ReactElement {
  return (
    <Setting
      {...props}
      setting="masked"
      label={i18n.translate('logAnomalies.feature.masked', { defaultMessage: 'Numbers within it' })}
      help={i18n.translate('logAnomalies.feature.maskedHelp', {
        defaultMessage: 'Masked, all versions of a browser or program are one value.',
      })}
    >
      <Choice
        value={feature.masked === 'agent' ? 'agent' : feature.masked === true ? 'masked' : 'kept'}
        options={[
          {
            value: 'kept',
            text: i18n.translate('logAnomalies.feature.numbersKept', { defaultMessage: 'tell values apart' }),
          },
          {
            value: 'masked',
            text: i18n.translate('logAnomalies.feature.numbersMasked', { defaultMessage: 'are masked' }),
          },
          {
            value: 'agent',
            text: i18n.translate('logAnomalies.feature.programsAlone', {
              defaultMessage: 'of a user agent only the programs count',
            }),
          },
        ]}
        set={(value) => set({ masked: value === 'agent' ? 'agent' : value === 'masked' ? true : undefined })}
        subject="logAnomaliesMasked"
      />
    </Setting>
  );
}

function Method({ feature, set, fields, ...props }: FeatureSettingsProps & Setter): ReactElement {
  return (
    <Setting
      {...props}
      setting="method"
      label={i18n.translate('logAnomalies.feature.method', { defaultMessage: 'Field with the method' })}
      help={i18n.translate('logAnomalies.feature.methodHelp', {
        defaultMessage: 'Such as http.request.method: GET and POST of one path are two routes; empty: one.',
      })}
    >
      <Parts
        fields={fields}
        chosen={feature.method === undefined ? [] : [feature.method]}
        choose={([part]) => set({ method: typeof part === 'string' ? part : undefined })}
        most={1}
        hasRoutes={false}
        subject="logAnomaliesMethod"
      />
    </Setting>
  );
}

function ComparedWithin({ feature, put, fields, ...props }: FeatureSettingsProps): ReactElement {
  return (
    <Setting
      {...props}
      setting="by"
      label={i18n.translate('logAnomalies.feature.by', { defaultMessage: 'Compared with logs of the same' })}
      help={i18n.translate('logAnomalies.feature.byHelp', {
        defaultMessage:
          'Up to four, from wide to narrow, such as service, method and route; where a group has few logs, the wider one helps out.',
      })}
    >
      <Parts
        fields={fields}
        chosen={feature.by === undefined ? [] : [feature.by].flat()}
        choose={(parts) => {
          const [first] = parts;
          const isSingle = parts.length === 1 && typeof first === 'string' && !Array.isArray(feature.by);
          put({ ...feature, by: parts.length === 0 ? undefined : isSingle ? first : parts });
        }}
        most={MOST_PARTS}
        hasRoutes
        subject="logAnomaliesBy"
      />
    </Setting>
  );
}

function Together({ feature, put, fields, ...props }: FeatureSettingsProps): ReactElement {
  return (
    <Setting
      {...props}
      setting="fields"
      label={i18n.translate('logAnomalies.feature.together', { defaultMessage: 'Values that go together' })}
      help={i18n.translate('logAnomalies.feature.togetherHelp', {
        defaultMessage: 'Two to four, such as user.name and host.name: a pair that never was is unusual.',
      })}
    >
      <Parts
        fields={fields}
        chosen={feature.fields ?? []}
        choose={(parts) => put(withFields(feature, parts))}
        most={MOST_PARTS}
        hasRoutes
        subject="logAnomaliesTogether"
      />
    </Setting>
  );
}

/** Chooses fields, or the routes in them, in an order; others than those of the sampled logs can be typed. */
function Parts(props: {
  fields: readonly LogField[] | undefined;
  chosen: readonly FieldPart[];
  choose: (parts: FieldPart[]) => void;
  most: number;
  hasRoutes: boolean;
  subject: string;
  id?: string;
}): ReactElement {
  const { fields, chosen, choose, most, hasRoutes, subject, id } = props;
  const labels = chosen.map(partLabel);
  const names = (fields ?? []).filter(({ kind }) => kind !== 'time').map(({ field }) => field);
  const options = [
    ...names,
    ...(hasRoutes ? names.filter(holdsRoutes).map((route) => partLabel({ route })) : []),
    ...(hasRoutes ? names.filter(holdsMessages).map((masked) => partLabel({ masked })) : []),
    ...(hasRoutes ? names.filter(holdsAddresses).map((network) => partLabel({ network })) : []),
    ...(hasRoutes ? portsOfEnds(names).map((ports) => partLabel({ service_port: ports })) : []),
  ].filter((label) => !labels.includes(label));
  const take = (all: readonly string[]): void => choose([...new Set(all)].slice(-most).map(partOfLabel));
  return (
    <EuiComboBox
      id={id}
      inputPopoverProps={{ 'aria-labelledby': id && `${id}-label` }}
      fullWidth
      compressed
      singleSelection={most === 1 && { asPlainText: true }}
      options={options.map((label) => ({ label }))}
      selectedOptions={labels.map((label) => ({ label }))}
      onChange={(all) => take(all.map(({ label }) => label))}
      onCreateOption={(typed) => {
        if (typed.trim() !== '') take(most === 1 ? [typed] : [...labels, typed.trim()]);
      }}
      customOptionText={i18n.translate('logAnomalies.bucket.otherField', {
        defaultMessage: 'Take {field}, which the sampled logs do not have',
        values: { field: '{searchValue}' },
      })}
      data-test-subj={subject}
    />
  );
}

type Control = ReactElement<{ id?: string }>;

function Setting(
  props: Pick<FeatureSettingsProps, 'problem'> & {
    setting: string;
    label: string;
    help: string;
    children: Control;
  },
): ReactElement {
  const { problem, setting, label, help, children } = props;
  const wrong = problem(setting);
  return (
    <EuiFlexItem style={{ minWidth: 0 }}>
      <EuiFormRow fullWidth label={label} helpText={help} isInvalid={wrong !== undefined} error={wrong}>
        {children}
      </EuiFormRow>
    </EuiFlexItem>
  );
}

function Choice(props: {
  value: string;
  options: readonly { value: string; text: string }[];
  set: (value: string) => void;
  subject: string;
  id?: string;
}): ReactElement {
  const { value, options, set, subject, id } = props;
  return (
    <EuiSelect
      id={id}
      compressed
      fullWidth
      value={value}
      options={[...options]}
      onChange={(event) => set(event.target.value)}
      data-test-subj={subject}
    />
  );
}

function NumberInput(props: {
  value: number | undefined;
  set: (value: number | undefined) => void;
  id?: string;
}): ReactElement {
  const { value, set, id } = props;
  return <NumberField id={id} compressed fullWidth isOptional value={value} set={set} />;
}

function TextInput(props: {
  value: string | undefined;
  set: (value: string | undefined) => void;
  id?: string;
}): ReactElement {
  const { value, set, id } = props;
  return (
    <EuiFieldText
      id={id}
      compressed
      fullWidth
      value={value ?? ''}
      onChange={(event) => set(event.target.value || undefined)}
    />
  );
}

/** Keeps what is typed as it is while it is no list yet. */
function Lines(props: { value: string; set: (lines: string) => void; id?: string }): ReactElement {
  const { value, set, id } = props;
  const [typed, setTyped] = useState(value);
  return (
    <EuiTextArea
      id={id}
      compressed
      fullWidth
      rows={2}
      value={typed}
      onChange={(event) => {
        setTyped(event.target.value);
        set(event.target.value);
      }}
    />
  );
}

/** Values and differences too small to count. */
function IgnoredValues({ feature, set, ...props }: FeatureSettingsProps & Setter): ReactElement {
  return (
    <>
      <Setting
        {...props}
        setting="ignore_below"
        label={i18n.translate('logAnomalies.feature.ignoreBelow', {
          defaultMessage: 'Ignore what is less than',
        })}
        help={i18n.translate('logAnomalies.feature.ignoreBelowHelp', {
          defaultMessage:
            'In the unit of the field, such as 1000000 for 1 ms in nanoseconds; empty: nothing.',
        })}
      >
        <NumberInput value={feature.ignore_below} set={(value) => set({ ignore_below: value })} />
      </Setting>
      <Setting
        {...props}
        setting="ignore_within_percent"
        label={i18n.translate('logAnomalies.feature.ignoreWithin', {
          defaultMessage: 'Ignore what differs from the usual by less than, in percent',
        })}
        help={i18n.translate('logAnomalies.feature.ignoreWithinHelp', {
          defaultMessage: 'Such as 50: of a usual 200 ms, up to 300 ms is ordinary; empty: nothing.',
        })}
      >
        <NumberInput
          value={feature.ignore_within_percent}
          set={(value) => set({ ignore_within_percent: value })}
        />
      </Setting>
    </>
  );
}

function Tolerance({ feature, set, ...props }: FeatureSettingsProps & Setter): ReactElement {
  return (
    <Setting
      {...props}
      setting="tolerance"
      label={i18n.translate('logAnomalies.feature.tolerance', {
        defaultMessage: 'A difference that is never unusual',
      })}
      help={i18n.translate('logAnomalies.feature.toleranceHelp', {
        defaultMessage: 'In the unit of the field, for numbers that are very steady; empty: none.',
      })}
    >
      <NumberInput value={feature.tolerance} set={(value) => set({ tolerance: value })} />
    </Setting>
  );
}

function Masks({ feature, set, ...props }: FeatureSettingsProps & Setter): ReactElement {
  return (
    <Setting
      {...props}
      setting="masks"
      label={i18n.translate('logAnomalies.feature.masks', { defaultMessage: 'What varies in messages' })}
      help={i18n.translate('logAnomalies.feature.masksHelp', {
        defaultMessage:
          'One a line, such as order = ORD-[0-9]+; numbers, addresses and ids are known anyway.',
      })}
    >
      <Lines value={linesOfPatterns(feature.masks)} set={(lines) => set({ masks: patternsOfLines(lines) })} />
    </Setting>
  );
}

function OwnPatterns({ feature, set, ...props }: FeatureSettingsProps & Setter): ReactElement {
  return (
    <Setting
      {...props}
      setting="patterns"
      label={i18n.translate('logAnomalies.feature.patterns', {
        defaultMessage: 'Patterns of your own that are counted',
      })}
      help={i18n.translate('logAnomalies.feature.patternsHelp', {
        defaultMessage: 'One a line, such as secret = api_key=; signs of attacks are known anyway.',
      })}
    >
      <Lines
        value={linesOfPatterns(feature.patterns)}
        set={(lines) => set({ patterns: patternsOfLines(lines) })}
      />
    </Setting>
  );
}

function TimeZone({ feature, set, ...props }: FeatureSettingsProps & Setter): ReactElement {
  return (
    <Setting
      {...props}
      setting="time_zone"
      label={i18n.translate('logAnomalies.feature.timeZone', {
        defaultMessage: 'Time zone of the hours',
      })}
      help={i18n.translate('logAnomalies.feature.timeZoneHelp', {
        defaultMessage: 'Such as Europe/Berlin. UTC stands for that of the detector, where it has one.',
      })}
    >
      <TextInput value={feature.time_zone} set={(value) => set({ time_zone: value })} />
    </Setting>
  );
}

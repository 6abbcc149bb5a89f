import React, { useRef, type ReactElement } from 'react';
import {
  EuiButton,
  EuiButtonGroup,
  EuiDatePicker,
  EuiDatePickerRange,
  EuiFieldText,
  EuiFlexGroup,
  EuiFlexItem,
  EuiFormRow,
  EuiSpacer,
  EuiText,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import moment from 'moment';
import { icon } from '../../kibana/icons';
import { CALENDAR_LIMITS } from '../../../common/suppressions/limits';
import { WEEKDAYS } from '../../../common/suppressions/suppression';
import type { ScheduleDraft } from './quiet_time_draft';

/** Fields of a schedule: once, every week, or a calendar file. */
export function ScheduleFields(props: {
  schedule: ScheduleDraft;
  change: (schedule: ScheduleDraft) => void;
}): ReactElement {
  const { schedule, change } = props;
  switch (schedule.type) {
    case 'once':
      return <OnceFields schedule={schedule} change={change} />;
    case 'weekly':
      return <WeeklyFields schedule={schedule} change={change} />;
    case 'icalendar':
      return <CalendarFields schedule={schedule} change={change} />;
  }
}

type Of<Type extends ScheduleDraft['type']> = {
  schedule: Extract<ScheduleDraft, { type: Type }>;
  change: (schedule: ScheduleDraft) => void;
};

const FROM = () => i18n.translate('logAnomalies.quiet.from', { defaultMessage: 'From' });
const TO = () => i18n.translate('logAnomalies.quiet.to', { defaultMessage: 'To' });

function OnceFields({ schedule, change }: Of<'once'>): ReactElement {
  const { from, to } = schedule;
  const picker = (label: string, time: number, set: (time: number) => void) => (
    <EuiDatePicker
      aria-label={label}
      showTimeSelect
      dateFormat="YYYY-MM-DD HH:mm"
      timeFormat="HH:mm"
      selected={moment(time)}
      onChange={(chosen) => chosen && set(chosen.valueOf())}
    />
  );
  return (
    <EuiFormRow
      fullWidth
      label={i18n.translate('logAnomalies.quiet.once', { defaultMessage: 'Quiet from … to …' })}
      isInvalid={to <= from}
      error={i18n.translate('logAnomalies.quiet.order', { defaultMessage: 'It must end after it begins.' })}
    >
      <EuiDatePickerRange
        fullWidth
        isInvalid={to <= from}
        startDateControl={picker(FROM(), from, (time) => change({ ...schedule, from: time }))}
        endDateControl={picker(TO(), to, (time) => change({ ...schedule, to: time }))}
      />
    </EuiFormRow>
  );
}

function WeeklyFields({ schedule, change }: Of<'weekly'>): ReactElement {
  const { days, from, to } = schedule;
  // A week begins on Monday.
  const order = [...WEEKDAYS.slice(1), WEEKDAYS[0]];
  return (
    <>
      <EuiFormRow
        fullWidth
        label={i18n.translate('logAnomalies.quiet.days', { defaultMessage: 'Every week on' })}
        isInvalid={days.length === 0}
        error={i18n.translate('logAnomalies.quiet.noDay', { defaultMessage: 'Choose at least one day.' })}
      >
        <EuiButtonGroup
          type="multi"
          buttonSize="compressed"
          isFullWidth
          legend={i18n.translate('logAnomalies.quiet.days', { defaultMessage: 'Every week on' })}
          options={order.map((day) => ({ id: day, label: dayName(day) }))}
          idToSelectedMap={Object.fromEntries(days.map((day) => [day, true]))}
          onChange={(id) =>
            change({
              ...schedule,
              days: WEEKDAYS.filter((day) => (day === id) !== days.includes(day)),
            })
          }
        />
      </EuiFormRow>
      <EuiSpacer size="m" />
      <EuiFlexGroup gutterSize="s">
        <EuiFlexItem>
          <TimeOfDay label={FROM()} value={from} set={(value) => change({ ...schedule, from: value })} />
        </EuiFlexItem>
        <EuiFlexItem>
          <TimeOfDay label={TO()} value={to} set={(value) => change({ ...schedule, to: value })} />
        </EuiFlexItem>
        <EuiFlexItem>
          <TimeZone value={schedule.time_zone} set={(value) => change({ ...schedule, time_zone: value })} />
        </EuiFlexItem>
      </EuiFlexGroup>
      {to <= from && (
        <EuiText size="xs" color="subdued">
          {i18n.translate('logAnomalies.quiet.overnight', { defaultMessage: 'It ends on the day after.' })}
        </EuiText>
      )}
    </>
  );
}

function CalendarFields({ schedule, change }: Of<'icalendar'>): ReactElement {
  const file = useRef<HTMLInputElement>(null);
  const isTooLong = schedule.text.length > CALENDAR_LIMITS.characters;
  return (
    <>
      <EuiFormRow
        fullWidth
        label={i18n.translate('logAnomalies.quiet.calendar', {
          defaultMessage: 'Calendar file (iCalendar, .ics)',
        })}
        helpText={i18n.translate('logAnomalies.quiet.calendarHelp', {
          defaultMessage: 'Each of its events is a quiet time; recurring ones are followed.',
        })}
        isInvalid={isTooLong}
        error={i18n.translate('logAnomalies.quiet.calendarTooLong', {
          defaultMessage: 'The file is longer than {limit} characters.',
          values: { limit: CALENDAR_LIMITS.characters },
        })}
      >
        <div>
          <input
            ref={file}
            type="file"
            accept=".ics,text/calendar"
            hidden
            data-test-subj="logAnomaliesCalendarFile"
            onChange={async (event) => {
              const [chosen] = event.target.files ?? [];
              if (chosen) change({ ...schedule, file: chosen.name, text: await chosen.text() });
            }}
          />
          <EuiButton size="s" iconType={icon('importAction')} onClick={() => file.current?.click()}>
            {i18n.translate('logAnomalies.quiet.chooseFile', { defaultMessage: 'Choose a file' })}
          </EuiButton>{' '}
          {schedule.file}
        </div>
      </EuiFormRow>
      <TimeZone value={schedule.time_zone} set={(value) => change({ ...schedule, time_zone: value })} />
    </>
  );
}

const TimeOfDay = (props: { label: string; value: string; set: (value: string) => void }): ReactElement => (
  <EuiFormRow fullWidth label={props.label}>
    <EuiFieldText
      fullWidth
      placeholder="22:00"
      value={props.value}
      isInvalid={!/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(props.value)}
      onChange={(event) => props.set(event.target.value)}
    />
  </EuiFormRow>
);

const TimeZone = ({ value, set }: { value: string; set: (value: string) => void }): ReactElement => (
  <EuiFormRow
    fullWidth
    label={i18n.translate('logAnomalies.quiet.timeZone', { defaultMessage: 'Time zone' })}
    helpText={i18n.translate('logAnomalies.quiet.timeZoneHelp', {
      defaultMessage: 'Such as Europe/Paris; daylight saving is followed.',
    })}
  >
    <EuiFieldText fullWidth value={value} onChange={(event) => set(event.target.value)} />
  </EuiFormRow>
);

function dayName(day: (typeof WEEKDAYS)[number]): string {
  switch (day) {
    case 'monday':
      return i18n.translate('logAnomalies.day.monday', { defaultMessage: 'Mon' });
    case 'tuesday':
      return i18n.translate('logAnomalies.day.tuesday', { defaultMessage: 'Tue' });
    case 'wednesday':
      return i18n.translate('logAnomalies.day.wednesday', { defaultMessage: 'Wed' });
    case 'thursday':
      return i18n.translate('logAnomalies.day.thursday', { defaultMessage: 'Thu' });
    case 'friday':
      return i18n.translate('logAnomalies.day.friday', { defaultMessage: 'Fri' });
    case 'saturday':
      return i18n.translate('logAnomalies.day.saturday', { defaultMessage: 'Sat' });
    case 'sunday':
      return i18n.translate('logAnomalies.day.sunday', { defaultMessage: 'Sun' });
  }
}

/** @example weekdayNames(['monday', 'friday']) // 'Mon, Fri' */
export const weekdayNames = (days: readonly (typeof WEEKDAYS)[number][]): string =>
  [...WEEKDAYS.slice(1), WEEKDAYS[0]]
    .filter((day) => days.includes(day))
    .map(dayName)
    .join(', ');

import { Command } from 'commander';
import { DetectionError } from '../../common/detection_error';
import { WEEKDAYS, type Consequence } from '../../common/suppressions';
import { expandCalendar } from '../../server/detection/feedback/expand_calendar';
import { addOrPreview, draftOf, expiryOf, parseConsequence } from '../command_line/hiding';
import { runs, type Session } from '../command_line/session';
import { listCommand, removeCommand } from '../command_line/suppression_commands';
import { readBounded } from '../../server/notifications/read_bounded';

const LARGEST_CALENDAR_MB = 16;

interface Common {
  detectorId?: string[];
  name?: string;
  entity?: string;
  timeZone: string;
  expires?: string;
  comment?: string;
  keepInTraining: boolean;
  preview: boolean;
  accept?: Consequence[];
}

const withCommonOptions = (command: Command): Command =>
  command
    .option('--detector-id <id...>', 'the detectors (default: all of the space)')
    .option('--entity <name>', 'only results of this entity')
    .option('--time-zone <name>', 'IANA name such as Europe/Berlin', 'UTC')
    .option('--expires <time>', 'an end, or how long: 12h, 30d')
    .option('--comment <text>', 'for people who read it later')
    .option('--keep-in-training', 'its logs may be in training samples', false)
    .option('--preview', 'only say what it would have changed in the last 30 days', false)
    .option('--accept <consequence>', 'a consequence that is known and wanted', parseConsequence);

function addQuietTime(session: Session, name: string, schedule: unknown, options: Common): Promise<void> {
  const { detectorId = [], entity, expires, comment, keepInTraining } = options;
  const expiry = expiryOf(expires, session.clock.now());
  const draft = draftOf({
    detector_ids: detectorId,
    name,
    origin: 'calendar',
    ...(entity !== undefined && { match: { entity } }),
    schedule,
    ...(expiry !== undefined && { expires_at: expiry }),
    ...(comment !== undefined && { comment }),
    exclude_from_training: !keepInTraining,
  });
  return addOrPreview(session, draft, options);
}

const add = (): Command =>
  runs<Common & { name: string; weekly?: string; from: string; to: string }>(
    withCommonOptions(
      new Command('add')
        .description('Add a quiet time: once, or every week')
        .requiredOption('--name <text>', 'name of the quiet time, for people')
        .option('--weekly <days>', `every week, on days with commas between: ${WEEKDAYS.join(', ')}`)
        .requiredOption('--from <time>', 'a time with its date; with --weekly a time of day such as 22:00')
        .requiredOption('--to <time>', 'likewise; with --weekly it may lie on the day after'),
    ),
    (session, { name, weekly, from, to, ...options }) =>
      addQuietTime(
        session,
        name,
        weekly === undefined
          ? { type: 'once', windows: [{ from, to }] }
          : {
              type: 'weekly',
              days: weekly.split(',').map((day) => day.trim().toLowerCase()),
              from,
              to,
              time_zone: options.timeZone,
            },
        options,
      ),
  );

const importCalendar = (): Command =>
  runs<Common & { ics: string }>(
    withCommonOptions(
      new Command('import')
        .description('Import an iCalendar file: each of its events is a quiet time')
        .requiredOption('--ics <file>', 'the file; recurring events, exceptions and time zones are followed')
        .option('--name <text>', 'name of the quiet times, for people (default: the name of the calendar)'),
    ),
    async (session, { ics, name, ...options }) => {
      const text = await readBounded(ics, LARGEST_CALENDAR_MB).catch((error: Error) => {
        throw new DetectionError('invalid_input', `--ics: ${ics} cannot be read: ${error.message}`);
      });
      const now = Date.now();
      const calendar = await expandCalendar({
        text,
        timeZone: options.timeZone,
        range: { from: now, to: now + 1 },
      });
      session.say(`${calendar.events} events in ${ics}.`);
      const schedule = { type: 'icalendar', text, time_zone: options.timeZone };
      await addQuietTime(session, name ?? calendar.name ?? ics, schedule, options);
    },
  );

export const quietTimes = (): Command =>
  new Command('quiet-times')
    .description('Times in which anomalies are expected: maintenance, releases; results are kept and marked')
    .addCommand(add())
    .addCommand(importCalendar())
    .addCommand(listCommand('Quiet times', ['calendar']))
    .addCommand(removeCommand('Take one back: the results that it alone hides are shown again'))
    .addHelpText(
      'after',
      `
The log's own time decides. Logs of quiet times stay out of training samples unless --keep-in-training says otherwise.

Examples:
  log-anomalies quiet-times add --name "backup" --weekly saturday,sunday --from 22:00 --to 04:00 --time-zone Europe/Berlin
  log-anomalies quiet-times add --name "release" --detector-id web --entity shop --from 2026-12-01T10:00:00Z --to 2026-12-01T11:00:00Z
  log-anomalies quiet-times import --ics maintenance.ics --preview
  log-anomalies quiet-times list`,
    );

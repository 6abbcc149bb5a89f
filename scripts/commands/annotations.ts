import { Command, Option } from 'commander';
import {
  ANNOTATION_KINDS,
  ANNOTATION_LIMITS,
  annotationDraftSchema,
  storedAnnotationIdSchema,
  type AnnotationKind,
} from '../../common/annotations';
import { DetectionError } from '../../common/detection_error';
import { durationSchema, durationToMilliseconds } from '../../common/duration';
import { timeSchema } from '../../common/parameters';
import { parseWith } from '../../common/validation';
import { noteAnnotation, removeAnnotation } from '../../server/detection/annotations/note_annotation';
import { annotationOf, createAnnotationStore } from '../../server/elasticsearch/annotations';
import { authorOf, calendarOf, lineOf } from '../calendar/calendar';
import { importCommand } from '../calendar/import_annotations';
import { numberBetween, runs } from '../command_line/session';
import { withClient } from '../command_line/stored_data';

interface AddOptions {
  kind: AnnotationKind;
  title: string;
  id?: string;
  at?: string;
  endsAt?: string;
  for?: string;
  entity?: string[];
  // Not `version`: commander's own.
  release?: string;
  url?: string;
}

const kindOption = (): Option => new Option('--kind <kind>', 'what it is').choices(ANNOTATION_KINDS);

const add = (): Command =>
  runs<AddOptions>(
    new Command('add')
      .description('Note a deployment, a change, an incident or maintenance')
      .addOption(kindOption().makeOptionMandatory())
      .requiredOption('--title <text>', 'what was done, for people')
      .option('--id <id>', 'id of the caller, such as that of a CI job: repeated calls write it once')
      .option('--at <time>', 'start (default: now)')
      .option('--ends-at <time>', 'end (default: it has no length)')
      .option('--for <duration>', 'instead of --ends-at: how long, such as 2h')
      .option('--entity <name...>', 'entities that it concerns, such as services or hosts (default: all)')
      .option('--release <version>', 'version that was deployed')
      .option('--url <address>', 'page that says more'),
    async (session, given) => {
      const now = session.clock.now();
      const options = withoutEmpty(given);
      const { kind, id, at, entity, release, url } = options;
      // The title of a commit may be longer, and no reason to note nothing.
      const title = given.title.trim().slice(0, ANNOTATION_LIMITS.titleCharacters);
      const draft = parseWith(
        annotationDraftSchema,
        { kind, title, id, at, ends_at: endOf(options, now), entities: entity, version: release, url },
        'The annotation',
      );
      await withClient(session, async (client) => {
        const by = await authorOf(client);
        const added = await noteAnnotation(calendarOf(session, client), annotationOf(draft, by, now));
        const { annotation, created, differs } = added;
        if (differs.length > 0) {
          session.say(`What is stored as "${annotation.id}" differs in ${differs.join(', ')}, and stays.`);
        }
        session.result(added, () =>
          created ? `Noted: ${lineOf(annotation)}` : `It is there already: ${lineOf(annotation)}`,
        );
      });
    },
  );

/** Leaves out options without a text: variables of a CI job, such as that of a tag, are empty where there is none. */
function withoutEmpty(given: AddOptions): AddOptions {
  const named = Object.entries(given).filter(([, value]) => value !== '');
  const entity = given.entity?.filter((name) => name !== '');
  return { ...(Object.fromEntries(named) as unknown as AddOptions), entity };
}

/** @throws DetectionError `invalid_input` where both ends are given, or one is no time */
function endOf({ at, endsAt, for: length }: AddOptions, now: number): string | undefined {
  if (length === undefined) return endsAt;
  if (endsAt !== undefined) {
    throw new DetectionError('invalid_input', '--ends-at and --for are given; at most one is allowed.');
  }
  const start = at === undefined ? now : parseWith(timeSchema, at, 'The option --at');
  const duration = durationToMilliseconds(parseWith(durationSchema, length, 'The option --for'));
  return new Date(start + duration).toISOString();
}

const list = (): Command =>
  runs<{ from?: string; to?: string; kind?: AnnotationKind; entity?: string; size: number }>(
    new Command('list')
      .description('What is noted, newest first')
      .option('--from <time>', 'not over before')
      .option('--to <time>', 'begun until then')
      .addOption(kindOption())
      .option('--entity <name>', 'only what concerns it; what concerns all is shown, too')
      .option('--size <number>', 'how many are shown', numberBetween(1, 1_000, true), 50),
    async (session, { from, to, kind, entity, size }) => {
      const filter = {
        ...(from !== undefined && { from: parseWith(timeSchema, from, 'The option --from') }),
        ...(to !== undefined && { to: parseWith(timeSchema, to, 'The option --to') }),
        ...(kind !== undefined && { kind }),
        ...(entity !== undefined && { entity }),
      };
      await withClient(session, async (client) => {
        const store = createAnnotationStore(client, { space: session.config.space });
        const found = await store.list(filter, { page: 1, size });
        session.result(found, () => {
          if (found.total === 0) return 'Nothing is noted.';
          const more = found.total - found.annotations.length;
          return [...found.annotations.map(lineOf), ...(more > 0 ? [`… and ${more} more.`] : [])].join('\n');
        });
      });
    },
  );

const remove = (): Command =>
  runs<{ id: string }>(
    new Command('remove')
      .description('Take one off the calendar')
      .requiredOption('--id <id>', 'as list shows it'),
    async (session, { id: given }) => {
      const id = parseWith(storedAnnotationIdSchema, given, 'The option --id');
      await withClient(session, async (client) => {
        await removeAnnotation(calendarOf(session, client), id, { by: await authorOf(client) });
        session.result({ removed: id }, () => `Removed: ${id}`);
      });
    },
  );

export const annotations = (): Command =>
  new Command('annotations')
    .description('Calendar of changes: deployments, changes, incidents and maintenance')
    .addCommand(add())
    .addCommand(importCommand())
    .addCommand(list())
    .addCommand(remove())
    .addHelpText(
      'after',
      `
An incident that begins at most 30 minutes after one, or while it goes on, says so.

Examples:
  log-anomalies annotations add --kind deployment --title "Release of cart" --release 1.42 --entity cart --id "$CI_PIPELINE_ID"
  log-anomalies annotations add --kind maintenance --title "Move of the database" --at 2026-12-01T22:00:00Z --for 2h
  log-anomalies annotations import --index observability-annotations --every 1m
  log-anomalies annotations list --entity cart --json
  log-anomalies annotations remove --id 4711`,
    );

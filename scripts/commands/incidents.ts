import { Command, Option } from 'commander';
import { SEVERITIES, type Severity } from '../../common/anomaly';
import type { Incident } from '../../common/incidents';
import { entityPartSchema } from '../../common/api/results';
import { DetectionError } from '../../common/detection_error';
import { parseWith } from '../../common/validation';
import { changeIncident, type IncidentChange } from '../../server/detection/incidents/change_incident';
import { createAuditTrail, incidentsIndex, refuseUnreadable } from '../../server/elasticsearch';
import { createIncidentStore, getIncident, listIncidents } from '../../server/elasticsearch/incidents';
import { authorOf } from '../command_line/hiding';
import { incidentLines, incidentText } from '../command_line/incidents';
import { numberBetween, runs } from '../command_line/session';
import { withStoredData } from '../command_line/stored_data';

interface Options {
  open: boolean;
  detectorId?: string;
  entity?: string;
  part?: string[];
  minSeverity?: Severity;
  sort: 'severity' | 'recent' | 'start' | 'count';
  size: number;
  acknowledge: boolean;
  close: boolean;
  reopen: boolean;
  assign?: string;
  comment?: string;
}

export const incidents = (): Command =>
  runs<Options>(
    new Command('incidents')
      .description('List incidents, which are anomalies that belong together; show or change one')
      .argument('[id]', 'the incident to show or change')
      .option('--open', 'only those that go on: open and acknowledged', false)
      .option('--detector-id <id>', 'only those that this detector found something of')
      .option('--entity <name>', 'only those of this entity')
      .option(
        '--part <field=value...>',
        'only those of entities of several fields with this part, such as service.name=checkout',
      )
      .addOption(
        new Option('--min-severity <severity>', 'at least so severe').choices(
          SEVERITIES.map(({ name }) => name),
        ),
      )
      .addOption(
        new Option('--sort <order>', 'highest score, last anomaly, first anomaly or most results first')
          .choices(['severity', 'recent', 'start', 'count'])
          .default('severity'),
      )
      .option('--size <number>', 'incidents shown', numberBetween(1, 1_000, true), 25)
      .option('--acknowledge', 'say that you look at it', false)
      .option('--close', 'say that it is over', false)
      .option('--reopen', 'say that it is not over', false)
      .option('--assign <name>', 'whose it is; "" for nobody')
      .option('--comment <text>', 'add a comment')
      .addHelpText(
        'after',
        `
Examples:
  log-anomalies incidents --open
  log-anomalies incidents --min-severity major --json
  log-anomalies incidents 3q2-7w --acknowledge --comment "Looking at it"`,
      ),
    async (session, options, command) => {
      const [id] = command.args;
      const change = changeOf(options);
      if (id === undefined && change !== undefined) {
        throw new DetectionError(
          'invalid_input',
          'No incident is named; --acknowledge, --close, --reopen, --assign and --comment need the id of one.',
        );
      }
      const { space } = session.config;
      await withStoredData(session, async (client) => {
        if (id === undefined) {
          const { open, detectorId, entity, part, minSeverity, sort, size } = options;
          const found = await listIncidents(client, space, {
            ...{ state: open ? 'active' : 'all', sort, order: 'desc', page: 1, size },
            ...(detectorId !== undefined && { detector_id: detectorId }),
            ...(entity !== undefined && { entity }),
            ...(part !== undefined && {
              entity_part: parseWith(entityPartSchema, part, 'The option --part'),
            }),
            ...(minSeverity !== undefined && { min_severity: minSeverity }),
          });
          if (found.total === 0) await refuseUnreadable(client, [incidentsIndex(space)]);
          session.result(found, () => listText(found.total, found.incidents));
          return;
        }
        if (change !== undefined) {
          const stores = {
            incidents: createIncidentStore(client, { space }),
            audit: createAuditTrail(client, { space }),
            clock: session.clock,
          };
          const incident = await changeIncident(stores, id, change, await authorOf(client));
          session.result({ incident }, () => incidentText(incident));
          return;
        }
        const found = await getIncident(client, space, id, 60);
        session.result(found, () => incidentText(found.incident));
      });
    },
  );

function listText(total: number, found: readonly Incident[]): string {
  if (total === 0) return 'There is no such incident.';
  const more = total > found.length ? [`… and ${total - found.length} more.`] : [];
  return [...found.map(incidentLines), ...more].join('\n');
}

/** @throws DetectionError `invalid_input` for more than one new state */
function changeOf(options: Options): IncidentChange | undefined {
  const { acknowledge, close, reopen, assign, comment } = options;
  const states = [
    ...(acknowledge ? ['acknowledged' as const] : []),
    ...(close ? ['closed' as const] : []),
    ...(reopen ? ['open' as const] : []),
  ];
  if (states.length > 1) {
    throw new DetectionError(
      'invalid_input',
      'Several of --acknowledge, --close and --reopen are given; at most one is allowed.',
    );
  }
  const [state] = states;
  if (state === undefined && assign === undefined && comment === undefined) return undefined;
  return {
    ...(state !== undefined && { state }),
    ...(assign !== undefined && { assignee: assign === '' ? null : assign }),
    ...(comment !== undefined && { comment }),
  };
}

import { Command } from 'commander';
import { DetectionError } from '../../common/detection_error';
import { AUDIT_ACTIONS, isContradicted, type AuditAction, type AuditEntry } from '../../common/audit';
import { createAuditTrail } from '../../server/elasticsearch';
import { numberBetween, printable, runs } from '../command_line/session';
import { withStoredData } from '../command_line/stored_data';

interface Options {
  detectorId: string;
  action?: string[];
  size: number;
}

export const audit = (): Command =>
  runs<Options>(
    new Command('audit')
      .description('List changes to a detector with user, time and reason, newest first')
      .requiredOption('--detector-id <id>', 'the detector')
      .option('--action <name...>', `only these: ${AUDIT_ACTIONS.join(', ')}`)
      .option('--size <number>', 'entries shown', numberBetween(1, 10_000, true), 100)
      .addHelpText(
        'after',
        `
Examples:
  log-anomalies audit --detector-id web
  log-anomalies audit --detector-id web --action model_promoted model_reverted --json`,
      ),
    async (session, options) => {
      const actions = options.action?.map(actionOf);
      await withStoredData(session, async (client) => {
        const trail = createAuditTrail(client, { space: session.config.space });
        const { total, entries } = await trail.list(options.detectorId, { actions, size: options.size });
        session.result({ total, entries }, () =>
          entries.length === 0 ? 'Nothing was done yet.' : entries.map(describeEntry).join('\n'),
        );
      });
    },
  );

function actionOf(name: string): AuditAction {
  const known = AUDIT_ACTIONS.find((action) => action === name);
  if (known !== undefined) return known;
  throw new DetectionError(
    'invalid_input',
    `--action is "${name}"; it must be one of ${AUDIT_ACTIONS.join(', ')}.`,
  );
}

function describeEntry(entry: AuditEntry): string {
  const { at, by, action, from, to, reason, recorded } = entry;
  const change = from === undefined && to === undefined ? '' : ` (${from ?? 'none'} -> ${to ?? 'none'})`;
  const doubt =
    recorded && isContradicted(entry)
      ? ` [Elasticsearch noted: ${printable(recorded.by, 40)}, ${recorded.at}]`
      : '';
  return `${at}  ${action.padEnd(20)} ${printable(by ?? 'the detector', 40)}: ${printable(reason, 400)}${printable(change)}${doubt}`;
}

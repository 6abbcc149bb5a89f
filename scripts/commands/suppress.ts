import { Command } from 'commander';
import type { Consequence } from '../../common/suppressions';
import { addOrPreview, draftOf, expiryOf, parseConsequence } from '../command_line/hiding';
import { runs } from '../command_line/session';
import { listCommand, removeCommand } from '../command_line/suppression_commands';

interface Options {
  detectorId?: string[];
  name: string;
  pattern?: string;
  entity?: string;
  feature?: string;
  expires?: string;
  comment?: string;
  excludeFromTraining: boolean;
  preview: boolean;
  accept?: Consequence[];
}

const add = (): Command =>
  runs<Options>(
    new Command('add')
      .description(
        'Mute results of a pattern, an entity or a feature: they are kept and marked, and raise no alerts',
      )
      .requiredOption('--name <text>', 'name of the suppression, for people')
      .option('--detector-id <id...>', 'the detectors (default: all of the space)')
      .option('--pattern <text>', 'anomaly.pattern of the results')
      .option('--entity <name>', 'anomaly.entity of the results')
      .option('--feature <name>', 'the feature that stands out most in them')
      .option('--expires <time>', 'an end, or how long: 12h, 30d; for an entity or more it must be given')
      .option('--comment <text>', 'for people who read it later')
      .option('--exclude-from-training', 'its logs stay out of training samples, too', false)
      .option('--preview', 'only say what it would have changed in the last 30 days', false)
      .option('--accept <consequence>', 'a consequence that is known and wanted', parseConsequence),
    (session, { detectorId = [], name, pattern, entity, feature, comment, ...options }) => {
      const match = {
        ...(pattern !== undefined && { pattern }),
        ...(entity !== undefined && { entity }),
        ...(feature !== undefined && { top_feature: feature }),
      };
      const expiry = expiryOf(options.expires, session.clock.now());
      const draft = draftOf({
        detector_ids: detectorId,
        name,
        origin: 'mute',
        ...(Object.keys(match).length > 0 && { match }),
        ...(expiry !== undefined && { expires_at: expiry }),
        ...(comment !== undefined && { comment }),
        exclude_from_training: options.excludeFromTraining,
      });
      return addOrPreview(session, draft, options);
    },
  );

export const suppress = (): Command =>
  new Command('suppress')
    .description('Hide known results, list suppressions, and show hidden results again')
    .addCommand(add())
    .addCommand(listCommand('List mutes and feedback that hide results', ['feedback', 'mute', 'calendar']))
    .addCommand(removeCommand('Take one back: the results that it alone hides are shown again'))
    .addHelpText(
      'after',
      `
Examples:
  log-anomalies suppress add --detector-id web --name "retries of the nightly job" --pattern 'Retry <num> of job <str>' --preview
  log-anomalies suppress add --name "move of the blog" --entity blog --expires 12h
  log-anomalies suppress list --detector-id web
  log-anomalies suppress remove --id 2f6c7f34-5b0e-4d8e-9c43-6c6a4d1f0a11`,
    );

import { Command } from 'commander';
import { DetectionError } from '../../common/detection_error';
import { connect, createFeedbackStore } from '../../server/elasticsearch';
import type { FeedbackVerdict } from '../../server/detection/ports';
import { printable, runs } from '../command_line/session';

interface Options {
  detectorId: string;
  index?: string;
  id?: string;
  verdict?: string;
  comment?: string;
  undo: boolean;
}

export const feedback = (): Command =>
  runs<Options>(
    new Command('feedback')
      .description('Say of a result whether it is real; without --id: list what was said')
      .requiredOption('--detector-id <id>', 'the detector')
      .option('--index <name>', 'source.index of the result')
      .option('--id <id>', 'source.id of the result')
      .option('--verdict <name>', 'real or not_an_anomaly')
      .option('--comment <text>', 'for people who read it later')
      .option('--undo', 'take back what was said of this result', false)
      .addHelpText(
        'after',
        `
Examples:
  log-anomalies feedback --detector-id web --index demo-http-logs --id Xa1 --verdict not_an_anomaly --comment "nightly job"
  log-anomalies feedback --detector-id web`,
      ),
    async (session, options) => {
      const client = connect(session.config.elasticsearch);
      try {
        const store = createFeedbackStore(client, { space: session.config.space });
        if (options.id === undefined) {
          const all = await store.list(options.detectorId);
          session.result(all, () =>
            all.length === 0
              ? 'Nothing was said yet.'
              : all
                  .map(
                    (item) =>
                      `${item.at}  ${item.verdict.padEnd(16)} ${item.source.index}/${item.source.id}  ${printable(item.comment ?? '')}`,
                  )
                  .join('\n'),
          );
          return;
        }
        if (options.index === undefined)
          throw new DetectionError(
            'invalid_input',
            '--index is missing; it must be source.index of the result.',
          );
        const source = { index: options.index, id: options.id };
        if (options.undo) {
          await store.remove(options.detectorId, source);
          session.result({ removed: source }, () => 'Taken back.');
          return;
        }
        if (options.verdict !== 'real' && options.verdict !== 'not_an_anomaly') {
          throw new DetectionError(
            'invalid_input',
            `--verdict is "${options.verdict ?? ''}"; it must be real or not_an_anomaly.`,
          );
        }
        const said = {
          detectorId: options.detectorId,
          source,
          verdict: options.verdict as FeedbackVerdict,
          comment: options.comment,
          at: new Date(session.clock.now()).toISOString(),
        };
        await store.save(said);
        session.result(said, () => `Noted: ${said.verdict}.`);
      } finally {
        await client.close();
      }
    },
  );

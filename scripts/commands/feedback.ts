import { Command, Option } from 'commander';
import { DetectionError } from '../../common/detection_error';
import {
  contradictionsOf,
  FEEDBACK_SCOPES,
  type Contradiction,
  type Consequence,
  type FeedbackScope,
} from '../../common/suppressions';
import {
  forgetJudgement,
  judgeResult,
  previewJudgement,
} from '../../server/detection/feedback/judge_results';
import type { Feedback } from '../../server/detection/ports';
import { replayBodyOf } from '../../server/detection/feedback/replay_body';
import { connected, expiryOf, parseConsequence, replayText } from '../command_line/hiding';
import { printable, runs } from '../command_line/session';

interface Options {
  detectorId: string;
  index?: string;
  id?: string;
  verdict?: string;
  scope: FeedbackScope;
  expires?: string;
  comment?: string;
  preview: boolean;
  accept?: Consequence[];
  undo: boolean;
}

export const feedback = (): Command =>
  runs<Options>(
    new Command('feedback')
      .description('Mark a result as real or as not an anomaly; without --id: list the verdicts')
      .requiredOption('--detector-id <id>', 'the detector')
      .option('--index <name>', 'source.index of the result')
      .option('--id <id>', 'source.id of the result')
      .option('--verdict <name>', 'real or not_an_anomaly')
      .addOption(
        new Option('--scope <name>', 'scope of not_an_anomaly; combination: pattern, entity and feature')
          .choices(FEEDBACK_SCOPES)
          .default('one'),
      )
      .option('--expires <time>', 'an end, or how long: 12h, 30d; scope entity must have it')
      .option('--comment <text>', 'for people who read it later')
      .option('--preview', 'only say what it would have changed in the last 30 days', false)
      .option('--accept <consequence>', 'a consequence that is known and wanted', parseConsequence)
      .option('--undo', 'remove the verdict on this result, and show what it hides', false)
      .addHelpText(
        'after',
        `
Examples:
  log-anomalies feedback --detector-id web --index demo-http-logs --id Xa1 --verdict not_an_anomaly --comment "nightly job"
  log-anomalies feedback --detector-id web --index demo-http-logs --id Xa1 --verdict not_an_anomaly --scope pattern --preview
  log-anomalies feedback --detector-id web`,
      ),
    (session, options) =>
      connected(session, async (stores, author) => {
        const { detectorId, index, id, verdict, scope, comment, accept = [] } = options;
        if (id === undefined) {
          const all = await stores.feedback.list(detectorId);
          session.result(all, () => listText(all));
          return;
        }
        if (index === undefined) {
          throw new DetectionError(
            'invalid_input',
            '--index is missing; it must be source.index of the result.',
          );
        }
        const source = { index, id };
        if (options.undo) {
          const { shown } = await forgetJudgement(stores, detectorId, source, await author());
          session.result({ removed: source, shown }, () => `Taken back; ${shown} results are shown again.`);
          return;
        }
        const expiresAt = expiryOf(options.expires, session.clock.now());
        const judgement = {
          detectorId,
          source,
          scope,
          ...(expiresAt !== undefined && { expiresAt }),
          ...(comment !== undefined && { comment }),
        };
        if (options.preview) {
          const replay = replayBodyOf(await previewJudgement(stores, judgement, await author()));
          session.result(replay, () => replayText(replay));
          return;
        }
        if (verdict !== 'real' && verdict !== 'not_an_anomaly') {
          throw new DetectionError(
            'invalid_input',
            `--verdict is "${verdict ?? ''}"; it must be real or not_an_anomaly.`,
          );
        }
        const said = await judgeResult(stores, { ...judgement, verdict }, await author(), accept);
        session.result({ ...said.feedback, ...said, feedback: undefined }, () =>
          [
            `Noted: ${verdict}.${said.hidden > 0 ? ` ${said.hidden} results are hidden.` : ''}${said.shown > 0 ? ` ${said.shown} results are shown again.` : ''}`,
            ...contradictionTexts(said.contradictions),
          ].join('\n'),
        );
      }),
  );

const contradictionTexts = (contradictions: readonly Contradiction<Feedback>[]): string[] =>
  contradictions.map(
    ({ pattern, real, not_an_anomaly: not }) =>
      `Judged both ways: "${printable(pattern, 100)}" was called real ${real.length} times, not an anomaly ${not.length} times.`,
  );

function listText(all: readonly Feedback[]): string {
  if (all.length === 0) return 'Nothing was said yet.';
  return [
    ...all.map(
      ({ at, verdict, scope = '', source, comment = '' }) =>
        `${at}  ${verdict.padEnd(16)} ${scope.padEnd(11)} ${source.index}/${source.id}  ${printable(comment)}`,
    ),
    ...contradictionTexts(contradictionsOf(all)),
  ].join('\n');
}

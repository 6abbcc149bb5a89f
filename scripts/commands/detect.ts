import { Command, Option } from 'commander';
import { SCORING_WAYS } from '../../common/detector';
import { createSnapshotStore } from '../../server/elasticsearch';
import { checkpointPlace } from '../command_line/checkpoint_file';
import { parseDuration } from '../command_line/time_options';
import { numberBetween, runs } from '../command_line/session';
import { withStoredData } from '../command_line/stored_data';
import { chooseModels } from '../following/choose_models';
import { follow } from '../following/follow';
import { createFollower, type Follower, type Following } from '../following/follower';
import type { FollowOptions } from '../following/options';
import { renewed, type RenewalWork } from '../following/renewal';

export const detect = (): Command =>
  runs<FollowOptions>(
    new Command('detect')
      .description('Follow the logs and report each anomaly with confidence, severity, context and reasons')
      .option(
        '--model <file...>',
        'model to score with (default: the active one of --detector-id in Elasticsearch); of several, such as one of single logs and one of buckets, the anomalies become one list',
      )
      .option(
        '--detector-id <id...>',
        'id of the detector for results and checkpoint (default: from the name of the detector); for several models in their order',
      )
      .option(
        '--threshold <score>',
        "anomaly score from which a log is an anomaly (default: the model's)",
        numberBetween(0.000001, 1),
      )
      .addOption(
        new Option(
          '--scoring <way>',
          "job: score here; ingest: collect what the ingest pipeline has scored (default: the detector's)",
        ).choices(SCORING_WAYS),
      )
      .option('--index <pattern>', "logs to follow (default: the detector's source)")
      .option(
        '--checkpoint <file...>',
        'file of the checkpoint (default: .log-anomalies/<detector id>.json); for several models in their order',
      )
      .option(
        '--alerts-per-day <number>',
        'alert budget of all models together: those with an adaptive threshold share it (default: each has its own)',
        numberBetween(0.01, 1_000_000),
      )
      .option('--from <duration>', 'start without a checkpoint, as a time before now', parseDuration, '15m')
      .option('--interval <duration>', "pause between two looks (default: the detector's)", parseDuration)
      .option(
        '--delay <duration>',
        "stay so far behind now (default: the detector's query_delay)",
        parseDuration,
      )
      .option('--once', 'catch up and end', false)
      .option('--no-alerts', 'do not send the alerts of the configuration')
      .option('--context <fields>', 'features shown with each anomaly', numberBetween(0, 20, true), 3)
      .option(
        '--limit <number>',
        'anomalies printed in one run, the most anomalous first; all are stored',
        numberBetween(0, 1_000_000, true),
        1_000,
      )
      .addHelpText(
        'after',
        `
Results go to log-anomalies-results.<space>.*. Stop with Ctrl-C at any point: the next start carries on from the checkpoint
file, late logs included; nothing is lost and nothing is written or announced twice. A checkpoint file belongs to one detector, space
and cluster. With --detector-id alone a model that becomes active meanwhile takes over at the next look.

Examples:
  log-anomalies detect --model model.json --threshold 0.8
  log-anomalies detect --model model.json services.json --alerts-per-day 10
  log-anomalies detect --detector-id web --once --from 1h --json
  log-anomalies detect --detector-id web web-services`,
      ),
    async (session, options) => {
      await withStoredData(session, async (client) => {
        const choose = (known: readonly Follower[] = []) => chooseModels(session, options, client, known);
        const place = await checkpointPlace(session, client);
        const following: Following = { session, options, client, place };
        const { active } = createSnapshotStore(client, { space: place.space });
        const work: RenewalWork = {
          activeVersion: async (detectorId) => (await active(detectorId))?.version,
          choose,
          build: (...next) => createFollower(following, ...next),
          say: session.say,
        };
        const first = (await choose()).map((each) => createFollower(following, each));
        await follow(session, options, first, async (followers) =>
          options.model === undefined ? renewed(work, followers) : followers,
        );
      });
    },
  );

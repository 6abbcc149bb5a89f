import { Command } from 'commander';
import { DetectionError } from '../../common/detection_error';
import { decodeModelSnapshot } from '../../common/model_snapshot';
import { promoteModel } from '../../server/detection/promotion/promote_model';
import { createSnapshotStore } from '../../server/elasticsearch';
import {
  attachPipeline,
  componentTemplatesOf,
  deletePipeline,
  detachPipeline,
  livePipeline,
  namesOfPipeline,
  planAttachment,
  renamePipeline,
  revertPipeline,
  type PipelineDeployment,
} from '../../server/elasticsearch/ingest';
import { attachedText, deploymentText, planText, trialOptions } from '../command_line/ingest_pipeline';
import { authorOf } from '../command_line/hiding';
import { promotionWork } from '../command_line/promotion';
import { runs } from '../command_line/session';
import { withStoredData } from '../command_line/stored_data';

interface Options {
  detectorId: string;
  index?: string;
  apply: boolean;
  componentTemplate: boolean;
  detach: boolean;
  revert: boolean;
  delete: boolean;
}

export const attachPipelineCommand = (): Command =>
  runs<Options>(
    new Command('attach-pipeline')
      .description('Send logs through a detector’s ingest pipeline, or stop doing so')
      .requiredOption('--detector-id <id>', 'the detector; its pipeline comes from deploy-model --ingest')
      .option('--index <pattern>', 'indices or data streams (needed to attach and to detach)')
      .option('--apply', 'attach now; without it the requests are only shown', false)
      .option('--component-template', 'with --apply: write the template for indices to come, too', false)
      .option('--detach', 'take the pipeline off these indices', false)
      .option(
        '--revert',
        'go back to the version that was live before; with scoring: ingest the model, too',
        false,
      )
      .option(
        '--delete',
        'delete the pipeline and its component template; no index or index template may refer to them any more',
        false,
      )
      .addHelpText(
        'after',
        `
Examples:
  log-anomalies attach-pipeline --detector-id web --index 'weblogs-*'
  log-anomalies attach-pipeline --detector-id web --index 'weblogs-*' --apply
  log-anomalies attach-pipeline --detector-id web --index 'weblogs-*' --detach`,
      ),
    async (session, options) => {
      const { detectorId } = options;
      const request = { space: session.config.space, signal: session.signal };
      await withStoredData(session, async (client) => {
        const live = await livePipeline(client, detectorId, request);
        if (live === undefined) {
          throw new DetectionError(
            'not_found',
            `The detector "${detectorId}" has no ingest pipeline; make one with deploy-model --ingest.`,
          );
        }
        if (options.revert) {
          const store = createSnapshotStore(client, request);
          const load = async (version: string) =>
            decodeModelSnapshot(await store.load(detectorId, version), { stored: true });
          const trial = await trialOptions(session, client, await load(live.version), { detectorId });
          const { previousVersion } = live;
          const revert = () => revertPipeline(client, load, trial);
          const isActive =
            previousVersion !== undefined && (await load(previousVersion)).detector.scoring === 'ingest';
          const { pipeline: deployment } = isActive
            ? await promoteModel(promotionWork(session, client, { detectorId }, revert), {
                detectorId,
                version: previousVersion,
                note: 'reverted with the pipeline',
                reason: 'reverted with the pipeline by the command line',
                ...(await authorOf(client)),
                action: 'model_reverted',
              })
            : { pipeline: await revert() };
          session.result(deployment, () => deploymentText(deployment as PipelineDeployment));
          return;
        }
        if (options.delete) {
          await deletePipeline(client, detectorId, request);
          session.result({ deleted: live.name }, () => `The ingest pipeline "${live.name}" is deleted.`);
          return;
        }
        if (options.index === undefined) {
          throw new DetectionError(
            'invalid_input',
            '--index is missing; allowed: indices, data streams or a pattern',
          );
        }
        const names = await namesOfPipeline(client, detectorId, request);
        if (options.detach) {
          const detached = await detachPipeline(client, names, options.index, request);
          const templates = await componentTemplatesOf(client, names, request);
          session.result({ detached, component_templates: templates.map(componentBody) }, () =>
            [
              `Detached from ${detached.join(', ') || 'nothing: none had it'}.`,
              ...templates.map(componentText),
            ].join('\n'),
          );
          return;
        }
        const plan = await planAttachment(client, names, options.index, request);
        if (!options.apply) {
          session.result(plan, () => planText(plan));
          return;
        }
        await renamePipeline(client, detectorId, request);
        const done = await attachPipeline(client, plan, {
          ...request,
          componentTemplate: options.componentTemplate,
        });
        session.result({ attached: plan.indices, requests: done }, () => attachedText(plan, live.version));
      });
    },
  );

type ComponentTemplate = Awaited<ReturnType<typeof componentTemplatesOf>>[number];

const componentBody = ({ name, usedBy }: ComponentTemplate) => ({ name, used_by: usedBy });

const componentText = ({ name, usedBy }: ComponentTemplate): string =>
  usedBy.length > 0
    ? `Indices to come still go through it: the component template ${name} is part of ${usedBy.join(', ')}.`
    : `The component template ${name} stands; no index template names it.`;

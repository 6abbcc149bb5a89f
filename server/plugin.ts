import { schema } from '@kbn/config-schema';
import { ServiceStatusLevels } from '@kbn/core/server';
import { parseSettings } from '../common/validation';
import type { LogAnomaliesConfig } from './config';
import type { AlertingSetup } from './kibana/contracts/alerting_contracts';
import { createBackfillTask } from './kibana/tasks/backfill_task';
import type { CoreSetup, FeaturesSetup, PluginInitializerContext } from './kibana/contracts/contracts';
import { createDemoTask } from './kibana/tasks/demo_task';
import { createDetectionTask } from './kibana/tasks/detection_task';
import { createUpkeepTask } from './kibana/tasks/upkeep_task';
import { createDetectorRepository, inSpace } from './kibana/records/detector_repository';
import { registerFeature } from './kibana/contracts/feature';
import {
  API_KEY_TYPE,
  BACKFILL_TASK_TYPE,
  DEMO_TASK_TYPE,
  DETECTION_TASK_TYPE,
  KEY_SWEEP_TASK_TYPE,
  TRAINING_TASK_TYPE,
  UPKEEP_TASK_TYPE,
} from './kibana/contracts/identifiers';
import { jobLimitsSchema } from './kibana/limits/job_limits';
import { parseKeySettings } from './kibana/contracts/key_settings';
import { createKeySweepTask, scheduleKeySweep } from './kibana/tasks/key_sweep';
import { pluginStatus, RunOutcomes } from './kibana/contracts/plugin_status';
import type { EmbeddableServerSetup } from './kibana/panels/panel_contracts';
import { registerPanels } from './kibana/panels/register_panels';
import { registerRoutes } from './kibana/routes/register_routes';
import { createDetectorHealthRuleType } from './kibana/rules/detector_health';
import type { DetectorsOf } from './kibana/rules/detectors_of';
import { createIncidentRuleType } from './kibana/rules/incident';
import { createLogAnomalyRuleType } from './kibana/rules/log_anomaly';
import type { EncryptedSavedObjectsSetup } from './kibana/contracts/saved_object_contracts';
import {
  apiKeySavedObjectType,
  AUTHENTICATED_ATTRIBUTES,
  detectorSavedObjectType,
  ENCRYPTED_ATTRIBUTES,
  keyRecordSavedObjectType,
} from './kibana/contracts/saved_object_types';
import { withSchemas } from './kibana/contracts/saved_object_schemas';
import type { Services } from './kibana/contracts/services';
import { createServices, type PluginsStart } from './kibana/start_services';
import type { TaskManagerSetup } from './kibana/contracts/task_contracts';
import { createTrainingTask } from './kibana/tasks/training_task';
import { largestBody, usageLimitsSchema } from './kibana/limits/usage_limits';
import { parseAlertsConfig } from './notifications';

interface PluginsSetup {
  readonly features: FeaturesSetup;
  readonly taskManager: TaskManagerSetup;
  readonly alerting: AlertingSetup;
  readonly encryptedSavedObjects?: EncryptedSavedObjectsSetup;
  readonly embeddable?: EmbeddableServerSetup;
}

/** Wires the parts together; each of them knows only what it is given here. */
export class LogAnomaliesPlugin {
  constructor(private readonly context: PluginInitializerContext<LogAnomaliesConfig>) {}

  setup(core: CoreSetup<PluginsStart>, plugins: PluginsSetup): void {
    const { encryptedSavedObjects, taskManager, alerting } = plugins;
    const kibanaVersion = this.context.env.packageInfo.version;
    const config = this.context.config.get();
    const limits = parseSettings(jobLimitsSchema, config.jobs ?? {}, 'logAnomalies.jobs');
    const usage = parseSettings(usageLimitsSchema, config.limits ?? {}, 'logAnomalies.limits');
    const log = this.context.logger.get();
    const { publicBaseUrl, serverBasePath } = core.http.basePath;
    const links = { publicBaseUrl, serverBasePath, kibanaVersion };
    const { instanceUuid } = this.context.env;
    const self = { id: instanceUuid, name: core.http.getServerInfo().name, startedAt: Date.now() };

    registerFeature(plugins.features, kibanaVersion);
    registerPanels(plugins.embeddable, kibanaVersion, {
      schema,
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- asked for by newer versions alone, older ones lack it
      loadZod: () => require('@kbn/zod') as unknown,
    });

    for (const type of [detectorSavedObjectType, apiKeySavedObjectType, keyRecordSavedObjectType]) {
      core.savedObjects.registerType(withSchemas(schema, type));
    }
    encryptedSavedObjects?.registerType({
      type: API_KEY_TYPE,
      attributesToEncrypt: ENCRYPTED_ATTRIBUTES,
      attributesToIncludeInAAD: AUTHENTICATED_ATTRIBUTES,
    });

    const runs = new RunOutcomes();
    let started: Promise<Services> | undefined;
    const getServices = (): Promise<Services> =>
      (started ??= core.getStartServices().then(([coreStart, pluginsStart]) =>
        createServices(coreStart, pluginsStart, {
          usage,
          limits,
          keys: parseKeySettings(config.keys),
          alerts: config.alerts && parseAlertsConfig(config.alerts),
          self,
          links,
          canEncrypt: encryptedSavedObjects?.canEncrypt ?? false,
          log,
          forgetRuns: (detectorId) => runs.report({ detectorId, outcome: 'gone' }),
          directory: __dirname,
        }),
      ));

    core.status.set(pluginStatus(runs.watch(), ServiceStatusLevels));
    taskManager.registerTaskDefinitions({
      [DETECTION_TASK_TYPE]: createDetectionTask(getServices, (run) => runs.report(run), limits),
      [UPKEEP_TASK_TYPE]: createUpkeepTask(getServices),
      [TRAINING_TASK_TYPE]: createTrainingTask(getServices),
      [BACKFILL_TASK_TYPE]: createBackfillTask(getServices),
      [DEMO_TASK_TYPE]: createDemoTask(getServices),
      [KEY_SWEEP_TASK_TYPE]: createKeySweepTask(getServices),
    });
    registerRoutes(core.http.createRouter(), {
      getServices,
      log,
      largestModelBytes: largestBody(usage),
    });

    const detectorsOf: DetectorsOf = async (space) =>
      createDetectorRepository(inSpace((await getServices()).internalSavedObjects, space));
    alerting.registerType(createLogAnomalyRuleType(links, detectorsOf));
    alerting.registerType(createIncidentRuleType(links));
    alerting.registerType(createDetectorHealthRuleType({ links, detectorsOf, usage }));
  }

  start(_core: unknown, { taskManager }: PluginsStart): void {
    scheduleKeySweep(taskManager).catch((error: Error) =>
      this.context.logger
        .get()
        .warn(`Detectors without a task and unused API keys are not looked for: ${error.message}`),
    );
  }

  stop(): void {}
}

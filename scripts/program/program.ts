import { Command } from 'commander';
import { version } from '../../package.json';
import { annotations } from '../commands/annotations';
import { apply } from '../commands/apply';
import { attachPipelineCommand } from '../commands/attach_pipeline';
import { audit } from '../commands/audit';
import { backfill } from '../commands/backfill';
import { checkConnection } from '../commands/check_connection';
import { collectTrainingData } from '../commands/collect_training_data';
import { deleteResults } from '../commands/delete_results';
import { deployModel } from '../commands/deploy_model';
import { detect } from '../commands/detect';
import { drift } from '../commands/drift';
import { evaluateModel } from '../commands/evaluate_model';
import { explainChangeCommand } from '../commands/explain_change';
import { exportAll } from '../commands/export';
import { exportDetectors } from '../commands/export_detectors';
import { feedback } from '../commands/feedback';
import { generateLogs } from '../commands/generate_logs';
import { importDashboards } from '../commands/import_dashboards';
import { importDetectors } from '../commands/import_detectors';
import { incidents } from '../commands/incidents';
import { patterns } from '../commands/patterns';
import { testAlert } from '../commands/test_alert';
import { ingestLogs } from '../commands/ingest_logs';
import { listModels } from '../commands/list_models';
import { migrate } from '../commands/migrate';
import { repairIndices } from '../commands/repair_indices';
import { mineTemplatesCommand } from '../commands/mine_templates';
import { protectAudit } from '../commands/protect_audit';
import { quietTimes } from '../commands/quiet_times';
import { rollbackModel } from '../commands/rollback_model';
import { scan } from '../commands/scan';
import { scoreLogs } from '../commands/score_logs';
import { suggestFeaturesCommand } from '../commands/suggest_features';
import { suppress } from '../commands/suppress';
import { trainModelCommand } from '../commands/train_model';
import { validateDeployment } from '../commands/validate_deployment';
import { validateModelPerformance } from '../commands/validate_model_performance';
import { whatIf } from '../commands/what_if';
import { EXIT_CODES } from '../command_line/session';
import { terminalText } from '../command_line/terminal';

/** The command line, ready to parse. Commands stand in the order in which a newcomer needs them. */
export function createProgram(): Command {
  const program = new Command('log-anomalies')
    .description(
      'Finds anomalous logs in Elasticsearch with Isolation Forest, explains them and raises alerts.',
    )
    .version(version)
    .showHelpAfterError('(--help shows the options)')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', EXIT_CODES);
  for (const create of [
    checkConnection,
    generateLogs,
    ingestLogs,
    scan,
    suggestFeaturesCommand,
    mineTemplatesCommand,
    collectTrainingData,
    trainModelCommand,
    scoreLogs,
    evaluateModel,
    detect,
    validateModelPerformance,
    deployModel,
    attachPipelineCommand,
    backfill,
    validateDeployment,
    drift,
    rollbackModel,
    listModels,
    feedback,
    suppress,
    quietTimes,
    whatIf,
    audit,
    incidents,
    annotations,
    explainChangeCommand,
    patterns,
    testAlert,
    deleteResults,
    migrate,
    repairIndices,
    protectAudit,
    exportDetectors,
    importDetectors,
    apply,
    exportAll,
    importDashboards,
  ]) {
    program.addCommand(create());
  }
  // A usage error is bad input like any other: exit code 2.
  const exitWithTwo = (command: Command): void => {
    command.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
    // A wrong option may be the name of a file that a pattern of the shell stands for.
    command.configureOutput({ writeErr: (text) => void process.stderr.write(terminalText(text, false)) });
    command.commands.forEach((child) => exitWithTwo(child));
  };
  exitWithTwo(program);
  return program;
}

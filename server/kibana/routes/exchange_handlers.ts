import type { exchangeEndpoints } from '../../../common/api/exchange';
import { exportDetector, exportDetectors } from '../exchange/export_detectors';
import { importDetectors } from '../exchange/import_detectors';
import { FileAnswer, type Handlers } from './handler';

const YAML = 'application/yaml';

export const exchangeHandlers: Handlers<keyof typeof exchangeEndpoints> = {
  exportDetectors: async ({ query }, { scope }) =>
    new FileAnswer(await exportDetectors(scope, query.ids), `detectors-${scope.space}.yml`, YAML),
  exportDetector: async ({ params }, { scope }) => {
    const { name, yaml } = await exportDetector(scope, params.id);
    return new FileAnswer(yaml, `${name}.yml`, YAML);
  },
  importDetectors: async ({ body }, { services, scope }) => ({
    dry_run: body.dry_run,
    detectors: await importDetectors(services, scope, {
      yaml: body.yaml,
      onConflict: body.on_conflict,
      dryRun: body.dry_run,
    }),
  }),
};

import type { sampleEndpoints } from '../../../common/api/setup';
import { installDemo, readDemo, removeDemo } from '../detectors/demo_service';
import type { Handlers } from './handler';

export const sampleHandlers: Handlers<keyof typeof sampleEndpoints> = {
  getSample: (_request, { services, scope }) => readDemo(services, scope),
  installSample: (_request, { services, scope }) => installDemo(services, scope),
  removeSample: async (_request, { services, scope }) => ({
    acknowledged: true,
    warnings: await removeDemo(services, scope),
  }),
};

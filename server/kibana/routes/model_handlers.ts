import type { modelEndpoints } from '../../../common/api/models';
import {
  deleteModel,
  exportModel,
  gateByHand,
  getModel,
  importModel,
  listModels,
  promoteModel,
  revertModel,
} from '../models/model_service';
import { compareModels } from '../models/model_comparison';
import { FileAnswer, type Handlers } from './handler';

export const modelHandlers: Handlers<keyof typeof modelEndpoints> = {
  listModels: async ({ params }, { services, scope }) => ({
    models: await listModels(services, scope, params.id),
  }),
  getModel: ({ params }, { services, scope }) => getModel(services, scope, params.id, params.version),
  compareModels: ({ params, query }, { services, scope }) => compareModels(services, scope, params.id, query),
  gateModel: ({ params }, { services, scope, signal }) =>
    gateByHand(services, scope, { detectorId: params.id, version: params.version }, signal),
  promoteModel: ({ params, body }, { services, scope }) =>
    promoteModel(services, scope, { detectorId: params.id, version: params.version }, { note: body.note }),
  revertModel: ({ params, body }, { services, scope }) => revertModel(services, scope, params.id, body.note),
  deleteModel: async ({ params }, { services, scope }) => {
    await deleteModel(services, scope, params.id, params.version);
    return { acknowledged: true };
  },
  exportModel: async ({ params }, { services, scope }) =>
    new FileAnswer(await exportModel(services, scope, params.id, params.version), `${params.version}.json`),
  importModel: ({ params, body }, { services, scope }) => importModel(services, scope, params.id, body),
};

import type { pipelineEndpoints } from '../../../common/api/pipelines';
import {
  attach,
  detach,
  getPipeline,
  putPipeline,
  removePipeline,
  revertPipeline,
  showAttachment,
  simulatePipeline,
} from '../models/pipeline_service';
import type { Handlers } from './handler';

export const pipelineHandlers: Handlers<keyof typeof pipelineEndpoints> = {
  getPipeline: ({ params }, { services, scope }) => getPipeline(services, scope, params.id),
  simulatePipeline: ({ params, body }, { services, scope, signal }) =>
    simulatePipeline(services, scope, params.id, { ...body, signal }),
  putPipeline: ({ params, body }, { services, scope, signal }) =>
    putPipeline(services, scope, params.id, { ...body, signal }),
  revertPipeline: ({ params }, { services, scope, signal }) =>
    revertPipeline(services, scope, params.id, signal),
  deletePipeline: async ({ params }, { services, scope }) => {
    await removePipeline(services, scope, params.id);
    return { acknowledged: true };
  },
  planAttachment: ({ params, query }, { services, scope }) =>
    showAttachment(services, scope, params.id, query.index),
  attachPipeline: ({ params, body }, { services, scope }) => attach(services, scope, params.id, body),
  detachPipeline: ({ params, body }, { services, scope }) => detach(services, scope, params.id, body.index),
};

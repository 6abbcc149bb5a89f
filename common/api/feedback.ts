import { z } from 'zod';
import { API_ROOT, acknowledgedSchema, detectorParams, endpoint } from './endpoint';

const sourceSchema = z.strictObject({ index: z.string().min(1).max(255), id: z.string().min(1).max(512) });

export const feedbackSchema = z.object({
  detector_id: z.string(),
  source: sourceSchema,
  verdict: z.enum(['real', 'not_an_anomaly']),
  comment: z.string().optional(),
  by: z.string().optional(),
  at: z.string(),
});

const FEEDBACK = `${API_ROOT}/detectors/{id}/feedback`;

export const feedbackEndpoints = {
  listFeedback: endpoint({
    method: 'get',
    path: FEEDBACK,
    summary: 'What people said of the results of a detector',
    privilege: 'read',
    params: detectorParams,
    response: z.object({ feedback: z.array(feedbackSchema) }),
  }),
  saveFeedback: endpoint({
    method: 'put',
    path: FEEDBACK,
    summary: 'Say of a result whether it is real',
    privilege: 'write',
    params: detectorParams,
    body: z.strictObject({
      source: sourceSchema,
      verdict: z.enum(['real', 'not_an_anomaly']),
      comment: z.string().max(2_000).optional(),
    }),
    response: feedbackSchema,
  }),
  removeFeedback: endpoint({
    method: 'delete',
    path: FEEDBACK,
    summary: 'Take back what was said of a result',
    privilege: 'write',
    params: detectorParams,
    query: sourceSchema,
    response: acknowledgedSchema,
  }),
};

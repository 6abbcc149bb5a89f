import type { KibanaClient } from './kibana_client';

/**
 * Tells how a rule is doing, for the message of a wait.
 *
 * A busy Kibana that cannot read the space of a request just then answers 403 up to 8.17, as if the user had no rights, and 500
 * later (alerting_authorization.js of 8.12.2; alerting_authorization.ts, commit 2587e3ff): neither ends a wait.
 */
export async function ruleState(owner: Pick<KibanaClient, 'request'>, id: string): Promise<string> {
  const answer = await owner
    .request('get', `/api/alerting/rule/${id}`)
    .catch((error: Error) => ({ status: 0, body: error.message }));
  const { status, body } = answer;
  if (status !== 200) return `reading the rule: ${status} ${JSON.stringify(body).slice(0, 300)}`;
  return JSON.stringify((body as { execution_status?: object }).execution_status);
}

/** @returns the rule once its owner can read it; undefined or a text before, for a wait */
export async function readRule(owner: Pick<KibanaClient, 'request'>, id: string): Promise<object | string> {
  const { status, body } = await owner.request('get', `/api/alerting/rule/${id}`);
  return status === 200 ? (body as object) : `${status} ${JSON.stringify(body).slice(0, 300)}`;
}

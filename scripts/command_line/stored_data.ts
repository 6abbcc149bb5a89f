import type { Client } from '@elastic/elasticsearch';
import { DetectionError } from '../../common/detection_error';
import { connect, isUpgraded } from '../../server/elasticsearch';
import type { Session } from './session';

/**
 * Connects a command that reads or writes results, models, feedback or the audit trail.
 *
 * @throws DetectionError `refused` while what version 0.1.0 has stored of the space was not moved: it would be missed, and stored
 *   once more beside
 */
async function connectToStored(session: Session): Promise<Client> {
  const { space, elasticsearch } = session.config;
  const client = connect(elasticsearch);
  try {
    if (await isUpgraded(client, space, { signal: session.signal })) return client;
  } catch (error) {
    await client.close();
    throw error;
  }
  await client.close();
  throw new DetectionError(
    'refused',
    `The data of space "${space}" is still under the names of version 0.1.0; "log-anomalies migrate" moves it.`,
  );
}

/** Runs work with a connection to Elasticsearch, which is closed afterwards. */
export const withClient = <Result>(
  session: Session,
  work: (client: Client) => Promise<Result>,
): Promise<Result> => closing(connect(session.config.elasticsearch), work);

/**
 * Runs work that reads or writes results, models, feedback or the audit trail with a connection, which is closed afterwards.
 *
 * @throws DetectionError as {@link connectToStored}
 */
export const withStoredData = async <Result>(
  session: Session,
  work: (client: Client) => Promise<Result>,
): Promise<Result> => closing(await connectToStored(session), work);

async function closing<Result>(client: Client, work: (client: Client) => Promise<Result>): Promise<Result> {
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

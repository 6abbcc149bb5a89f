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
export async function connectToStored(session: Session): Promise<Client> {
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

import { Command } from 'commander';
import type { Suppression } from '../../common/suppressions';
import { removeSuppression } from '../../server/detection/feedback/suppress_stored_results';
import { listSuppressions } from '../../server/detection/feedback/list_suppressions';
import { connected, listText } from './hiding';
import { runs } from './session';

/** `list` of one or several origins. */
export const listCommand = (description: string, origins: readonly Suppression['origin'][]): Command =>
  runs<{ detectorId?: string }>(
    new Command('list')
      .description(description)
      .option('--detector-id <id>', 'only what applies to this detector'),
    (session, { detectorId }) =>
      connected(session, async (stores) => {
        const listed = await listSuppressions(stores, {
          origins,
          ...(detectorId !== undefined && { detectorId }),
        });
        session.result(listed, () => listText(listed));
      }),
  );

export const removeCommand = (description: string): Command =>
  runs<{ id: string }>(
    new Command('remove').description(description).requiredOption('--id <id>', 'as list shows it'),
    (session, { id }) =>
      connected(session, async (stores, author) => {
        const { shown } = await removeSuppression(stores, id, await author());
        session.result({ removed: id, shown }, () => `Taken back; ${shown} results are shown again.`);
      }),
  );

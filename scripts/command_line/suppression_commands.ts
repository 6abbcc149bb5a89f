import { Command } from 'commander';
import { isExpired, type Suppression } from '../../common/suppressions';
import { removeSuppression } from '../../server/detection/hide_results';
import { connected, listText } from './hiding';
import { runs } from './session';

/** `list` of one or several origins. */
export const listCommand = (description: string, origins: readonly Suppression['origin'][]): Command =>
  runs<{ detectorId?: string }>(
    new Command('list')
      .description(description)
      .option('--detector-id <id>', 'only what applies to this detector'),
    (session, { detectorId }) =>
      connected(session, async ({ suppressions, results }) => {
        const found = (await suppressions.list(detectorId)).filter(({ origin }) => origins.includes(origin));
        const hidden = await results.hiddenBy(found.map(({ id }) => id));
        const listed = found.map((suppression) => ({
          ...suppression,
          expired: isExpired(suppression, session.clock.now()),
          hidden: hidden.get(suppression.id) ?? 0,
        }));
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

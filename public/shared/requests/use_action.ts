import { useCallback, useState } from 'react';
import { i18n } from '@kbn/i18n';
import { useApp } from '../app/app_context';
import { withSettingLabels } from '../values/setting_label';

/** Runs what the user asked for, one thing at a time, and says how it ended. */
export function useAction(after?: () => void): {
  readonly isBusy: boolean;
  /** Failure of the last action. */
  readonly failure: string | undefined;
  /**
   * @param done what is said where it worked, which may depend on the answer
   * @returns whether it worked
   */
  run<Answer>(work: () => Promise<Answer>, done?: string | ((answer: Answer) => string)): Promise<boolean>;
} {
  const { core } = useApp();
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const run = useCallback(
    async <Answer>(
      work: () => Promise<Answer>,
      done?: string | ((answer: Answer) => string),
    ): Promise<boolean> => {
      setIsBusy(true);
      setFailure(undefined);
      try {
        const answer = await work();
        const title = typeof done === 'function' ? done(answer) : done;
        if (title) core.notifications.toasts.addSuccess({ title });
        return true;
      } catch (error) {
        const told = withSettingLabels((error as Error).message);
        setFailure(told);
        core.notifications.toasts.addDanger({
          title: i18n.translate('logAnomalies.action.failed', { defaultMessage: 'That did not work' }),
          text: told,
        });
        return false;
      } finally {
        setIsBusy(false);
        after?.();
      }
    },
    [core, after],
  );
  return { isBusy, failure, run };
}

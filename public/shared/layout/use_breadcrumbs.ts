import { useEffect } from 'react';
import { PLUGIN_NAME } from '../../../common/plugin';
import { useApp } from '../app/app_context';

/** @param names of this page and of those above it, below the application */
export function useBreadcrumbs(...names: string[]): void {
  const { core, go, hrefOf } = useApp();
  const trail = names.join('\u0000');
  useEffect(() => {
    const rest = trail === '' ? [] : trail.split('\u0000');
    core.chrome.setBreadcrumbs([
      {
        text: PLUGIN_NAME,
        ...(rest.length > 0 && {
          href: hrefOf('/'),
          onClick: (event: { preventDefault(): void }) => {
            event.preventDefault();
            go('/');
          },
        }),
      },
      ...rest.map((text) => ({ text })),
    ]);
  }, [core, go, hrefOf, trail]);
}

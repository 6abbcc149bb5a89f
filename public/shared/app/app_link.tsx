import React, { type ReactElement, type ReactNode } from 'react';
import { EuiLink } from '@elastic/eui';
import { useApp } from './app_context';

/** A link within the application: a click stays on the page, with a modifier key it opens a new one. */
export function AppLink({ to, children }: { to: string; children: ReactNode }): ReactElement {
  const { go, hrefOf } = useApp();
  return (
    <EuiLink
      href={hrefOf(to)}
      onClick={(event: React.MouseEvent) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        go(to);
      }}
    >
      {children}
    </EuiLink>
  );
}

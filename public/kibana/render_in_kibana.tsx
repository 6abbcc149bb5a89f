import React, { useEffect, useState, type ReactElement, type ReactNode } from 'react';
import ReactDOM from 'react-dom';
import { EuiProvider } from '@elastic/eui';
import type { CoreStart, CoreTheme, Observable } from './contracts';
import { LegibleText } from './legible_text';

/**
 * Renders with Kibana's language and colours. Newer versions put all of it around an element themselves; older ones
 * are followed here, without code of other plugins.
 *
 * @returns takes everything away again
 */
export function renderInKibana(core: CoreStart, element: HTMLElement, content: ReactElement): () => void {
  const legible = <LegibleText>{content}</LegibleText>;
  const withContext = core.rendering ? (
    core.rendering.addContext(legible)
  ) : (
    <core.i18n.Context>
      <KibanaColors theme$={core.theme.theme$}>{legible}</KibanaColors>
    </core.i18n.Context>
  );
  ReactDOM.render(withContext, element);
  return () => ReactDOM.unmountComponentAtNode(element);
}

/** Kibana has drawn the global styles already. */
function KibanaColors(props: { theme$: Observable<CoreTheme>; children: ReactNode }): ReactElement {
  const { theme$, children } = props;
  const [isDark, setIsDark] = useState(false);
  useEffect(() => {
    const subscription = theme$.subscribe(({ darkMode }) => setIsDark(darkMode));
    return () => subscription.unsubscribe();
  }, [theme$]);
  return (
    <EuiProvider colorMode={isDark ? 'dark' : 'light'} globalStyles={false} utilityClasses={false}>
      {children}
    </EuiProvider>
  );
}

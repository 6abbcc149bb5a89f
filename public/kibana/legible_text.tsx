import React, { type ReactElement, type ReactNode } from 'react';
import { EuiThemeProvider, useEuiTheme } from '@elastic/eui';

/**
 * Lets subdued text be read in the dark theme before Kibana 9: its contrast there is 4.49, and below 4 in rows that are
 * selected, open or pointed at, where 4.5 is asked.
 */
export function LegibleText({ children }: { children: ReactNode }): ReactElement {
  const { darkShade } = useEuiTheme().euiTheme.colors;
  return (
    <EuiThemeProvider
      modify={{ colors: { DARK: { subduedText: darkShade } } }}
      wrapperProps={{ style: { display: 'contents' } }}
    >
      {children}
    </EuiThemeProvider>
  );
}

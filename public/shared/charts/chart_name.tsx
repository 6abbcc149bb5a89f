import React, { type ReactElement } from 'react';
import { EuiScreenReaderOnly, useGeneratedHtmlId } from '@elastic/eui';

/**
 * Name of a chart for screen readers: an element to stand beside the chart, and its id for `ariaLabelledBy` of the chart's settings.
 * Charts of Kibana 9.4 and later draw nothing for their own `ariaLabel`, so that the figure would point nowhere.
 */
export function useChartName(name: string): { readonly id: string; readonly element: ReactElement } {
  const id = useGeneratedHtmlId({ prefix: 'logAnomaliesChart' });
  return {
    id,
    element: (
      <EuiScreenReaderOnly>
        <span id={id}>{name}</span>
      </EuiScreenReaderOnly>
    ),
  };
}

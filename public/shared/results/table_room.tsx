import React, { type ReactElement, type ReactNode } from 'react';
import { useIsWithinMaxBreakpoint } from '@elastic/eui';

/**
 * Keeps a table as wide as its columns need, so that a narrower place scrolls it sideways and no column is squeezed to nothing. In
 * windows so small that tables become lists it is as wide as its place.
 *
 * @param props `width`: pixels that the columns need
 */
export function TableRoom({ width, children }: { width: number; children: ReactNode }): ReactElement {
  const isList = useIsWithinMaxBreakpoint('s');
  if (isList) return <>{children}</>;
  return (
    <div className="eui-xScroll">
      <div style={{ minWidth: width }}>{children}</div>
    </div>
  );
}

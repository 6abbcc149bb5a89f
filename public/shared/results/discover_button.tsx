import React, { type ReactElement, type ReactNode } from 'react';
import { EuiButtonEmpty, EuiLink, EuiToolTip } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { useAction } from '../requests/use_action';
import type { LogsToShow } from './discover_link';
import { useDiscover, type Discover } from './use_discover';

/**
 * Link to logs in Discover. Up to Kibana 8.17 Discover shows nothing in a space without a single data view, whatever a link brings
 * along: there the button makes one for these logs first. Absent for users who may not see Discover.
 */
export function DiscoverButton(props: {
  logs: LogsToShow;
  label: string;
  subject: string;
}): ReactElement | null {
  const { logs, label, subject } = props;
  const discover = useDiscover();
  const { run, isBusy } = useAction();
  if (!discover.maySee) return null;
  if (!discover.needsView) {
    return (
      <EuiButtonEmpty size="s" iconType="discoverApp" href={discover.hrefOf(logs)} data-test-subj={subject}>
        {label}
      </EuiButtonEmpty>
    );
  }
  return (
    <EuiToolTip content={whyFirst(discover, logs)}>
      <EuiButtonEmpty
        size="s"
        iconType="discoverApp"
        isLoading={isBusy}
        isDisabled={!discover.mayMakeView}
        onClick={() => run(() => discover.makeView(logs))}
        data-test-subj={subject}
      >
        {label}
      </EuiButtonEmpty>
    </EuiToolTip>
  );
}

/** The same as {@link DiscoverButton} in a text or a table; plain text for whom it leads nowhere. */
export function DiscoverLink(props: {
  discover: Discover;
  logs: LogsToShow;
  subject?: string;
  children: ReactNode;
}): ReactElement {
  const { discover, logs, subject, children } = props;
  const { run, isBusy } = useAction();
  if (!discover.maySee) return <span>{children}</span>;
  if (!discover.needsView) {
    return (
      <EuiLink href={discover.hrefOf(logs)} data-test-subj={subject}>
        {children}
      </EuiLink>
    );
  }
  return (
    <EuiToolTip content={whyFirst(discover, logs)}>
      {discover.mayMakeView ? (
        <EuiLink
          onClick={() => {
            // A second click would make a second data view.
            if (!isBusy) void run(() => discover.makeView(logs));
          }}
          data-test-subj={subject}
        >
          {children}
        </EuiLink>
      ) : (
        <span>{children}</span>
      )}
    </EuiToolTip>
  );
}

const whyFirst = ({ mayMakeView }: Discover, { index }: LogsToShow): string =>
  mayMakeView
    ? i18n.translate('logAnomalies.discover.makesView', {
        defaultMessage:
          'This space has no data view, and without one Discover shows nothing. One named {index} is made first.',
        values: { index },
      })
    : i18n.translate('logAnomalies.discover.needsView', {
        defaultMessage:
          'This space has no data view, and without one Discover shows nothing. Ask for one over {index}.',
        values: { index },
      });

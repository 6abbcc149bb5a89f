import React, { useState, type ReactElement } from 'react';
import {
  EuiBasicTable,
  EuiButton,
  EuiButtonEmpty,
  EuiCallOut,
  EuiCode,
  EuiCodeBlock,
  EuiFlyout,
  EuiFlyoutBody,
  EuiFlyoutHeader,
  EuiSpacer,
  EuiText,
  EuiTitle,
} from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import type { Answer } from '../../shared/app/api_client';
import { useApp } from '../../shared/app/app_context';
import { RequestState } from '../../shared/requests/request_state';
import { useAction } from '../../shared/requests/use_action';
import { useRequest } from '../../shared/requests/use_request';
import { atLeastText } from '../../shared/values/severity';

/** Settings of two channels; a secret stands better in the keystore. */
const EXAMPLE = `logAnomalies.alerts:
  slack:
    webhook_url: https://hooks.slack.com/services/…
  email:
    smtp_server: mail.example.org:587
    recipients: [operations@example.org]`;

type Channel = Answer<'listChannels'>['channels'][number];
type Trial = Answer<'testChannels'>['trials'][number];

/** Channels that messages are sent by, each to be tried; they are set up in kibana.yml. */
export default function ChannelsFlyout({ close }: { close: () => void }): ReactElement {
  const { api } = useApp();
  const request = useRequest((signal) => api('listChannels', {}, signal), [api]);
  return (
    <EuiFlyout onClose={close} size="m" ownFocus aria-labelledby="logAnomaliesChannelsTitle">
      <EuiFlyoutHeader hasBorder>
        <EuiTitle size="m">
          <h2 id="logAnomaliesChannelsTitle">
            {i18n.translate('logAnomalies.channels.title', { defaultMessage: 'Channels' })}
          </h2>
        </EuiTitle>
      </EuiFlyoutHeader>
      <EuiFlyoutBody>
        <EuiText size="s">
          <p>
            {i18n.translate('logAnomalies.channels.help', {
              defaultMessage:
                'Messages about incidents go out by these channels, without a paid licence. They are set up in kibana.yml, their secrets in Kibana’s keystore:',
            })}{' '}
            <EuiCode>logAnomalies.alerts</EuiCode>
          </p>
        </EuiText>
        <EuiSpacer size="m" />
        <RequestState request={request}>
          {({ channels }) =>
            channels.length === 0 ? (
              <EuiCallOut
                size="s"
                title={i18n.translate('logAnomalies.channels.none', {
                  defaultMessage: 'No channel is set up',
                })}
                data-test-subj="logAnomaliesNoChannels"
              >
                <p>
                  {i18n.translate('logAnomalies.channels.example', {
                    defaultMessage: 'For example, in kibana.yml, and then a restart of Kibana:',
                  })}
                </p>
                <EuiCodeBlock language="yaml" fontSize="s" paddingSize="s" isCopyable>
                  {EXAMPLE}
                </EuiCodeBlock>
              </EuiCallOut>
            ) : (
              <Channels channels={channels} />
            )
          }
        </RequestState>
      </EuiFlyoutBody>
    </EuiFlyout>
  );
}

function Channels({ channels }: { channels: readonly Channel[] }): ReactElement {
  const { api, canWrite } = useApp();
  const { run, isBusy } = useAction();
  const [trials, setTrials] = useState<readonly Trial[]>([]);
  const test = (channel?: string) =>
    run(async () => {
      const { trials: done } = await api('testChannels', {
        body: channel === undefined ? {} : { channel },
      });
      setTrials(done);
    });
  return (
    <>
      <EuiBasicTable
        items={[...channels]}
        itemId="name"
        tableCaption={i18n.translate('logAnomalies.channels.title', { defaultMessage: 'Channels' })}
        data-test-subj="logAnomaliesChannels"
        columns={[
          {
            field: 'name',
            name: i18n.translate('logAnomalies.channels.name', { defaultMessage: 'Name' }),
          },
          {
            field: 'type',
            name: i18n.translate('logAnomalies.channels.type', { defaultMessage: 'Kind' }),
          },
          {
            field: 'host',
            name: i18n.translate('logAnomalies.channels.host', { defaultMessage: 'Sends to' }),
          },
          {
            field: 'route',
            name: i18n.translate('logAnomalies.channels.route', { defaultMessage: 'Only' }),
            render: (route: Channel['route']) => routeText(route),
          },
          ...(canWrite
            ? [
                {
                  name: i18n.translate('logAnomalies.channels.try', { defaultMessage: 'Try it' }),
                  render: ({ name }: Channel) => (
                    <EuiButtonEmpty
                      size="xs"
                      isDisabled={isBusy}
                      onClick={() => void test(name)}
                      aria-label={i18n.translate('logAnomalies.channels.testOne', {
                        defaultMessage: 'Send a test message by {name}',
                        values: { name },
                      })}
                      data-test-subj={`logAnomaliesTestChannel-${name}`}
                    >
                      {i18n.translate('logAnomalies.channels.test', { defaultMessage: 'Send a test' })}
                    </EuiButtonEmpty>
                  ),
                },
              ]
            : []),
        ]}
      />
      {canWrite && channels.length > 1 && (
        <>
          <EuiSpacer size="m" />
          <EuiButton size="s" isLoading={isBusy} onClick={() => void test()}>
            {i18n.translate('logAnomalies.channels.testAll', { defaultMessage: 'Send a test by all' })}
          </EuiButton>
        </>
      )}
      {trials.map((trial) => (
        <React.Fragment key={trial.channel}>
          <EuiSpacer size="m" />
          <Outcome trial={trial} />
        </React.Fragment>
      ))}
    </>
  );
}

function Outcome({ trial }: { trial: Trial }): ReactElement {
  const { channel, delivered, milliseconds, error, next_step: next } = trial;
  return (
    <EuiCallOut
      size="s"
      color={delivered ? 'success' : 'danger'}
      iconType={delivered ? 'check' : 'warning'}
      title={
        delivered
          ? i18n.translate('logAnomalies.channels.delivered', {
              defaultMessage: '{channel} took the message, in {milliseconds} ms',
              values: { channel, milliseconds },
            })
          : i18n.translate('logAnomalies.channels.failed', {
              defaultMessage: '{channel} did not take the message',
              values: { channel },
            })
      }
      data-test-subj={`logAnomaliesChannelTrial-${channel}`}
    >
      {error !== undefined && <p>{error}</p>}
      {next !== undefined && <p>{next}</p>}
    </EuiCallOut>
  );
}

function routeText(route: Channel['route']): string {
  if (route === undefined)
    return i18n.translate('logAnomalies.channels.all', { defaultMessage: 'everything' });
  const { minimum_severity: severity, detectors = [], entities = [], quiet_times: quiet = [] } = route;
  return [
    ...(severity === undefined ? [] : [atLeastText(severity)]),
    ...detectors,
    ...entities,
    ...quiet.map(({ from, to, time_zone: zone }) =>
      i18n.translate('logAnomalies.channels.quiet', {
        defaultMessage: 'quiet {from} to {to} ({zone})',
        values: { from, to, zone },
      }),
    ),
  ].join(', ');
}
